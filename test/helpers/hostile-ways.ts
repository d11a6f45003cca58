/*
 * What a page can do to a service of others while somebody looks at it: every way in which Chromium sends a request by
 * itself or for a script. Each page asks for one URL.
 */

/** What a hostile page is in. */
export interface Scene {
  /** The page's own origin, and one that the broker allows. */
  own: string
  allowed: string
  /** Each serves something under the origins above, and gives its path. */
  page: (html: string) => string
  script: (code: string) => string
  redirect: (location: string, status: number) => string
}

/** One way, and what Chromium makes of it. */
export interface Way {
  way: string
  page: (url: string, scene: Scene) => string
  /** Of the page itself. */
  headers?: (url: string) => Record<string, string>
  method?: 'GET' | 'HEAD' | 'OPTIONS'
  /** What `Origin` names: the page's own origin, nothing that can be named, or it is not there at all. */
  origin: 'own' | 'null' | 'none'
  /** No cookie goes along, whatever its `SameSite` is. */
  isAnonymous?: true
  /** Where the answer would be seen: in the page's place, in a frame of it, in a window beside it, or nowhere. */
  ends?: 'page' | 'frame' | 'window'
  /** What the page's own script is told, where it is told anything. */
  told?: unknown
}

const OPAQUE = { type: 'opaque', status: 0, headers: [], body: '' }
const REJECTED = 'TypeError'
const UNREADABLE = { status: 0, headers: '', body: '' }

/** Says what came of it, to the console: the test listens there. */
const TELL = `function tell (url, outcome) { console.log('outcome ' + url + ' ' + JSON.stringify(outcome)) }
function ask (url, init, where = url) {
  return fetch(where, init).then(async (answer) => ({
    type: answer.type, status: answer.status, headers: [...answer.headers], body: await answer.text()
  })).catch((error) => error.name).then((outcome) => tell(url, outcome))
}
`

const attribute = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
const literal = (text: string) => JSON.stringify(text).replaceAll('<', '\\u003c')
const script = (code: string) => `<script>${TELL}${code}</script>`
const blob = (text: string, type: string) => `URL.createObjectURL(new Blob([${literal(text)}], { type: '${type}' }))`
const dataFrame = (html: string) => `<iframe src="data:text/html,${encodeURIComponent(html)}"></iframe>`
const sandbox = (html: string, permissions = 'allow-forms allow-scripts') => `<iframe sandbox="${permissions}" srcdoc="${attribute(html)}"></iframe>`

const form = (url: string, attributes = '') =>
  `<form method="post" action="${url}" ${attributes}><input name="settings[unified_apis][]" value="crm"></form>`
/** A form to that URL that sends itself. */
export const sentForm = (url: string, attributes = '') => `${form(url, attributes)}<script>document.forms[0].submit()</script>`

