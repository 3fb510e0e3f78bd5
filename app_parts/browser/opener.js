// One thing to say: copied with one tap, or first put into the person's own words.
// What is typed here stays in this page; it is only told to the app so that it is still there after a look elsewhere.
async function copy(text, area) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const hidden = area.hidden
    area.hidden = false
    area.select()
    const done = document.execCommand("copy")
    area.hidden = hidden
    return done
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const find = name => parentElement.querySelector(name)
  const [words, edit, copyButton, own, back, said] = [".words", ".edit", ".copy", ".own", ".back", ".said"].map(find)
  const { labels } = data
  const show = open => {
    edit.hidden = back.hidden = !open
    words.hidden = open
    own.hidden = open
    own.setAttribute("aria-expanded", String(open))
  }
  words.textContent = `“${data.text}”`
  edit.setAttribute("aria-label", labels.edit)
  copyButton.textContent = labels.copy
  copyButton.setAttribute("aria-label", `${labels.copy}: ${data.text}`)
  own.textContent = labels.own
  own.setAttribute("aria-label", `${labels.own}: ${data.text}`)
  back.textContent = labels.back
  if (!edit.dataset.begun) {
    edit.dataset.begun = "yes"
    edit.value = data.edited || data.text
    show(Boolean(data.edited))
  }
  own.onclick = () => { show(true); edit.focus(); edit.setSelectionRange(edit.value.length, edit.value.length) }
  back.onclick = () => { edit.value = data.text; show(false); setStateValue("edited", ""); own.focus() }
  edit.onkeydown = event => { if (event.key !== "Escape") event.stopPropagation() }
  edit.onchange = () => setStateValue("edited", edit.value === data.text ? "" : edit.value)
  copyButton.onclick = async () => {
    const done = await copy(edit.hidden ? data.text : edit.value, edit)
    copyButton.textContent = done ? labels.copied : labels.copy
    said.textContent = done ? labels.copied : labels.failed
    setTimeout(() => { copyButton.textContent = labels.copy; said.textContent = "" }, 2500)
  }
}
