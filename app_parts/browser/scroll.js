// Bring one part of the page into view, once for each new reason to. The page goes on growing for a moment after
// that, so the place is looked at again until it stays, unless the person scrolls or types meanwhile.
const done = (window.__scrolledFor ??= new Set())
const LOOKS = [60, 150, 300, 500, 800] // milliseconds
const HANDS = ["wheel", "touchmove", "keydown", "pointerdown"]

export default function ({ data }) {
  if (!data.reason || done.has(data.reason)) return
  done.add(data.reason)
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  const timers = LOOKS.map(after => setTimeout(go, after))
  const stop = () => {
    timers.forEach(clearTimeout)
    for (const hand of HANDS) removeEventListener(hand, stop, true)
  }
  for (const hand of HANDS) addEventListener(hand, stop, { capture: true, passive: true })
  setTimeout(stop, LOOKS.at(-1) + 50)
  let focused = false

  function go() {
    const found = document.querySelector(`.st-key-${data.target}`)
    if (!found) return
    found.style.scrollMarginTop = "0.5rem"
    found.scrollIntoView({ block: data.block ?? "start", behavior: still ? "auto" : "smooth" })
    if (data.focus && !focused) { focused = true; found.tabIndex = -1; found.focus({ preventScroll: true }) }
  }
}
