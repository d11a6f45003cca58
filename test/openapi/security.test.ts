import t from 'tap'
import { securityOf, type DescribedIdentity } from '../../src/openapi/security.js'

const rows: Array<[what: string, identity: DescribedIdentity, schemes: object, requirements: object[]]> = [
  ['static asks for nothing', { kind: 'static' }, {}, []],
  ['a gateway sets both of its headers', { kind: 'gateway', consumerHeader: 'x-consumer-id' }, {
    gatewayConsumer: { type: 'apiKey', in: 'header', name: 'x-consumer-id' },
    gatewaySecret: { type: 'apiKey', in: 'header', name: 'x-gateway-secret' },
  }, [{ gatewayConsumer: [], gatewaySecret: [] }]],
  ['a token is a bearer', { kind: 'jwt' }, { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } }, [{ bearer: [] }]],
  ['a token may come in one of three places', { kind: 'jwt', header: 'cf-access-jwt-assertion', cookie: '__Host-token' }, {
    bearer: { scheme: 'bearer' },
    proxy: { type: 'apiKey', in: 'header', name: 'cf-access-jwt-assertion' },
    cookie: { type: 'apiKey', in: 'cookie', name: '__Host-token' },
  }, [{ bearer: [] }, { proxy: [] }, { cookie: [] }]],
]
for (const [what, identity, schemes, requirements] of rows) {
  t.test(what, async (t) => {
    const security = securityOf(identity)
    t.match(security.schemes, schemes)
    t.strictSame(Object.keys(security.schemes), Object.keys(schemes))
    t.strictSame(security.requirements, requirements)
  })
}
