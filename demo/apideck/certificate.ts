/** The vault's TLS certificate: self-signed, made at start, kept in memory. */
import { generate } from 'selfsigned'

export async function createCertificate () {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 2, value: 'vault.apideck.com' },
        { type: 7, ip: '127.0.0.1' },
      ],
    }],
  })
  return { cert, key }
}
