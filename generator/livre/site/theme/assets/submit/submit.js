/* /submit/: from what somebody pastes to the file of a contribution and the address that opens it at the host.
   What comes from the address, the index or a paper's page was written by strangers: it is only ever put in as text or value. */
import { facts, fromBibtex, isBibtex } from "./bibtex.js"
import { address, contribution, filename, host, opens } from "./contribution.js"
import { home, line, recognise, written } from "./identifier.js"
import { find, verdict } from "./lookup.js"
import { problems } from "./rules.js"

const $ = (id) => document.getElementById(id)
const form = $("submit")
const { index, root, repository } = form.dataset
const paper = $("s-paper")
const state = { identifier: "", title: "", key: "", verdict: "" }
const STATES = { include: "Already included", exclude: "Excluded", wait: "Waiting, provisional" }

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name)
  made.textContent = text
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

function said(text, ...more) {
  const made = element("p", text)
  made.append(...more)
  return made
}

/** What is known of the paper, in words, and which actions make sense for it. */
function told(identifier, found) {
  const box = element("div", "", { class: "lv-answer" })
  if (!found) {
    Object.assign(state, { identifier, title: "", key: "", verdict: "" })
    box.append(said("", element("b", "Not known here yet: "), element("a", written(identifier), { href: home(identifier), rel: "noopener" })))
    box.append(said("No harvest brought it, or no topic matched it. If it belongs here, ask to include it: its facts are looked up at the source."))
    return box
  }
  const { name, row } = found
  const [key, title, decisions] = row
  Object.assign(state, { identifier: name, title, key, verdict: verdict(row) })
  box.classList.add({ include: "lv-s3", exclude: "lv-s4", wait: "lv-s2" }[state.verdict])
  box.append(said("", element("b", `${STATES[state.verdict]}: `), title))
  const where = said("")
  if (key) where.append(element("a", "Its page", { href: `${root}papers/${key}/` }), " · ")
  where.append(element("a", written(name), { href: home(name), rel: "noopener" }))
  if (name !== identifier) where.append(`, asked for as ${written(identifier)}`)
  where.append(" · ", element("a", "every decision on it", { href: `${root}why/?id=${encodeURIComponent(name)}` }))
  box.append(where)
  if (decisions.length) box.append(element("p", `${decisions[0][4]}: ${decisions[0][5]}`, { class: "lv-why" }))
  return box
}

/** Which actions can be chosen: what is included need not be asked for again, and only papers can be corrected. */
function allow() {
  const can = { include: state.verdict !== "include", exclude: state.verdict !== "exclude", correct: state.key !== "" }
  const radios = [...form.elements.action]
  for (const radio of radios) radio.closest("label").hidden = radio.disabled = !can[radio.value]
  const now = radios.find((radio) => radio.checked)
  if (!now || now.disabled) radios.find((radio) => radio.value === (state.verdict === "include" ? "correct" : "include")).checked = true
}

let asked = 0
async function look() {
  const mine = ++asked
  const pasted = paper.value
  let shown = ""
  let identifier = ""
  if (pasted.trim()) {
    try {
      identifier = isBibtex(pasted) ? fromBibtex(pasted) : recognise(pasted)
      if (!identifier) shown = said(`“${line(pasted).slice(0, 80)}” is neither an arXiv id nor a DOI, nor an address of one. A publisher’s page shows the DOI.`)
    } catch (error) {
      shown = said(error.message)
    }
  }
  let found
  try {
    if (identifier) found = await find(index, identifier)
  } catch (error) {
    shown = said(`Whether it is known could not be looked up (${error.message}). Try again in a moment.`)
    identifier = ""
  }
  if (mine !== asked) return
  paper.setAttribute("aria-invalid", String(Boolean(pasted.trim()) && !identifier))
  if (identifier) shown = told(identifier, found)
  else if (shown) shown.className = "lv-banner"
  $("s-found").replaceChildren(...(shown ? [shown] : []))
  $("s-rest").hidden = !identifier
  if (!identifier) return
  allow()
  await current()
  if (mine === asked) await update()
}

/** What the address asks for to be mended: field or facet, and what is right, or null. */
const wanted = new Map()
/** What was filled in because it holds today, by field or facet. */
const today = new Map()

/** Fills in what the paper says today where the address names a field and no value, so that it can be mended and need not be typed. */
async function current() {
  const empty = [...wanted].filter(([, value]) => value === null).map(([name]) => name)
  if (!state.key || !empty.length) return
  let known = {}
  try {
    const response = await fetch(`${root}papers/${state.key}/${state.key}.bib`)
    if (response.ok) known = facts(await response.text())
  } catch { /* the fields stay empty: nothing depends on this */ }
  for (const name of empty) {
    wanted.set(name, "")
    const field = fact(name)
    if (field && !field.value) field.value = known[name] ?? ""
    else if (!field) tick(name, known.categories ?? [])
    today.set(name, JSON.stringify(given(name)))
  }
}

