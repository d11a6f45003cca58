/* global document, window, location, BroadcastChannel */
import { requestSession } from './broker.js'
import { setBusy } from './button.js'
import { inWords, refusalInWords, showProblem } from './problem.js'

const form = document.querySelector('form.connect')
form.addEventListener('submit', () => setBusy(form.querySelector('.button'), true))

for (const button of document.querySelectorAll('button.connect')) {
  button.addEventListener('click', () => ask(button, (address) => location.assign(address), inWords))
}

for (const button of document.querySelectorAll('button.trespass')) {
  button.addEventListener('click', () => ask(button, () => confess(button), refusalInWords))
}

// Also when the user comes back and the browser shows this page as it was left.
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('.button')) setBusy(button, false)
})

// A user who acts for another company does so in every tab: one that still shows the company before is out of date.
const { account } = document.querySelector('main').dataset
const tabs = new BroadcastChannel('account')
tabs.addEventListener('message', ({ data }) => { if (data !== account) location.reload() })
tabs.postMessage(account)

/** Asks for the session that a button stands for. */
async function ask (button, onOpened, explain) {
  panelOf(button).hidden = true
  setBusy(button, true)
  try {
    onOpened(await requestSession(button.dataset))
  } catch (error) {
    setBusy(button, false)
    showProblem(panelOf(button), button, explain(error))
  }
}

/** A vault has opened that must not: its address is not followed. */
function confess (button) {
  setBusy(button, false)
  showProblem(panelOf(button), button, {
    heading: 'The broker opened it, which it must not',
    text: 'Somebody else’s vault was one click away. Please report this as a security fault of the broker.',
  })
}

function panelOf (button) {
  return button.closest('.card').querySelector('.problem')
}