/** Forms that send themselves, in windows and frames of every kind. */
export const forms: Way[] = [
  { way: 'a form', ends: 'page', origin: 'own', page: (url) => sentForm(url) },
  { way: 'a form of text/plain', ends: 'page', origin: 'own', page: (url) => sentForm(url, 'enctype="text/plain"') },
  { way: 'a form of multipart/form-data', ends: 'page', origin: 'own', page: (url) => sentForm(url, 'enctype="multipart/form-data"') },
  { way: 'a form whose button says where to', ends: 'page', origin: 'own', page: (url) => `<form><button formmethod="post" formaction="${url}"></button></form><script>document.forms[0].requestSubmit(document.querySelector('button'))</script>` },
  { way: 'a form with method=get', ends: 'page', method: 'GET', origin: 'none', page: (url) => `<form action="${url}"><input name="way" value="${new URL(url).searchParams.get('way')}"></form><script>document.forms[0].submit()</script>` },
  { way: 'a form into a frame', ends: 'frame', origin: 'own', page: (url) => `<iframe name="frame"></iframe>${sentForm(url, 'target="frame"')}` },
  { way: 'a form in a frame', ends: 'frame', origin: 'own', page: (url, { page }) => `<iframe src="${page(sentForm(url))}"></iframe>` },
  { way: 'a form in a frame, to the top', ends: 'page', origin: 'own', page: (url, { page }) => `<iframe src="${page(sentForm(url, 'target="_top"'))}"></iframe>` },
  { way: 'a form into a new window', ends: 'window', origin: 'own', page: (url) => sentForm(url, 'target="_blank"') },
  { way: 'a form into a new window without an opener', ends: 'window', origin: 'own', page: (url) => sentForm(url, 'target="_blank" rel="noopener"') },
  { way: 'a form into a new window without a referrer', ends: 'window', origin: 'null', page: (url) => sentForm(url, 'target="_blank" rel="noreferrer"') },
  { way: 'a form into a frame of an allowed page', ends: 'frame', origin: 'own', page: (url, { allowed, page }) => `<iframe name="frame" src="${allowed}${page('')}"></iframe>${form(url, 'target="frame"')}<script>document.querySelector('iframe').addEventListener('load', () => document.forms[0].submit(), { once: true })</script>` },
  { way: 'a form in a frame that an allowed page embeds', ends: 'page', origin: 'own', page: (url, { own, allowed, page }) => `<script>location = '${allowed}${page(`<iframe src="${own}${page(sentForm(url, 'target="_top"'))}"></iframe>`)}'</script>` },

  { way: 'a form of a page with Referrer-Policy: no-referrer', ends: 'page', origin: 'null', page: (url) => sentForm(url), headers: () => ({ 'referrer-policy': 'no-referrer' }) },
  { way: 'a form of a page with Referrer-Policy: same-origin', ends: 'page', origin: 'null', page: (url) => sentForm(url), headers: () => ({ 'referrer-policy': 'same-origin' }) },
  { way: 'a form of a page with Referrer-Policy: strict-origin', ends: 'page', origin: 'own', page: (url) => sentForm(url), headers: () => ({ 'referrer-policy': 'strict-origin' }) },
  { way: 'a form of a page with Referrer-Policy: unsafe-url', ends: 'page', origin: 'own', page: (url) => sentForm(url), headers: () => ({ 'referrer-policy': 'unsafe-url' }) },
  { way: 'a form behind a meta element that says no-referrer', ends: 'page', origin: 'null', page: (url) => `<meta name="referrer" content="no-referrer">${sentForm(url)}` },

  { way: 'a form in a sandboxed frame', ends: 'frame', origin: 'null', page: (url, { page }) => `<iframe sandbox="allow-forms allow-scripts" src="${page(sentForm(url))}"></iframe>` },
  { way: 'a form in a sandboxed srcdoc', ends: 'frame', origin: 'null', page: (url) => sandbox(sentForm(url)) },
  { way: 'a form in a sandboxed frame, to the top', ends: 'page', origin: 'null', page: (url) => sandbox(sentForm(url, 'target="_top"'), 'allow-forms allow-scripts allow-top-navigation') },
  { way: 'a form in a sandboxed frame, into a new window', ends: 'window', origin: 'null', page: (url) => sandbox(sentForm(url, 'target="_blank"'), 'allow-forms allow-scripts allow-popups allow-popups-to-escape-sandbox') },
  { way: 'a form in a sandboxed frame that keeps its origin', ends: 'frame', origin: 'own', page: (url) => sandbox(sentForm(url), 'allow-forms allow-scripts allow-same-origin') },
  { way: 'a form of a page that its own policy sandboxes', ends: 'page', origin: 'null', page: (url) => sentForm(url), headers: () => ({ 'content-security-policy': 'sandbox allow-forms allow-scripts' }) },

  { way: 'a form in a data: document', ends: 'frame', origin: 'null', page: (url) => dataFrame(sentForm(url)) },
  { way: 'a form in a srcdoc', ends: 'frame', origin: 'own', page: (url) => `<iframe srcdoc="${attribute(sentForm(url))}"></iframe>` },
  { way: 'a form in about:blank', ends: 'frame', origin: 'own', page: (url) => `<iframe></iframe><script>frames[0].document.write(${literal(form(url))}); frames[0].document.forms[0].submit()</script>` },
  { way: 'a form in a window of about:blank', ends: 'window', origin: 'own', page: (url) => `<script>const { document: blank } = open('about:blank'); blank.write(${literal(form(url))}); blank.forms[0].submit()</script>` },
  { way: 'a form in a javascript: document', ends: 'frame', origin: 'own', page: (url) => `<iframe src="${attribute(`javascript:${literal(sentForm(url))}`)}"></iframe>` },
  { way: 'a form in a frame of a blob:', ends: 'frame', origin: 'own', page: (url) => `<iframe></iframe><script>frames[0].location = ${blob(sentForm(url), 'text/html')}</script>` },
  { way: 'a form in a blob:', ends: 'page', origin: 'own', page: (url) => `<script>location = ${blob(sentForm(url), 'text/html')}</script>` },

  { way: 'a form that the page\'s own server redirects with 307', ends: 'page', origin: 'null', page: (url, { redirect }) => sentForm(redirect(url, 307)) },
  { way: 'a form that the page\'s own server redirects with 308', ends: 'page', origin: 'null', page: (url, { redirect }) => sentForm(redirect(url, 308)) },
  { way: 'a form that an allowed server redirects with 307', ends: 'page', origin: 'null', page: (url, { allowed, redirect }) => sentForm(allowed + redirect(url, 307)) },
  { way: 'a form that an allowed server redirects with 308', ends: 'page', origin: 'null', page: (url, { allowed, redirect }) => sentForm(allowed + redirect(url, 308)) },
  { way: 'a form that an allowed server redirects with 302', ends: 'page', method: 'GET', origin: 'none', page: (url, { allowed, redirect }) => sentForm(allowed + redirect(url, 302)) },
]

