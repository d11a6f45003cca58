/* global document, window, location, fetch, AbortSignal, URL, setTimeout */

/** Longer than the broker's own budget for the vault, so that its answer is seen, not our impatience. */
const TIMEOUT_MS = 15_000

const form = document.querySelector('form')
const connectButton = document.querySelector('button[data-session]')
const panel = document.querySelector('.problem')

form.addEventListener('submit', () => setBusy(form.querySelector('button'), true))
connectButton.addEventListener('click', connect)

// Also when the user comes back and the browser shows this page as it was left.
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('.button')) setBusy(button, false)
})

async function connect () {
  panel.hidden = true
  setBusy(connectButton, true)
  try {
    location.assign(await requestSession())
  } catch (error) {
    setBusy(connectButton, false)
    showProblem(inWords(error))
  }
}

/** The vault's address for this user. Throws a `Refused`, or what `fetch` throws. */
async function requestSession () {
  const { endpoint, session } = connectButton.dataset
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: session,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const answer = await response.json()
  if (!response.ok) throw new Refused(answer, Number(response.headers.get('retry-after')))

  const address = new URL(answer.session_uri)
  if (address.protocol !== 'https:') throw new TypeError('the vault is not https')
  return address.href
}

class Refused extends Error {
  constructor (problem, retryAfter) {
    super(problem.detail)
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

/** What a person is told: a heading of ours, the broker's detail, and whether trying again can help. */
function inWords (error) {
  if (error instanceof Refused) {
    const { problem, retryAfter } = error
    return { heading: headingFor(problem.status), text: problem.detail, problem, retryAfter, canRetry: problem.status >= 429 }
  }
  if (error.name === 'TimeoutError') {
    return { heading: 'That took too long', text: 'Nothing was changed. Please try again in a moment.', canRetry: true }
  }
  return {
    heading: 'We cannot reach the connection service',
    text: 'Check your internet connection, then try again.',
    canRetry: true,
  }
}

function headingFor (status) {
  if (status === 401) return 'Please sign in again'
  if (status === 429) return 'That was quick: please wait a moment'
  return status < 500 ? 'This connection cannot be opened' : 'Connections are not available right now'
}

function showProblem ({ heading, text, problem, retryAfter, canRetry }) {
  panel.replaceChildren(element('h3', heading), element('p', text))
  if (problem?.errors) {
    panel.append(element('ul', ...problem.errors.map(({ pointer, message }) =>
      element('li', element('code', pointer || 'The request'), ` ${message}`))))
  }
  if (problem) {
    panel.append(element('p', 'If you ask for help, quote ', element('code', problem.request_id), ` (${problem.code}).`))
    panel.lastChild.className = 'reference'
  }
  panel.hidden = false
  if (canRetry) offerRetry(retryAfter || 0)
}

/** Turns the button into “Try again”, once the broker's `Retry-After` is over. */
function offerRetry (seconds) {
  connectButton.disabled = seconds > 0
  labelOf(connectButton).textContent = seconds > 0 ? `Try again in ${seconds} s` : 'Try again'
  if (seconds > 0) setTimeout(offerRetry, 1000, seconds - 1)
  else connectButton.focus({ preventScroll: true })
}

function setBusy (button, busy) {
  const label = labelOf(button)
  button.dataset.label ??= label.textContent
  label.textContent = busy ? button.dataset.busyLabel : button.dataset.label
  button.disabled = busy
  button.setAttribute('aria-busy', String(busy))
}

function labelOf (button) {
  return button.querySelector('.label')
}

function element (name, ...children) {
  const made = document.createElement(name)
  made.append(...children)
  return made
}
