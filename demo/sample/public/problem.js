/* global document */
import { Refused } from './broker.js'
import { offerRetry } from './button.js'

/** What a person is told: a heading of ours, the broker's detail, and whether trying again can help. */
export function inWords (error) {
  if (error instanceof Refused) {
    const { problem, retryAfter } = error
    return {
      heading: headingFor(problem.status),
      text: problem.detail,
      errors: problem.errors,
      reference: problem.request_id && ['If you ask for help, quote ', element('code', problem.request_id), ` (${problem.code}).`],
      canSignIn: problem.status === 401,
      canRetry: problem.status >= 429,
      retryAfter,
    }
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

/** The same, where to be refused is what should happen. */
export function refusalInWords (error) {
  if (!(error instanceof Refused) || error.problem.code !== 'consumer_not_allowed') return inWords(error)
  const { title, detail, status, code, request_id: requestId } = error.problem
  return {
    heading: 'The broker refused, as it should',
    text: `${title}: ${detail}`,
    reference: [element('code', `${status} ${code}`), ', request ', element('code', requestId)],
  }
}

function headingFor (status) {
  if (status === 401) return 'Please sign in again'
  if (status === 429) return 'That was quick: please wait a moment'
  return status < 500 ? 'This connection cannot be opened' : 'Connections are not available right now'
}

/** Fills a panel, and lets a button try again where that can help. */
export function showProblem (panel, button, { heading, text, errors = [], reference, canSignIn, canRetry, retryAfter }) {
  panel.replaceChildren(element('h3', heading), element('p', text))
  if (canSignIn) panel.append(element('p', link('Sign in', '/sign-in')))
  if (errors.length > 0) {
    panel.append(element('ul', ...errors.map(({ pointer, message }) =>
      element('li', element('code', pointer || 'The request'), ` ${message}`))))
  }
  if (reference) {
    panel.append(element('p', ...reference))
    panel.lastChild.className = 'reference'
  }
  panel.hidden = false
  if (canRetry) offerRetry(button, retryAfter || 0)
}

function link (text, address) {
  const made = element('a', text)
  made.href = address
  return made
}

function element (name, ...children) {
  const made = document.createElement(name)
  made.append(...children)
  return made
}