/** What is given for a facet or a field: a list or a text, or null where nothing is. */
function given(name) {
  const folder = facet(name)
  if (folder) {
    const ticked = [...folder.querySelectorAll("input:checked")].map((box) => box.value)
    return ticked.length ? ticked.filter(Boolean) : null
  }
  const field = fact(name)
  const lines = field.value.split("\n").map(line).filter(Boolean)
  return lines.length ? (field.localName === "textarea" ? lines : lines[0]) : null
}

const facet = (name) => [...form.querySelectorAll("[data-facet]")].find((one) => one.dataset.facet === name)
const fact = (name) => [...form.querySelectorAll("[data-fact]")].find((one) => one.name === name)

function tick(name, ids) {
  for (const box of facet(name)?.querySelectorAll("input") ?? []) if (box.value && ids.includes(box.value)) box.checked = true
}

/** What is chosen: facets with their categories, then corrected fields, in the order of the page; not what only says what holds today. */
function chosen() {
  const names = [...[...form.querySelectorAll("[data-facet]")].map((one) => one.dataset.facet), ...[...form.querySelectorAll("[data-fact]")].map((one) => one.name)]
  return names.map((name) => [name, given(name)]).filter(([name, value]) => value !== null && today.get(name) !== JSON.stringify(value))
}

function counted() {
  for (const folder of form.querySelectorAll("[data-facet]")) {
    const n = folder.querySelectorAll("input:checked").length
    folder.querySelector("[data-chosen]").textContent = n ? `${n} chosen` : ""
  }
  const n = [...form.querySelectorAll("[data-fact]")].filter((field) => line(field.value)).length
  $("s-facts").querySelector("[data-chosen]").textContent = n ? `${n} filled in` : ""
}

/** What to do with the file, for this host. */
function next(at, url) {
  const path = $("s-path").textContent
  if (url && opens(url)) return [said(`${at} shows the file filled in. Press “${at === "GitHub" ? "Commit changes" : "Commit"}” there, then “Propose changes”: it makes a copy of your own and a pull request. You need an account there, and nothing else.`)]
  const by = at ? [said(`This is too long for an address: ${at} would refuse it. Download the file, then add it there by hand.`), said("Add it as ", element("code", path), " in ", element("a", "the repository", { href: repository, rel: "noopener" }), ".")] : []
  return at ? by : [said(repository ? "Add the file to a copy of the repository as " : "Send the file to the curators of this review. They put it there as ", element("code", path), ".")]
}

let file = ""
let made = 0
async function update() {
  const mine = ++made
  const action = form.elements.action.value
  $("s-set").hidden = action === "exclude"
  counted()
  const reason = form.elements.reason.value
  const set = action === "exclude" ? [] : chosen()
  const wrong = problems({ action, reason, chosen: set, longest: Number(form.dataset.longest) })
  const list = element("ul")
  list.append(...wrong.map((text) => element("li", text)))
  $("s-missing").replaceChildren(...(wrong.length ? [said("Before it can be sent:"), list] : []))
  $("s-made").hidden = wrong.length > 0
  if (wrong.length) return
  const text = contribution(state.identifier, action, { title: state.title, reason, chosen: set })
  const path = await filename(state.identifier)
  if (mine !== made) return
  const at = host(repository)
  const url = address(repository, path, text)
  $("s-path").textContent = path
  $("s-text").textContent = text
  $("s-open").hidden = !url || !opens(url)
  $("s-open").textContent = `Open it on ${at}`
  if (url && opens(url)) $("s-open").href = url
  else $("s-open").removeAttribute("href")
  if (file) URL.revokeObjectURL(file)
  file = URL.createObjectURL(new Blob([text], { type: "application/toml" }))
  $("s-download").href = file
  $("s-download").download = path.split("/").pop()
  $("s-next").replaceChildren(...next(at, url))
}

$("s-copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText($("s-text").textContent)
    $("s-done").textContent = "Copied"
  } catch {
    getSelection().selectAllChildren($("s-text"))
    $("s-done").textContent = "Marked: copy it with your browser"
  }
})

/** Fills the form in from the address: id, action, and pairs of field and value. */
function fromAddress() {
  const query = new URLSearchParams(location.search)
  paper.value = query.get("id") ?? ""
  for (const radio of form.elements.action) radio.checked = radio.value === query.get("action")
  const values = query.getAll("value")
  query.getAll("field").forEach((name, i) => {
    const folder = facet(name)
    const field = fact(name)
    if (!folder && !field) return
    wanted.set(name, values[i] ?? null)
    ;(folder ?? $("s-facts")).open = true
    if (folder) tick(name, (values[i] ?? "").split(/[\s,]+/))
    else if (values[i] !== undefined) field.value = values[i]
  })
}

let pause
paper.addEventListener("input", () => {
  clearTimeout(pause)
  pause = setTimeout(look, 250)
})
form.addEventListener("input", (event) => {
  if (event.target.matches("[data-none]")) for (const box of event.target.closest("fieldset").querySelectorAll("input")) box.checked = box === event.target && box.checked
  else if (event.target.type === "checkbox") event.target.closest("fieldset").querySelector("[data-none]").checked = false
  if (event.target !== paper && state.identifier) update()
})
form.addEventListener("submit", (event) => {
  event.preventDefault()
  look()
})
form.hidden = false
fromAddress()
if (paper.value) look()
