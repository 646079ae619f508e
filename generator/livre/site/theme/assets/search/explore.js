/* /papers/: search as you type, facets with counts, sorting; the address always says what is shown. Nothing is loaded before
   the reader asks for something. Rows of the table are the first records of the index, newest first (livre/site/pages/explore.py). */
import { element, number, open, pause, search, shown } from "./results.js"

const STEP = 20
const WAIT = 180 // ms after a key
const form = document.getElementById("explore")
const field = form.elements.q
const order = form.elements.sort
const boxes = [...document.querySelectorAll("#facets input[type=checkbox]")]
const counts = new Map(boxes.map((box) => [box, box.closest("label").querySelector(".lv-n")]))
const status = document.getElementById("found-count")
const chapters = document.getElementById("found-chapters")
const list = document.getElementById("found")
const more = document.getElementById("found-more")
const clear = document.getElementById("found-clear")
const fold = document.getElementById("facets-fold")
const root = document.documentElement
const settled = pause(WAIT)
const totals = new Map(boxes.map((box) => [box, counts.get(box).textContent]))

// --- The address ---

function address() {
  const said = new URLSearchParams()
  if (field.value.trim()) said.set("q", field.value.trim())
  for (const box of boxes) if (box.checked) said.append(box.name, box.value)
  if (order.value) said.set("sort", order.value)
  return said
}

/** Set the form as the address says; what it names and the page does not know is left out. */
function read() {
  const said = new URLSearchParams(location.search)
  field.value = said.get("q") ?? ""
  for (const box of boxes) box.checked = said.getAll(box.name).includes(box.value)
  order.value = [...order.options].some((o) => o.value === said.get("sort")) ? said.get("sort") : ""
}

let typed = false
function note(push) {
  const said = String(address())
  const url = said ? `?${said}` : location.pathname
  if (said === String(new URLSearchParams(location.search))) return
  if (push) history.pushState(null, "", url)
  else history.replaceState({ shown: 0 }, "", url)
}

// --- What the index knows ---

let rows // fragment of the index -> row of the table, and back
async function everything() {
  const { all, table, stamp } = await open()
  if (!rows) {
    const [known, records] = await Promise.all([table(), all()])
    if (records.length !== stamp.records || known.papers !== stamp.papers) throw new Error("the index and its table are not of one day")
    const facets = known.facets.map((facet) => ({ ...facet, at: new Map(facet.values.map((value, i) => [value, i])) }))
    rows = { at: new Map(records.map((one, i) => [one.id, i])), records, facets, cited: known.cited, papers: known.papers }
  }
  return rows
}

/** Which of these rows have what is ticked, and of each choice how many would be left with it: a facet does not narrow itself. */
function narrow(of, facets) {
  const wanted = facets.map((facet) => new Set(boxes.filter((box) => box.checked && box.name === facet.id).map((box) => facet.at.get(box.value))))
  const left = facets.map((facet) => new Uint32Array(facet.values.length))
  const kept = of.filter((row) => {
    let missed = -1
    for (let f = 0; f < facets.length; f++) {
      if (!wanted[f].size || facets[f].sets[facets[f].of[row]].some((value) => wanted[f].has(value))) continue
      if (missed >= 0) return false
      missed = f
    }
    for (let f = 0; f < facets.length; f++) if (missed < 0 || missed === f) for (const value of facets[f].sets[facets[f].of[row]]) left[f][value]++
    return missed < 0
  })
  return { kept, left }
}

// --- The page ---

function card(data, row) {
  const { url, path, title, excerpt } = shown(data)
  const said = data.meta
  const line = element("p")
  if (said.by) line.append(said.by, "\u00a0· ")
  line.append(element("time", {}, said.date || "undated"))
  if (said.lane) line.append("\u00a0· ", element("span", { class: `lv-lane lv-s${Number(said.slot) || 0}` }, said.lane))
  if (said.shelves) line.append(`\u00a0· ${said.shelves}`)
  if (rows.cited[row]) line.append(` · cited by ${number(rows.cited[row])} here`)
  const made = element("li", { "data-key": path.split("/")[1], "data-added": said.added }, element("a", { href: url.href }, ...title))
  if (said.status) made.append(" ", element("b", { class: "lv-status" }, said.status))
  if (said.background) made.append(" ", element("span", { class: "lv-tag" }, "background"))
  made.append(line)
  if (excerpt) made.append(element("p", { class: "lv-excerpt" }, excerpt))
  return made
}

let found = [] // [row, result], in the order shown
let asked = 0
async function show(until, anew = false) {
  const mine = asked
  const part = found.slice(anew ? 0 : list.children.length, until)
  const data = await Promise.all(part.map(([, result]) => result.data()))
  if (mine !== asked) return
  if (anew) list.replaceChildren()
  list.append(...data.map((one, i) => card(one, part[i][0])))
  more.hidden = list.children.length >= found.length
  more.textContent = `Show ${Math.min(STEP, found.length - list.children.length)} more`
  document.dispatchEvent(new Event("livre:items"))
}

