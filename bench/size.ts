/** `npm run size`: what the client adds to a page. Fails where that is too much. */
import { MAX_CLIENT_BYTES, measureClient } from './client.js'

const bytes = await measureClient()
process.stdout.write(`The client has ${bytes} bytes, minified and gzipped. It must have fewer than ${MAX_CLIENT_BYTES}.\n`)
if (bytes >= MAX_CLIENT_BYTES) process.exitCode = 1
