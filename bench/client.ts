import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Bytes that the client must stay under. */
export const MAX_CLIENT_BYTES = 2_000

/** What all of the client adds to a page: minified and gzipped, in bytes. */
export async function measureClient (): Promise<number> {
  const { outputFiles } = await build({ entryPoints: ['client/src/index.ts'], bundle: true, minify: true, format: 'esm', write: false })
  return gzipSync(Buffer.concat(outputFiles.map(({ contents }) => contents)), { level: 9 }).length
}
