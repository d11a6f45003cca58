import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { withoutPackages } from '../helpers/programs.js'

/* The client's types, written for people, held to those that a generator of others makes of openapi.json. */

const run = promisify(execFile)
const folder = 'test/conformance'

const check = `
import type { components } from './openapi.js'
import type { Problem, Session, VaultSession } from './client.js'

type Document = components['schemas']
type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
type Plain<T> = T extends unknown[] ? T : T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T

export const session: IsSame<Plain<Session>, Plain<Document['Session']>> = true
export const vaultSession: IsSame<Plain<VaultSession>, Plain<Document['MintedSession']>> = true
// The client's code is open to codes that come later.
export const problem: IsSame<Plain<Omit<Problem, 'code'>>, Plain<Omit<Document['Problem'], 'code'>>> = true
export const code = (problem: Document['Problem']): Problem['code'] => problem.code
`

const compiler = { noEmit: true, strict: true, exactOptionalPropertyTypes: true, module: 'nodenext', target: 'es2022', types: [] }

type Schemas = Record<'Session' | 'MintedSession' | 'Problem', { properties: Record<string, object> }>

/** What the compiler says of the client's types beside a document's; nothing where they are the same. */
async function differences (t: Test, document: object): Promise<string> {
  const directory = t.testdir({
    'openapi.json': JSON.stringify(document),
    'client.ts': readFileSync('client/src/api.ts', 'utf8'),
    'check.ts': check,
    'tsconfig.json': JSON.stringify({ compilerOptions: compiler, files: ['check.ts'] }),
  })
  await run(process.execPath, [`${folder}/node_modules/openapi-typescript/bin/cli.js`, `${directory}/openapi.json`, '-o', `${directory}/openapi.ts`])
  return run(process.execPath, [`${folder}/node_modules/typescript/bin/tsc`, '-p', directory])
    .then(({ stdout }) => stdout, ({ stdout }: { stdout: string }) => stdout)
}

t.test('the client\'s types', { skip: withoutPackages(folder) }, async (t) => {
  const read = () => JSON.parse(readFileSync('openapi.json', 'utf8')) as { components: { schemas: Schemas } }
  t.test('are those of the document', async (t) => t.equal(await differences(t, read()), ''))

  const edits: Array<[what: string, edit: (schemas: Schemas) => unknown]> = [
    ['a property that a Session has', ({ Session }) => Object.assign(Session.properties, { canary: { type: 'string' } })],
    ['another type of a token', ({ MintedSession }) => Object.assign(MintedSession.properties, { session_token: { type: 'integer' } })],
    ['a member that a problem has', ({ Problem }) => Object.assign(Problem.properties, { canary: { type: 'string' } })],
  ]
  for (const [what, edit] of edits) {
    t.test(`would be found to lack ${what}`, async (t) => {
      const document = read()
      edit(document.components.schemas)
      t.match(await differences(t, document), /check\.ts\(\d+,\d+\): error TS2322/)
    })
  }
})
