// Bring one part of the page into view, once for each new reason to.
const done = (window.__scrolledFor ??= new Set())

export default function ({ data }) {
  if (!data.reason || done.has(data.reason)) return
  done.add(data.reason)
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  let tries = 0
  const go = () => {
    const found = document.querySelector(`.st-key-${data.target}`)
    if (!found) { if (++tries < 40) setTimeout(go, 50); return }
    found.style.scrollMarginTop = "5rem"
    found.scrollIntoView({ block: data.block ?? "start", behavior: still ? "auto" : "smooth" })
    if (data.focus) { found.tabIndex = -1; found.focus({ preventScroll: true }) }
  }
  setTimeout(go, 60)
}