const post = "method: 'POST', credentials: 'include'"
const urlencoded = `${post}, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'settings[unified_apis][]=crm'`
const json = `${post}, headers: { 'content-type': 'application/json' }, body: '{}'`

const asking = (url: string, init: string, where = url) => `ask('${url}', { ${init} }, '${where}');`
const fetching = (init: string): Way['page'] => (url) => script(asking(url, init))
/** From inside a worker there is no console of the page's. */
const fromWorker = (url: string, init: string, answer: string) => `${TELL}; console.log = (text) => ${answer}; ${asking(url, init)}`
const xhr = (url: string, headers: string, isAsynchronous = true) => script(`const request = new XMLHttpRequest()
  request.open('POST', '${url}', ${isAsynchronous})
  request.withCredentials = true
  ${headers}
  request.onloadend = () => tell('${url}', { status: request.status, headers: request.getAllResponseHeaders(), body: request.responseText })
  try { request.send('{}') } catch { request.onloadend() }`)

const inServiceWorker: Way['page'] = (url, scene) => script(`navigator.serviceWorker.onmessage = ({ data }) => console.log(data)
  const code = '${scene.script(`onmessage = ({ source }) => { ${fromWorker(url, `${urlencoded}, mode: 'no-cors'`, 'source.postMessage(text)')} }`)}'
  navigator.serviceWorker.register(code, { scope: '/nowhere' }).then(({ installing }) => installing.postMessage(''))`)

