/* global setTimeout */

export function setBusy (button, busy) {
  const label = labelOf(button)
  button.dataset.label ??= label.textContent
  label.textContent = busy ? button.dataset.busyLabel : button.dataset.label
  button.disabled = busy
  button.setAttribute('aria-busy', String(busy))
}

/** Turns a button into “Try again”, once the broker's `Retry-After` is over. */
export function offerRetry (button, seconds) {
  button.disabled = seconds > 0
  labelOf(button).textContent = seconds > 0 ? `Try again in ${seconds} s` : 'Try again'
  if (seconds > 0) setTimeout(offerRetry, 1000, button, seconds - 1)
  else button.focus({ preventScroll: true })
}

function labelOf (button) {
  return button.querySelector('.label')
}
