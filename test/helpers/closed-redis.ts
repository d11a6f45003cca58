import { createRedis } from '../../src/limits/redis.js'
import { Secret } from '../../src/secret.js'

/* A process that has closed a Redis it could not connect to, and one that it is still connecting to. */

const redis = createRedis(new Secret('redis://127.0.0.1:1'))
await redis.connect()
const connecting = createRedis(new Secret('redis://127.0.0.1:1'))
const settled = connecting.connect()
redis.close()
connecting.close()
await settled
const from = performance.now()
process.on('exit', () => console.log(`closed after ${Math.round(performance.now() - from)} ms`))
