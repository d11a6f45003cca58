import { generate } from 'selfsigned'

/** A certificate and its key, as PEM. */
export interface Certificate { cert: string, key: string }

/** An authority of the soak's own, a certificate by it for 127.0.0.1, and one by nobody. */
export interface Certificates { authority: string, good: Certificate, bad: Certificate }

const options = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const

export async function createCertificates (): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'Soak CA' }], {
    ...options,
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }],
  })
  const make = async (ca?: { key: string, cert: string }): Promise<Certificate> => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      ...options,
      ...(ca === undefined ? {} : { ca }),
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
      ],
    })
    return { cert, key }
  }
  return {
    authority: authority.cert,
    good: await make({ key: authority.private, cert: authority.cert }),
    bad: await make(),
  }
}
