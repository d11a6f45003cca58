import t from 'tap'
import { isFreeHeaderName } from '../../src/schemas/header-names.js'

for (const name of ['x-consumer-id', 'X-Org', 'Cf-Access-Jwt-Assertion', 'x-goog-iap-jwt-assertion', 'X-Amzn-Oidc-Accesstoken', 'X-Forwarded-User', 'X-Forwarded-Access-Token', 'Org']) {
  t.test(`${name} can be given a meaning`, async (t) => t.ok(isFreeHeaderName(name)))
}
for (const name of [
  'x_consumer_id', '', '-x', '1x', 'x y', 'x:y', 'é', 'x'.repeat(65), 'Authorization', 'cookie', 'Host', 'origin', 'Sec-Fetch-Site', 'content-type',
  'Accept', 'Transfer-Encoding', 'connection', 'Forwarded', 'X-Forwarded-For', 'X-Forwarded-Proto', 'Set-Cookie', 'Keep-Alive', 'x-request-id', 'X-Gateway-Secret', 'x-apideck-consumer-id', 'Proxy-Authorization',
]) {
  t.test(`${JSON.stringify(name)} cannot`, async (t) => t.notOk(isFreeHeaderName(name)))
}
