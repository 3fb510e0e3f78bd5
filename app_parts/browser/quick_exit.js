// The way out. It lives on the document itself, first in the tab order, so that it works while the
// app is busy, when the server is gone, and on every page.
const ID = "quick-exit"
const PRESSES = 3
const WITHIN_MS = 2500
const WAIT_MS = 200 // for the word "clear" to reach the server; the page is covered meanwhile

const STYLE = `
  :host { all: initial }
  .row { position: fixed; top: 0.55rem; right: 0.75rem; z-index: 2147483000 }
  .bar { position: fixed; inset: 0 0 auto; height: 3.85rem; z-index: 2147482999; display: none }
  @media (max-width: 1000px) { .bar.on { display: block } }
  button {
    font: 600 1rem/1.2 "Atkinson Hyperlegible Next", sans-serif; color: #fff; background: #3b4a50;
    border: 1px solid #c9d3d6; border-radius: 999px; padding: 0.6rem 1.05rem; min-height: 2.75rem; cursor: pointer;
  }
  button:hover { background: #27343a }
  button:focus-visible { outline: 3px solid #f2b84b; outline-offset: 2px }
  .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .cover { position: fixed; inset: 0; background: #fff; z-index: 2147483001 }
  @media (max-width: 480px) {
    .row { right: 0.6rem }
    button { padding-inline: 0.9rem }
    .long { display: none }
    .short { text-transform: capitalize }
  }
  @media print { .row, .bar { display: none } }
`

// On a narrow page, what scrolls up goes under a plain bar, so that the button covers no words.
function coverWords(bar, page) {
  if (page?.dataset?.testid !== "stMain") return
  page.style.scrollPaddingTop = "4rem" // what gets the focus must not hide under it
  bar.style.background = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor
  bar.classList.toggle("on", page.scrollTop > 8)
}

function leave(host) {
  if (host.left) return
  host.left = true
  const cover = document.createElement("div")
  cover.className = "cover"
  host.shadowRoot.append(cover)
  document.title = "Weather"
  try { host.clear() } catch { /* the server is gone, and the words with it */ }
  setTimeout(() => {
    for (const child of [...document.body.children]) if (child !== host) child.remove()
    location.replace(host.url)
  }, WAIT_MS)
}

function onKey(host, event) {
  if (event.key !== "Escape") { host.presses = []; return }
  const now = Date.now()
  host.presses = [...host.presses.filter(t => now - t < WITHIN_MS), now]
  const left = PRESSES - host.presses.length
  host.said.textContent = left > 0 ? `Escape: ${left} more to leave this page.` : ""
  if (left <= 0) leave(host)
}

function build() {
  const host = document.createElement("aside")
  host.id = ID
  host.setAttribute("aria-label", "Quick exit")
  host.presses = []
  const root = host.attachShadow({ mode: "open" })
  const style = document.createElement("style")
  style.textContent = STYLE
  const row = document.createElement("div")
  row.className = "row"
  const button = document.createElement("button")
  button.type = "button"
  const long = document.createElement("span")
  long.className = "long"
  long.textContent = "Quick "
  const short = document.createElement("span")
  short.className = "short"
  short.textContent = "exit"
  button.append(long, short)
  button.setAttribute("aria-label", "Quick exit")
  button.title = "Leave this page now. Or press Escape three times."
  button.onclick = () => leave(host)
  host.said = document.createElement("span")
  host.said.className = "said"
  host.said.setAttribute("role", "status")
  row.append(button, host.said)
  const bar = document.createElement("div")
  bar.className = "bar"
  root.append(style, bar, row)
  document.addEventListener("scroll", event => coverWords(bar, event.target), true)
  host.settle = () => coverWords(bar, document.querySelector("[data-testid=stMain]"))
  document.addEventListener("keydown", event => onKey(host, event), true)
  addEventListener("pageshow", event => { if (event.persisted && host.left) location.reload() })
  document.body.prepend(host)
  return host
}

export default function ({ data, setTriggerValue }) {
  const host = document.getElementById(ID) ?? build()
  host.url = data.url
  host.settle()
  host.clear = () => setTriggerValue("leave", true)
}
