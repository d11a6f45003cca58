import t from 'tap'
import { isCidr } from '../../src/schemas/addresses.js'

for (const text of ['10.0.0.0/8', '127.0.0.1', '192.168.1.1/32', '::1', 'fd00::/8', 'fc00::/7', '::ffff:10.0.0.0/104', '2001:db8::/128']) {
  t.test(`takes ${text}`, async (t) => t.ok(isCidr(text)))
}
for (const text of ['', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', 'fd00::/129', 'proxy.internal', '10.0.0.0/-1', '10.0.0.0/8.0', '10.0.0.0/08', '0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/7', '8000::/1', '::ffff:0:0/96', '::ffff:0:0/8', '::/8', 'fe80::1%eth0', 'fe80::1%eth0/64']) {
  t.test(`refuses ${JSON.stringify(text)}`, async (t) => t.notOk(isCidr(text)))
}