/** What scripts send. */
export const scripts: Way[] = [
  { way: 'a fetch without CORS of text/plain', origin: 'own', told: OPAQUE, page: fetching(`${post}, mode: 'no-cors', body: '{}'`) },
  { way: 'a fetch without CORS of a form', origin: 'own', told: OPAQUE, page: fetching(`${urlencoded}, mode: 'no-cors'`) },
  { way: 'a fetch without CORS of form data', origin: 'own', told: OPAQUE, page: fetching(`${post}, mode: 'no-cors', body: new FormData()`) },
  { way: 'a fetch without CORS of JSON', origin: 'own', told: OPAQUE, page: fetching(`${json}, mode: 'no-cors'`) },
  { way: 'a fetch without CORS of a blob of JSON', origin: 'own', told: OPAQUE, page: fetching(`${post}, mode: 'no-cors', body: new Blob(['{}'], { type: 'application/json' })`) },
  { way: 'a fetch without CORS and referrer', origin: 'own', told: OPAQUE, page: fetching(`${urlencoded}, mode: 'no-cors', referrerPolicy: 'no-referrer'`) },
  { way: 'a fetch without CORS that outlives its page', origin: 'own', told: OPAQUE, page: fetching(`${urlencoded}, mode: 'no-cors', keepalive: true`) },
  { way: 'a fetch without CORS that claims another origin', origin: 'own', told: OPAQUE, page: (url, { allowed }) => script(asking(url, `${post}, mode: 'no-cors', headers: { origin: '${allowed}', 'sec-fetch-site': 'same-origin' }`)) },
  { way: 'a fetch without CORS that the page\'s own server redirects', origin: 'null', told: OPAQUE, page: (url, { redirect }) => script(asking(url, `${urlencoded}, mode: 'no-cors'`, redirect(url, 307))) },
  { way: 'a fetch without CORS that an allowed server redirects', origin: 'null', told: OPAQUE, page: (url, { allowed, redirect }) => script(asking(url, `${urlencoded}, mode: 'no-cors'`, allowed + redirect(url, 307))) },
  { way: 'a fetch without CORS by GET', method: 'GET', origin: 'none', told: OPAQUE, page: fetching("credentials: 'include', mode: 'no-cors'") },
  { way: 'a fetch without CORS by HEAD', method: 'HEAD', origin: 'none', told: OPAQUE, page: fetching("method: 'HEAD', credentials: 'include', mode: 'no-cors'") },

  { way: 'a fetch of text/plain', origin: 'own', told: REJECTED, page: fetching(`${post}, body: '{}'`) },
  { way: 'a fetch of a form', origin: 'own', told: REJECTED, page: fetching(urlencoded) },
  { way: 'a fetch without a referrer', origin: 'own', told: REJECTED, page: fetching(`${urlencoded}, referrerPolicy: 'no-referrer'`) },
  { way: 'a fetch that follows no redirect', origin: 'own', told: REJECTED, page: fetching(`${urlencoded}, redirect: 'manual'`) },
  { way: 'a fetch that outlives its page', origin: 'own', told: REJECTED, page: fetching(`${urlencoded}, keepalive: true`) },
  { way: 'a fetch without cookies', origin: 'own', isAnonymous: true, told: REJECTED, page: fetching(`${urlencoded}, credentials: 'omit'`) },
  { way: 'a fetch that the page\'s own server redirects', origin: 'own', told: REJECTED, page: (url, { redirect }) => script(asking(url, urlencoded, redirect(url, 307))) },
  { way: 'a fetch by GET', method: 'GET', origin: 'own', told: REJECTED, page: fetching("credentials: 'include'") },
  { way: 'a fetch of JSON', method: 'OPTIONS', isAnonymous: true, origin: 'own', told: REJECTED, page: fetching(json) },
  { way: 'a fetch with Authorization', method: 'OPTIONS', isAnonymous: true, origin: 'own', told: REJECTED, page: fetching(`${post}, headers: { authorization: 'Bearer another' }`) },
  { way: 'a fetch with a consumer', method: 'OPTIONS', isAnonymous: true, origin: 'own', told: REJECTED, page: fetching(`${post}, headers: { 'x-apideck-consumer-id': 'acme' }`) },
  { way: 'a fetch by PUT', method: 'OPTIONS', isAnonymous: true, origin: 'own', told: REJECTED, page: fetching("method: 'PUT', credentials: 'include'") },

  { way: 'a fetch without CORS in a sandboxed frame', origin: 'null', told: OPAQUE, page: (url) => sandbox(script(asking(url, `${urlencoded}, mode: 'no-cors'`))) },
  { way: 'a fetch in a sandboxed frame', origin: 'null', told: REJECTED, page: (url) => sandbox(script(asking(url, urlencoded))) },
  { way: 'a fetch of JSON in a sandboxed frame', method: 'OPTIONS', isAnonymous: true, origin: 'null', told: REJECTED, page: (url) => sandbox(script(asking(url, json))) },
  { way: 'a fetch without CORS in a data: document', origin: 'null', told: OPAQUE, page: (url) => dataFrame(script(asking(url, `${urlencoded}, mode: 'no-cors'`))) },
  { way: 'a fetch in a data: document', origin: 'null', told: REJECTED, page: (url) => dataFrame(script(asking(url, urlencoded))) },
  { way: 'a fetch in a worker', origin: 'own', told: REJECTED, page: (url, scene) => script(`new Worker('${scene.script(fromWorker(url, urlencoded, 'postMessage(text)'))}').onmessage = ({ data }) => console.log(data)`) },
  { way: 'a fetch without CORS in a worker of a blob:', origin: 'own', told: OPAQUE, page: (url) => script(`new Worker(${blob(fromWorker(url, `${urlencoded}, mode: 'no-cors'`, 'postMessage(text)'), 'text/javascript')}).onmessage = ({ data }) => console.log(data)`) },
  { way: 'a fetch in a worker of data:', origin: 'null', told: REJECTED, page: (url) => script(`new Worker('data:text/javascript,${encodeURIComponent(fromWorker(url, urlencoded, 'postMessage(text)')).replaceAll("'", '%27')}').onmessage = ({ data }) => console.log(data)`) },
  { way: 'a fetch without CORS in a shared worker', origin: 'own', told: OPAQUE, page: (url, scene) => script(`new SharedWorker('${scene.script(`onconnect = ({ ports: [port] }) => { ${fromWorker(url, `${urlencoded}, mode: 'no-cors'`, 'port.postMessage(text)')} }`)}').port.onmessage = ({ data }) => console.log(data)`) },
  { way: 'a fetch without CORS in a service worker', origin: 'own', told: OPAQUE, page: inServiceWorker },
  { way: 'a script that a worker imports', method: 'GET', origin: 'none', told: 'NetworkError', page: (url) => script(`new Worker(${blob(`try { importScripts('${url}') } catch (error) { postMessage(error.name) }`, 'text/javascript')}).onmessage = ({ data }) => tell('${url}', data)`) },
  { way: 'an imported module', method: 'GET', isAnonymous: true, origin: 'own', told: REJECTED, page: (url) => script(`import('${url}').catch((error) => tell('${url}', error.name))`) },

  ...[
    ['text', "'{}'"],
    ['a blob of text/plain', "new Blob(['{}'], { type: 'text/plain' })"],
    ['a blob of a form', "new Blob(['settings[unified_apis][]=crm'], { type: 'application/x-www-form-urlencoded' })"],
    ['a blob of multipart/form-data', "new Blob(['{}'], { type: 'multipart/form-data' })"],
    ['a blob of no type', "new Blob(['{}'])"],
    ['form data', 'new FormData()'],
    ['search parameters', "new URLSearchParams('settings[unified_apis][]=crm')"],
    ['bytes', 'new ArrayBuffer(2)'],
  ].map(([what, body]): Way => ({ way: `a beacon of ${what}`, origin: 'own', page: (url) => script(`navigator.sendBeacon('${url}', ${body})`) })),
  { way: 'a beacon of a blob of JSON', method: 'OPTIONS', isAnonymous: true, origin: 'own', page: (url) => script(`navigator.sendBeacon('${url}', new Blob(['{}'], { type: 'application/json' }))`) },
  { way: 'a fetch for later', origin: 'own', page: (url) => script(`(self.fetchLater ?? fetch)('${url}', { ${urlencoded}, mode: 'no-cors', activateAfter: 0 })`) },

  { way: 'an XMLHttpRequest of text/plain', origin: 'own', told: UNREADABLE, page: (url) => xhr(url, '') },
  { way: 'an XMLHttpRequest that blocks', origin: 'own', told: UNREADABLE, page: (url) => xhr(url, '', false) },
  { way: 'an XMLHttpRequest of JSON', method: 'OPTIONS', isAnonymous: true, origin: 'own', told: UNREADABLE, page: (url) => xhr(url, "request.setRequestHeader('content-type', 'application/json')") },
  { way: 'an EventSource', method: 'GET', origin: 'own', told: 'error', page: (url) => script(`new EventSource('${url}', { withCredentials: true }).onerror = ({ type }) => tell('${url}', type)`) },
  { way: 'a WebSocket', method: 'GET', origin: 'own', told: 'error', page: (url) => script(`new WebSocket('${url.replace('http', 'ws')}').onerror = ({ type }) => tell('${url}', type)`) },
  { way: 'a link\'s ping', origin: 'own', page: (url) => `<a href="#" ping="${url}"></a><script>document.querySelector('a').click()</script>` },
  { way: 'the report of a policy\'s breach', isAnonymous: true, origin: 'own', page: () => '<img src="data:,">', headers: (url) => ({ 'content-security-policy': `img-src 'none'; report-uri ${url}` }) },
]

