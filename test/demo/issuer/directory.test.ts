import t from 'tap'
import { anothersCompany, createDirectory, findCompany, findUser } from '../../../demo/issuer/directory.js'

const directory = createDirectory()
const [acme, birch, cedar] = directory.companies
const [ada, noor] = directory.users

t.test('has two users, one of whom works for two companies', async (t) => {
  t.strictSame(directory.users.map(({ id, companies }) => [id, ...companies.map((company) => company.id)]), [
    ['ada', 'acme'],
    ['noor', 'birch', 'acme'],
  ])
  t.strictSame(directory.companies.map(({ consumerId }) => consumerId), ['acme', 'birch', 'cedar'])
})

t.test('finds users by their ID alone', async (t) => {
  t.equal(findUser(directory, 'noor'), noor)
  for (const id of ['Noor', '', undefined]) t.equal(findUser(directory, id), undefined, String(id))
})

t.test('finds companies that a user works for', async (t) => {
  t.ok(ada)
  if (ada === undefined) return
  t.equal(findCompany(ada, 'acme'), acme)
  t.equal(findCompany(ada, 'birch'), undefined)
})

t.test('finds a company that a user does not work for', async (t) => {
  t.ok(ada && noor)
  if (ada === undefined || noor === undefined) return
  t.equal(anothersCompany(directory, ada), birch)
  t.equal(anothersCompany(directory, noor), cedar)
  t.equal(anothersCompany({ ...directory, companies: ada.companies }, ada), undefined)
})

t.test('gives Acme Studio the consumer that it is told to', async (t) => {
  const { users } = createDirectory('fail-402')
  t.strictSame(users.map(({ companies }) => companies.map(({ consumerId }) => consumerId)), [['fail-402'], ['birch', 'fail-402']])
})

for (const consumer of ['birch', 'cedar']) {
  t.test(`does not give Acme Studio another's consumer, ${consumer}`, async (t) => {
    t.throws(() => createDirectory(consumer), { message: new RegExp(`^${consumer} is the consumer of `) })
  })
}
