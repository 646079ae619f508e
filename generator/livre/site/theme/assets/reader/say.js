// A word to the reader at the foot of the window, which screen readers read out: what was done, or why it was not.
let box
let timer

/** Say it for a while; with `undo`, beside a button that calls it. */
export function say(text, undo) {
  if (!box) {
    box = document.createElement("div")
    box.className = "lv-say-box"
    box.setAttribute("role", "status")
    document.body.append(box)
  }
  clearTimeout(timer)
  const said = document.createElement("span")
  said.textContent = text
  box.replaceChildren(said)
  if (undo) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "lv-button"
    button.textContent = "Undo"
    button.addEventListener("click", () => {
      box.replaceChildren()
      undo()
    })
    box.append(button)
  }
  timer = setTimeout(() => box.replaceChildren(), undo ? 20_000 : 8_000)
}
