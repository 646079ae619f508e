// Pieces of the page of lists. Whatever a paper, a file or an address says is put into the page as text.

/** An element with properties (`data` and `aria` as objects) and children. */
export function make(tag, { data = {}, aria = {}, on = {}, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties)
  Object.assign(made.dataset, data)
  for (const [name, value] of Object.entries(aria)) made.setAttribute(`aria-${name}`, value)
  for (const [name, of] of Object.entries(on)) made.addEventListener(name, of)
  made.append(...children.filter((child) => child !== ""))
  return made
}

/** A button; `id` names it, so that the focus finds it again after the page is drawn anew. */
export const button = (says, id, click, more = {}) => make("button", { type: "button", className: "lv-button", textContent: says, data: { id }, on: { click }, ...more })

export function choice(label, id, options, value, change) {
  const select = make("select", { data: { id }, on: { change: () => change(select.value) } }, ...options.map(([of, says]) => make("option", { value: of, textContent: says })))
  select.value = value
  return make("label", {}, `${label} `, select)
}

/** Let the browser save a text as a file. */
export function save(text, name, type) {
  const url = URL.createObjectURL(new Blob([text], { type }))
  make("a", { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

export const fileName = (name) => name.normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase().slice(0, 60) || "list"
export const counted = (n, one = "paper", many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`
