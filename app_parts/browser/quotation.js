// Somebody's words, exactly, and whose they are.
export default function ({ data, parentElement }) {
  parentElement.querySelector("blockquote").textContent = data.text
  const line = (tag, text) => {
    const made = document.createElement(tag)
    made.textContent = text
    return made
  }
  const lines = data.speaker ? [line("span", data.speaker), line("cite", data.citation)] : []
  parentElement.querySelector("figcaption").replaceChildren(...lines)
}
