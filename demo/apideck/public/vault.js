/* global document, setInterval, clearInterval */

const timer = document.querySelector('[role=timer]')
const secondsLeft = Number(timer.dataset.secondsLeft)
// Counted from the moment the page arrived, so that a wrong clock in the browser does no harm.
const deadline = Date.now() + secondsLeft * 1000

const ticking = setInterval(tick, 1000)
tick()

function tick () {
  const left = Math.max(0, Math.round((deadline - Date.now()) / 1000))
  timer.textContent = left > 0 ? `in ${inWords(left)}` : 'now'
  if (left === 0) end()
}

function end () {
  clearInterval(ticking)
  document.body.classList.add('session-ended')
  document.querySelector('.ended').hidden = false
}

/** 93784 is `1 d 02:03:04`, 184 is `03:04`. */
function inWords (seconds) {
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24]
  const clock = [Math.floor(seconds / 60) % 60, seconds % 60]
  if (seconds >= 3600) clock.unshift(hours)
  const text = clock.map((part) => String(part).padStart(2, '0')).join(':')
  return days > 0 ? `${days} d ${text}` : text
}

// A picture that cannot be loaded leaves its initials behind; one that can, hides them.
for (const image of document.querySelectorAll('.picture img')) {
  image.decode().then(
    () => image.parentElement.classList.add('loaded'),
    () => image.remove()
  )
}
