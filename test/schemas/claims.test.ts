import t from 'tap'
import { claimAt } from '../../src/schemas/claims.js'

const claims = JSON.parse(`{
  "sub": "user-1",
  "org": { "id": "acme", "team": { "id": "blue" }, "a.b": "dotted" },
  "org.name": "literal",
  "https://acme.example/org": "of a URL",
  "https://acme.example/user": { "id": "within a URL" },
  "both": { "id": "nested" },
  "both.id": "literal",
  "list": [{ "id": "first" }],
  "a.b": { "c": "longer" },
  "a": { "b.c": "shorter", "b": { "d": "in the shorter" } },
  "nothing": null,
  "__proto__": { "id": "own" }
}`) as Record<string, unknown>

for (const [name, value] of [
  ['sub', 'user-1'],
  ['org.id', 'acme'],
  ['org.team.id', 'blue'],
  ['org.a.b', 'dotted'],
  ['org.name', 'literal'],
  ['both.id', 'literal'],
  ['https://acme.example/org', 'of a URL'],
  ['https://acme.example/user.id', 'within a URL'],
  ['nothing', null],
  ['nothing.id', undefined],
  ['list.0.id', undefined],
  ['list.length', undefined],
  ['sub.length', undefined],
  ['org', claims['org']],
  ['toString', undefined],
  ['org.constructor', undefined],
  ['constructor.name', undefined],
  ['org.', undefined],
  ['.id', undefined],
  ['', undefined],
  ['__proto__.id', 'own'],
  ['a.b.c', 'longer'],
  ['a.b.d', 'in the shorter'],
] as const) {
  t.test(`${JSON.stringify(name)} names ${JSON.stringify(value)}`, async (t) => t.strictSame(claimAt(claims, name), value))
}
