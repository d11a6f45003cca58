import t from 'tap'
import { formEncoding, formSchema } from '../../src/openapi/form.js'
import { sessionPaths } from '../../src/schemas/session.js'

const { properties, patternProperties } = formSchema() as ReturnType<typeof formSchema> & { patternProperties: object }

t.test('each field of a Session that is no branch is there, by its name in brackets', async (t) => {
  const names = Object.keys(properties).map((name) => name.replace(/\[\]$/, '').replace(/\[(\w+)\]$/, '.$1'))
  const branches = ['consumer_metadata', 'settings', 'theme', 'custom_consumer_settings']
  t.strictSame(names, sessionPaths.filter((path) => !branches.includes(path)))
})

t.test('arrays end in empty brackets, and booleans are text', async (t) => {
  t.match(properties['settings[unified_apis][]'], { type: 'array' })
  t.match(properties['settings[show_logs]'], { type: 'string', enum: ['true', 'on', 'false'] })
  t.match(properties['redirect_uri'], { type: 'string' })
})

t.test('what is several repeats its name', async (t) => {
  const encoding = { style: 'form', explode: true }
  t.strictSame(formEncoding(), { 'settings[unified_apis][]': encoding, 'settings[allow_actions][]': encoding })
})

t.test('free settings may have members of every name', async (t) => {
  const [pattern = ''] = Object.keys(patternProperties)
  for (const name of ['custom_consumer_settings[a]', 'custom_consumer_settings[a][b][]']) t.match(name, new RegExp(pattern))
  for (const name of ['custom_consumer_settings', 'custom_consumer_settings[a]b', 'theme[x]']) t.notMatch(name, new RegExp(pattern))
})
