import t from 'tap'
import { isConsumerId } from '../../src/schemas/consumer.js'

for (const id of ['a', 'acme', 'auth0|user_1.2', 'org:1/user@example.com', 'a+b=c~d-', 'x'.repeat(255)]) {
  t.test(`takes ${id.slice(0, 30)}`, async (t) => t.ok(isConsumerId(id)))
}
for (const id of ['', ' acme', 'acme ', 'ac me', 'acme\n', 'acme\r\nx: y', 'é', 'a,b', 'a%20b', 'a\0', 'a"b', 'x'.repeat(256)]) {
  t.test(`refuses ${JSON.stringify(id.slice(0, 30))}`, async (t) => t.notOk(isConsumerId(id)))
}
