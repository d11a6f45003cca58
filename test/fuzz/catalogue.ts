import { readFileSync } from 'node:fs'

/** The codes of docs/errors.md, each with its status. */
export const statuses: ReadonlyMap<string, number> = new Map(
  [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code = '', status]) => [code, Number(status)])
)