async function told(sections) {
  const mine = asked
  const data = await Promise.all(sections.slice(0, 3).map((one) => one.data()))
  if (mine !== asked) return
  chapters.replaceChildren()
  data.forEach((one, i) => {
    const { url, title } = shown(one)
    chapters.append(i ? " · " : "In the chapters: ", element("a", { href: url.href }, ...title))
    if (one.meta.chapter) chapters.append(` (${one.meta.chapter})`)
  })
  chapters.hidden = !data.length
}

function say(n, query, partial) {
  const what = n === 1 ? "paper" : "papers"
  if (!n) return query ? "No paper has this. Take away a word or a filter." : "No paper has all of this. Take away a filter."
  if (partial) return `No paper has all words of “${query}”; ${number(n)} ${n === 1 ? "has" : "have"} some`
  return query ? `${number(n)} ${what} for “${query}”` : `${number(n)} ${what}`
}

async function run(least = STEP) {
  const mine = ++asked
  const query = field.value.trim()
  const said = address()
  root.classList.toggle("lv-asked", String(said) !== "")
  clear.hidden = String(said) === ""
  order.options[0].disabled = !query
  if (String(said) === "") {
    found = []
    list.replaceChildren()
    status.textContent = ""
    chapters.hidden = more.hidden = true
    for (const box of boxes) counts.get(box).textContent = totals.get(box)
    return
  }
  try {
    if (!rows) status.textContent = "Loading the search…"
    const [known, { results, partial }] = await Promise.all([everything(), query ? search(query) : { partial: false }])
    if (mine !== asked) return
    const by = new Map((results ?? known.records).map((one) => [known.at.get(one.id), one]))
    const { kept, left } = narrow([...by.keys()].filter((row) => row < known.papers), known.facets)
    if (order.value === "date" || (!order.value && !query)) kept.sort((a, b) => a - b)
    else if (order.value === "oldest") kept.sort((a, b) => b - a)
    else if (order.value === "cited") kept.sort((a, b) => known.cited[b] - known.cited[a] || a - b)
    known.facets.forEach((facet, f) => {
      for (const box of boxes) if (box.name === facet.id) counts.get(box).textContent = number(left[f][facet.at.get(box.value)] ?? 0)
    })
    for (const box of boxes) box.closest("label").classList.toggle("lv-zero", counts.get(box).textContent === "0")
    found = kept.map((row) => [row, by.get(row)])
    await show(least, true)
    if (mine !== asked) return
    status.textContent = say(found.length, query, partial)
    await told(query ? results.filter((one) => known.at.get(one.id) >= known.papers) : [])
  } catch (error) {
    if (mine !== asked) return
    root.classList.remove("lv-asked")
    status.textContent = "The search could not be loaded: reload the page, or use the lists below."
    console.info(error)
  }
}

// --- What readers do ---

field.addEventListener("focus", () => open().catch(() => {}), { once: true })
field.addEventListener("input", async () => {
  if (!(await settled())) return
  note(!typed)
  typed = true
  run()
})
field.addEventListener("change", () => (typed = false))
form.addEventListener("submit", (event) => {
  event.preventDefault()
  note(!typed)
  typed = false
  run()
})
function chosen() {
  typed = false
  note(true)
  run()
}
for (const box of boxes) box.addEventListener("change", chosen)
order.addEventListener("change", chosen)
clear.addEventListener("click", () => {
  field.value = order.value = ""
  for (const box of boxes) box.checked = false
  chosen()
  field.focus()
})
more.addEventListener("click", async () => {
  const next = list.children.length
  await show(next + STEP)
  history.replaceState({ shown: list.children.length }, "")
  list.children[next]?.querySelector("a").focus()
})
list.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const links = [...list.querySelectorAll("li > a:first-child")]
  const at = links.indexOf(document.activeElement)
  if (!step || at < 0) return
  event.preventDefault()
  ;(links[at + step] ?? (step < 0 ? field : null))?.focus()
})
field.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && list.firstChild) {
    event.preventDefault()
    list.querySelector("a").focus()
  }
})
fold.addEventListener("click", () => {
  const on = fold.getAttribute("aria-expanded") !== "true"
  fold.setAttribute("aria-expanded", String(on))
  document.getElementById("facets").classList.toggle("lv-unfolded", on)
})
addEventListener("popstate", (event) => {
  read()
  typed = false
  run(Math.max(STEP, event.state?.shown ?? 0))
})
read()
run(Math.max(STEP, history.state?.shown ?? 0))
