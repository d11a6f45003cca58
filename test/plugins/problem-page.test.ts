import { createHash } from 'node:crypto'
import t from 'tap'
import { problemPage, problemPageHeaders } from '../../src/plugins/problem-page.js'

const problem = { type: 'urn:x', title: 'A title', status: 400, detail: 'A detail', code: 'invalid_request', request_id: 'id-1' }

t.test('a page says what a problem says', async (t) => {
  const page = problemPage({ ...problem, errors: [{ pointer: '', message: 'must be an object' }, { pointer: '/theme', message: 'must be an object' }] })
  for (const words of ['<title>A title</title>', '<p>A detail</p>', '<code>/</code> must be an object', '<code>/theme</code> must be an object', 'invalid_request', 'id-1']) {
    t.ok(page.includes(words), words)
  }
  t.notMatch(problemPage(problem), /<ul>/)
})

t.test('nothing in it is markup but its own', async (t) => {
  const evil = '<script>alert(1)</script>"\'&'
  const page = problemPage({ type: evil, title: evil, status: 400, detail: evil, code: evil, request_id: evil, errors: [{ pointer: evil, message: evil }] })
  t.notMatch(page, /<script|"'&(?!amp;|quot;|#39;|lt;|gt;)/)
})

t.test('its policy admits its style and no other', async (t) => {
  const style = /<style>([^]*)<\/style>/.exec(problemPage(problem))?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  t.ok(problemPageHeaders['content-security-policy'].includes(`style-src 'sha256-${hash}'`))
})
