/* The header's search: results as you type, in the theme's own look. Arrows and Tab walk through them, Esc closes. */
import { element, number, pause, search, shown } from "./results.js"

const MOST = 7
const WAIT = 160 // ms after a key

function item(data) {
  const { url, title, excerpt } = shown(data)
  const told = [data.meta.by, data.meta.date, data.meta.chapter ?? (data.meta.section ? "Chapter" : ""), data.meta.status].filter(Boolean).join(" · ")
  const inside = element("div", { class: "md-search-result__article md-typeset" }, element("b", {}, ...title))
  if (told) inside.append(element("small", {}, told))
  if (excerpt) inside.append(element("p", {}, excerpt))
  return element("li", { class: "md-search-result__item" }, element("a", { class: "md-search-result__link", href: url.href }, inside))
}

/** Give the box its list; called once, when the box is first used. */
export async function attach(box, field, root) {
  const form = field.form
  const toggle = document.getElementById("__search")
  const status = element("div", { class: "md-search-result__meta", role: "status" }, "Type to search")
  const list = element("ol", { class: "md-search-result__list", "aria-label": "Results" })
  const output = element("div", { class: "md-search__output" }, element("div", { class: "md-search__scrollwrap" }, element("div", { class: "md-search-result" }, status, list)))
  const style = element("link", { rel: "stylesheet", href: new URL("find.css", import.meta.url).href })
  await new Promise((done) => {
    style.onload = style.onerror = done
    document.head.append(style)
  })
  const overlay = element("label", { class: "md-search__overlay", for: "__search", "aria-hidden": "true" })
  box.prepend(overlay)
  form.after(output)
  const settled = pause(WAIT)
  const page = (query) => new URL(`papers/?${new URLSearchParams({ q: query })}`, root).href

  const show = (on) => {
    if (toggle.checked === on) return
    toggle.checked = on
    toggle.dispatchEvent(new Event("change"))
  }
  async function run() {
    const query = field.value.trim()
    if (!(await settled())) return
    if (!query) {
      list.replaceChildren()
      status.textContent = "Type to search"
      return
    }
    try {
      const found = await search(query)
      const top = await Promise.all(found.results.slice(0, MOST).map((one) => one.data()))
      if (query !== field.value.trim()) return
      const n = found.results.length
      status.textContent = n ? `${number(n)} ${n === 1 ? "result" : "results"}${found.partial ? ", none with all of these words" : ""}` : "Nothing found"
      list.replaceChildren(...top.map(item))
      if (n) list.append(element("li", { class: "md-search-result__item" }, element("a", { class: "md-search-result__link lv-all", href: page(query) }, "All papers, with filters and sorting")))
    } catch (error) {
      status.textContent = "The search could not be loaded. Press Enter to try it on its own page."
      console.info(error)
    }
  }

  field.addEventListener("input", run)
  field.addEventListener("focus", () => show(true))
  box.addEventListener("keydown", (event) => {
    const stops = [field, ...list.querySelectorAll("a")]
    const at = Math.max(0, stops.indexOf(document.activeElement))
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === "Escape") {
      show(false)
      document.activeElement.blur()
    } else if (step) stops[(at + step + stops.length) % stops.length].focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget)) show(false)
  })
  overlay.addEventListener("click", () => field.blur())
  show(document.activeElement === field)
  if (field.value) run()
}
