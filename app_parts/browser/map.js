// What gets in the way, and what helps: two columns and the lines between them. A tap picks one.
const SVG = "http://www.w3.org/2000/svg"
const watched = new WeakMap()

function fill(side, title, nodes, pick, picked) {
  side.querySelector("h2").textContent = title
  const list = side.querySelector("ul")
  list.replaceChildren(...nodes.map(node => {
    const item = document.createElement("li")
    const button = document.createElement("button")
    button.type = "button"
    button.lang = "en"
    const words = document.createElement("span")
    words.textContent = node.label
    button.append(words)
    button.title = node.text
    button.dataset.id = node.id
    button.setAttribute("aria-pressed", String(node.id === picked))
    button.onclick = () => pick(node.id)
    item.append(button)
    return item
  }))
}

function draw(map, links, picked) {
  const svg = map.querySelector("svg")
  const box = map.getBoundingClientRect()
  if (!box.width) return
  svg.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`)
  const place = id => map.querySelector(`button[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect()
  svg.replaceChildren(...links.flatMap(({ from, to, weight }) => {
    const [a, b] = [place(from), place(to)]
    if (!a || !b) return []
    const [x1, y1, x2, y2] = [a.right - box.left, a.top + a.height / 2 - box.top, b.left - box.left, b.top + b.height / 2 - box.top]
    const path = document.createElementNS(SVG, "path")
    const bend = (x2 - x1) / 2
    path.setAttribute("d", `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`)
    path.setAttribute("stroke-width", String(1 + 3.5 * weight))
    path.classList.toggle("on", from === picked || to === picked)
    return [path]
  }))
}

export default function ({ data, parentElement, setTriggerValue }) {
  const map = parentElement.querySelector(".map")
  const pick = id => setTriggerValue("picked", id)
  fill(map.querySelector(".left"), data.left.title, data.left.nodes, pick, data.picked)
  fill(map.querySelector(".right"), data.right.title, data.right.nodes, pick, data.picked)
  const near = new Set(data.links.filter(l => l.from === data.picked || l.to === data.picked).flatMap(l => [l.from, l.to]))
  map.classList.toggle("picked", near.size > 0)
  for (const button of map.querySelectorAll("button")) button.classList.toggle("near", near.has(button.dataset.id))
  watched.get(map)?.disconnect()
  const observer = new ResizeObserver(() => draw(map, data.links, data.picked))
  observer.observe(map)
  watched.set(map, observer)
  draw(map, data.links, data.picked)
  return () => observer.disconnect()
}