/** An element that tells which event it gets. */
const loading = (element: string): Way['page'] => (url) =>
  script('') + element.replace('URL', `${url}" onload="tell('${url}', 'load')" onerror="tell('${url}', 'error')`)

/** What can be told of a frame by asking it, and by asking how long it took. */
const lookingAtFrame: Way['page'] = (url) => `<iframe src="${url}"></iframe>${script(`document.querySelector('iframe').onload = ({ target }) => {
  const { responseStatus: status, transferSize: size } = performance.getEntriesByName('${url}')[0]
  tell('${url}', { document: target.contentDocument, frames: target.contentWindow.length, status, size })
}`)}`

/** What elements load, and where windows go: all of it by GET. */
export const loads: Way[] = [
  { way: 'an image', method: 'GET', origin: 'none', told: 'error', page: loading('<img src="URL">') },
  { way: 'an image with credentials', method: 'GET', origin: 'own', told: 'error', page: loading('<img crossorigin="use-credentials" src="URL">') },
  { way: 'a script', method: 'GET', origin: 'none', told: 'error', page: loading('<script src="URL"></script>') },
  { way: 'a script with credentials', method: 'GET', origin: 'own', told: 'error', page: loading('<script crossorigin="use-credentials" src="URL"></script>') },
  { way: 'a module', method: 'GET', isAnonymous: true, origin: 'own', told: 'error', page: loading('<script type="module" src="URL"></script>') },
  { way: 'a style sheet', method: 'GET', origin: 'none', told: 'error', page: loading('<link rel="stylesheet" href="URL">') },
  { way: 'a preload', method: 'GET', origin: 'none', told: 'error', page: loading('<link rel="preload" as="image" href="URL">') },
  { way: 'a prefetch', method: 'GET', origin: 'none', page: (url) => `<link rel="prefetch" href="${url}">` },
  { way: 'a manifest', method: 'GET', origin: 'own', page: (url) => `<link rel="manifest" crossorigin="use-credentials" href="${url}">` },
  { way: 'a background', method: 'GET', origin: 'none', page: (url) => `<style>body { background: url(${url}) }</style>` },
  { way: 'a font', method: 'GET', isAnonymous: true, origin: 'own', page: (url) => `<style>@font-face { font-family: f; src: url(${url}) } body { font-family: f }</style>f` },
  { way: 'a video', method: 'GET', origin: 'none', told: 'error', page: loading('<video src="URL"></video>') },
  { way: 'a frame', method: 'GET', ends: 'frame', origin: 'none', told: 'load', page: loading('<iframe src="URL"></iframe>') },
  { way: 'a sandboxed frame', method: 'GET', ends: 'frame', origin: 'none', told: 'load', page: loading('<iframe sandbox src="URL"></iframe>') },
  { way: 'a look at a frame', method: 'GET', ends: 'frame', origin: 'none', told: { document: null, frames: 0, status: 0, size: 0 }, page: lookingAtFrame },
  { way: 'an object', method: 'GET', origin: 'none', told: 'error', page: loading('<object data="URL"></object>') },
  { way: 'an embed', method: 'GET', ends: 'frame', origin: 'none', page: (url) => `<embed src="${url}">` },
  { way: 'a refresh', method: 'GET', ends: 'page', origin: 'none', page: (url) => `<meta http-equiv="refresh" content="0;url=${url}">` },
  { way: 'a link without a referrer', method: 'GET', ends: 'page', origin: 'none', page: (url) => `<a rel="noreferrer" href="${url}"></a><script>document.querySelector('a').click()</script>` },
  { way: 'a location', method: 'GET', ends: 'page', origin: 'none', page: (url) => `<script>location = '${url}'</script>` },
  { way: 'a window', method: 'GET', ends: 'window', origin: 'none', page: (url) => `<script>open('${url}')</script>` },
  { way: 'a window without opener and referrer', method: 'GET', ends: 'window', origin: 'none', page: (url) => `<script>open('${url}', '', 'noopener, noreferrer')</script>` },
]
