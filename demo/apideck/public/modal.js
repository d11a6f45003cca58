/* global document, fetch, parent, window */

const content = document.querySelector('.content')
const close = document.querySelector('.close')

/** Whose page this is over, once it has said so. */
let owner

window.addEventListener('message', ({ data, source, origin }) => {
  if (source !== parent) return
  if (data?.type === 'close') say('on-close')
  if (data?.token === undefined) return
  owner = origin
  show(data)
})

close.addEventListener('click', () => say('on-close'))
document.addEventListener('keydown', ({ key }) => { if (key === 'Escape') say('on-close') })

content.addEventListener('click', ({ target }) => {
  const button = target.closest('button')
  if (button !== null) connect(button)
})

// Whoever frames this may know that it is there; that nobody else frames it, its policy sees to.
parent.postMessage('on-ready', '*')

function say (message) {
  parent.postMessage(message, owner ?? '*')
}

async function show ({ token, unifiedApi }) {
  const response = await fetch('/content', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, unifiedApi }),
  })
  // Written by our own server, which escapes what a session says.
  content.innerHTML = await response.text()
  close.focus()
}

/** Nothing is stored: the page is told, and decides what it makes of it. */
function connect (button) {
  const { api, service, name } = button.dataset
  const state = document.createElement('span')
  state.className = 'state connected'
  state.textContent = 'Connected'
  button.replaceWith(state)
  say({ type: 'on-connection-change', data: { id: `${api}+${service}`, unified_api: api, service_id: service, name, state: 'callable', enabled: true } })
}
