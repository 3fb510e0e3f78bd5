// Somebody's words, exactly, and whose they are.
export default function ({ data, parentElement }) {
  parentElement.querySelector("blockquote").textContent = data.text
  const line = (tag, text) => {
    const made = document.createElement(tag)
    made.textContent = text
    return made
  }
  const lines = [["span", data.speaker], ["cite", data.citation]].filter(([, text]) => text).map(([tag, text]) => line(tag, text))
  parentElement.querySelector("figcaption").replaceChildren(...lines)
}
