// A value that is copied when it is tapped. Nothing is dialled or opened.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement("textarea")
    area.value = text
    area.style.cssText = "position:fixed;opacity:0"
    document.body.append(area)
    area.select()
    const done = document.execCommand("copy")
    area.remove()
    return done
  }
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  const hint = parentElement.querySelector(".hint")
  const said = parentElement.querySelector("[role=status]")
  parentElement.querySelector(".way").textContent = data.way
  parentElement.querySelector(".value").textContent = data.value
  hint.textContent = "Copy"
  button.setAttribute("aria-label", `${data.way} ${data.value}: copy, ${data.name}`)
  button.onclick = async () => {
    const done = await copy(data.value)
    hint.textContent = done ? "Copied" : "Select and copy"
    said.textContent = done ? `${data.value} copied` : "Copying is not possible here"
    setTimeout(() => { hint.textContent = "Copy"; said.textContent = "" }, 2500)
  }
}
