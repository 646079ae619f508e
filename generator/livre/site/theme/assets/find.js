/* The search box in the header of every page. Until it is used this is all that is loaded; then search/header.js does the work.
   Without scripts the box is a form that leads to /papers/. */
(() => {
  const root = new URL("../", document.currentScript.src)
  const box = document.querySelector("[data-find]")
  const toggle = document.getElementById("__search")
  if (!box || !toggle) return
  const field = box.querySelector("input")
  const typing = (at) => at.isContentEditable || /^(?:input|select|textarea)$/i.test(at.tagName)
  let ready
  const open = () => (ready ??= import(new URL("assets/search/header.js", root)).then((header) => header.attach(box, field, root)))

  field.addEventListener("focus", () => open().catch(() => (ready = undefined)))
  toggle.addEventListener("change", () => {
    if (toggle.checked && !box.contains(document.activeElement)) field.focus()
  })
  addEventListener("keydown", (event) => {
    const bare = !event.ctrlKey && !event.metaKey && !event.altKey
    const k = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k"
    if (event.defaultPrevented || !(k || (bare && (event.key === "/" || event.key === "s") && !typing(event.target)))) return
    event.preventDefault()
    const mine = document.querySelector("#explore input[type=search]") ?? field
    if (mine === field && !toggle.checked) toggle.click() // on a phone the box is hidden until then
    mine.focus()
    mine.select()
  })
  const lens = document.querySelector("header label[for=__search].md-header__button")
  if (!lens) return
  const drawn = (path) => {
    const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg")
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path")
    sign.setAttribute("viewBox", "0 0 24 24")
    line.setAttribute("d", path)
    sign.append(line)
    return sign
  }
  const glass = "M9.5 3A6.5 6.5 0 0 1 16 9.5c0 1.6-.6 3.1-1.6 4.2l.3.3h.8l5 5-1.5 1.5-5-5v-.8l-.3-.3A6.5 6.5 0 1 1 9.5 3m0 2a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9"
  const arrow = "M20 11v2H8l5.5 5.5-1.4 1.4L4.2 12l7.9-7.9 1.4 1.4L8 11z"
  box.querySelector(".md-search__icon").append(drawn(glass), drawn(arrow)) // the theme shows one of them
  const button = document.createElement("button") // the theme's is a label, which no keyboard reaches
  button.type = "button"
  button.className = `${lens.className} lv-lens`
  button.setAttribute("aria-label", field.getAttribute("aria-label"))
  button.append(...lens.childNodes)
  button.addEventListener("click", () => toggle.click())
  lens.replaceWith(button)
})()
