// /lists/: what readers keep, drawn from the browser's own store and drawn anew whenever it changes, in this tab or in another.
import { ask, each } from "../reader/facts.js"
import { say } from "../reader/say.js"
import { change, clear, damaged, forgetDamaged, kept, MOST, named, read, SITE, today, watch } from "../reader/store.js"
import { bibtex, json, link, offered, read as readFile, ris } from "./exchange.js"
import { button, choice, counted, fileName, make, save } from "./parts.js"

const page = document.getElementById("lists")
const ORDERS = {
  own: ["My order", null],
  kept: ["Kept last", (a, b) => b.kept.localeCompare(a.kept)],
  date: ["Newest paper", (a, b) => b.date.localeCompare(a.date)],
  title: ["Title", (a, b) => a.title.localeCompare(b.title, undefined, { numeric: true })],
}
const shown = { list: "", order: "own", words: "", opened: new Set(), missing: new Set(), asked: new Set() }
let stale = false // another tab changed the lists while something was being written here
let proposal = null // lists that somebody else or a file offers: { lists, unknown, from }

/** Change the lists, draw them anew, and say what came of it. */
function alter(by, said = "", undo) {
  const why = change(by)
  draw()
  if (why || said) say(why || said, why ? undefined : undo)
  return !why
}
const inList = (id, by) => (lists) => {
  const found = lists.find((l) => l.id === id)
  if (found) by(found, lists)
}

// --- A paper in a list ---

/** Keep what was written of a paper. Nothing is drawn anew before its details are closed: a click that ends the writing must find its button. */
function write(list, paper, what) {
  say(change(inList(list.id, (l) => Object.assign(l.papers.find((p) => p.key === paper.key) ?? {}, what))) || "Kept.")
}

function note(list, paper) {
  const area = make("textarea", { value: paper.note, rows: 3, maxLength: MOST.note, data: { id: `note-${paper.key}` } })
  area.addEventListener("change", () => write(list, paper, { note: area.value.trim() }))
  return make("label", {}, "Note", area)
}

function tags(list, paper) {
  const field = make("input", { type: "text", value: paper.tags.join(", "), data: { id: `tags-${paper.key}` }, autocomplete: "off" })
  const said = () => [...new Set(field.value.split(",").map((t) => t.trim().slice(0, MOST.tag)).filter(Boolean))].slice(0, MOST.tags)
  field.addEventListener("change", () => write(list, paper, { tags: said() }))
  return make("label", {}, "Tags, with commas between them", field)
}

function move(list, paper, lists) {
  const others = lists.filter((l) => l.id !== list.id)
  const to = (id, keep) => alter((all) => {
    const [from, into] = [all.find((l) => l.id === list.id), all.find((l) => l.id === id)]
    if (!from || !into) return
    if (!into.papers.some((p) => p.key === paper.key)) into.papers.unshift(from.papers.find((p) => p.key === paper.key) ?? paper)
    if (!keep) from.papers = from.papers.filter((p) => p.key !== paper.key)
  }, `${keep ? "Copied" : "Moved"} to “${others.find((l) => l.id === id).name}”.`)
  if (!others.length) return []
  let into = others[0].id
  return [
    choice("Another list:", `into-${paper.key}`, others.map((l) => [l.id, l.name]), into, (id) => (into = id)),
    button("Move", `move-${paper.key}`, () => to(into, false)),
    button("Copy", `copy-${paper.key}`, () => to(into, true)),
  ]
}

function remove(list, paper) {
  const at = list.papers.findIndex((p) => p.key === paper.key)
  const back = () => alter(inList(list.id, (l) => l.papers.some((p) => p.key === paper.key) || l.papers.splice(at, 0, paper)), "It is back.")
  alter(inList(list.id, (l) => (l.papers = l.papers.filter((p) => p.key !== paper.key))), `Taken out of “${list.name}”.`, back)
}

function step(list, paper, by) {
  alter(inList(list.id, (l) => {
    const at = l.papers.findIndex((p) => p.key === paper.key)
    const to = at + by
    if (at >= 0 && to >= 0 && to < l.papers.length) l.papers.splice(to, 0, ...l.papers.splice(at, 1))
  }))
}

function item(list, paper, lists) {
  const title = paper.title || paper.key
  const gone = shown.missing.has(paper.key)
  const meta = [paper.by, paper.date, paper.kept && `kept on ${paper.kept}`].filter(Boolean).join(" · ")
  const details = make("details", { open: shown.opened.has(paper.key) }, make("summary", { textContent: paper.note || paper.tags.length ? "Note and tags" : "Add a note or tags", data: { id: `open-${paper.key}` } }), note(list, paper), tags(list, paper), make("p", { className: "lv-l-move" }, ...move(list, paper, lists)))
  details.addEventListener("toggle", () => (details.open ? shown.opened.add(paper.key) : shown.opened.delete(paper.key) && draw()))
  const own = shown.order === "own" && !shown.words
  const at = list.papers.findIndex((p) => p.key === paper.key)
  return make("li", {},
    make("div", {},
      gone ? make("span", { textContent: title }) : make("a", { href: new URL(`papers/${paper.key}/`, SITE).href, textContent: title, data: { id: `to-${paper.key}` } }),
      gone ? " " : "",
      gone ? make("b", { className: "lv-status", textContent: "not in this review" }) : "",
      make("p", { textContent: meta }),
      paper.note ? make("p", { className: "lv-l-note", textContent: paper.note }) : "",
      paper.tags.length ? make("p", { className: "lv-l-tags" }, ...paper.tags.map((t) => button(t, `tag-${paper.key}-${t}`, () => seek(t), { className: "lv-chip", title: "Show what has this tag" }))) : "",
      details),
    make("p", { className: "lv-l-tools" },
      own ? button("↑", `up-${paper.key}`, () => step(list, paper, -1), { disabled: at === 0, aria: { label: `Move up: ${title}` } }) : "",
      own ? button("↓", `down-${paper.key}`, () => step(list, paper, 1), { disabled: at === list.papers.length - 1, aria: { label: `Move down: ${title}` } }) : "",
      button("Remove", `remove-${paper.key}`, () => remove(list, paper), { aria: { label: `Remove: ${title}` } })))
}

// --- A list ---

function seek(words) {
  shown.words = words
  draw()
}

function fits(paper) {
  const held = [paper.title, paper.by, paper.note, ...paper.tags].join("\n").toLowerCase()
  return shown.words.toLowerCase().split(/\s+/).filter(Boolean).every((word) => held.includes(word))
}

async function out(list, kind) {
  say(`Fetching ${counted(list.papers.length, "entry", "entries")} …`)
  try {
    const made = await (kind === "bib" ? bibtex : ris)(list)
    save(made.text, `${fileName(list.name)}.${kind}`, kind === "bib" ? "application/x-bibtex" : "application/x-research-info-systems")
    say(made.missing.length ? `Saved, but for ${made.missing.join(", ")}: this review has no entry for it.` : `Saved ${counted(list.papers.length)}.`)
  } catch (error) {
    say(`That did not work (${error.message}). Try again when the network is there.`)
  }
}

async function share(list) {
  const to = link(list)
  try {
    await navigator.clipboard.writeText(to)
    say("The link is copied. It holds the list's name and its papers, not your notes and tags.")
  } catch {
    prompt("The link of this list", to)
  }
}

function rename(list) {
  const called = prompt("The name of the list", list.name)?.trim().slice(0, MOST.name)
  if (called && called !== list.name) alter(inList(list.id, (l) => (l.name = called)), `It is called “${called}” now.`)
}

function drop(list, at) {
  const back = () => alter((lists) => lists.some((l) => l.id === list.id) || lists.splice(at, 0, list), `“${list.name}” is back.`)
  alter((lists) => lists.splice(0, lists.length, ...lists.filter((l) => l.id !== list.id)), `Deleted “${list.name}” with ${counted(list.papers.length)}.`, back)
}

function one(list, lists) {
  const by = ORDERS[shown.order][1]
  const papers = (by ? [...list.papers].sort(by) : list.papers).filter(fits)
  const words = make("input", { type: "search", value: shown.words, data: { id: "words" }, aria: { label: "Show only what has these words or tags" }, placeholder: "Words or a tag", on: { input: () => seek(words.value) } })
  return make("section", { aria: { labelledby: "lv-l-name" } },
    make("h2", { id: "lv-l-name", textContent: list.name }),
    make("p", { className: "lv-l-row" },
      button("Rename", "rename", () => rename(list)),
      button("Copy a link to share", "share", () => share(list), { disabled: !list.papers.length }),
      button("BibTeX", "bib", () => out(list, "bib"), { disabled: !list.papers.length, aria: { label: "Save as BibTeX" } }),
      button("RIS", "ris", () => out(list, "ris"), { disabled: !list.papers.length, aria: { label: "Save as RIS" } }),
      button("JSON", "json", () => save(json([list]), `${fileName(list.name)}.json`, "application/json"), { aria: { label: "Save as JSON, with notes and tags" } }),
      button("Delete the list", "delete", () => drop(list, lists.indexOf(list)))),
    list.papers.length > 1 ? make("p", { className: "lv-l-row" }, choice("Order", "order", Object.entries(ORDERS).map(([of, [says]]) => [of, says]), shown.order, (order) => ((shown.order = order), draw())), words) : "",
    make("p", { className: "lv-note", role: "status", textContent: papers.length === list.papers.length ? counted(papers.length) : `${papers.length} of ${counted(list.papers.length)}` }),
    list.papers.length ? make("ol", { className: "lv-l-items" }, ...papers.map((p) => item(list, p, lists))) : make("p", { className: "lv-none", textContent: "Nothing is in it yet. The star beside a paper keeps it in “Read later”; from there it can be moved." }))
}

function add() {
  const field = make("input", { type: "text", maxLength: MOST.name, required: true, data: { id: "new" }, placeholder: "Name of a new list", aria: { label: "Name of a new list" }, autocomplete: "off" })
  const form = make("form", { className: "lv-l-row" }, field, make("button", { className: "lv-button", textContent: "Make a list" }))
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    const id = crypto.randomUUID().slice(0, 8)
    if (!field.value.trim()) return
    shown.list = id
    alter((lists) => lists.push({ id, name: field.value.trim(), papers: [] }), `“${field.value.trim()}” is made.`)
  })
  return form
}

// --- What others offer ---

function accept(into) {
  const { lists: offers } = proposal
  const added = [] // [list, key]
  const done = alter((lists) => {
    for (const offer of offers) {
      const id = into || crypto.randomUUID().slice(0, 8)
      const list = named(lists, id, offer.name)
      for (const paper of offer.papers) {
        if (list.papers.some((p) => p.key === paper.key)) continue
        list.papers.push({ ...paper, kept: today() })
        added.push([id, paper.key])
      }
      shown.list = id
    }
  })
  const back = () => alter((lists) => {
    for (const list of lists) list.papers = list.papers.filter((p) => !added.some(([id, key]) => id === list.id && key === p.key))
    lists.splice(0, lists.length, ...lists.filter((l) => l.papers.length || l.id === into || !added.some(([id]) => id === l.id)))
  }, "Taken back.")
  if (!done) return
  proposal = null
  draw()
  say(`Added ${counted(added.length)}.`, back)
}

function offer(lists) {
  const { lists: offers, unknown, from } = proposal
  const n = offers.reduce((sum, l) => sum + l.papers.length, 0)
  const papers = offers.flatMap((l) => l.papers)
  const target = { id: "" }
  return make("section", { className: "lv-l-offer", aria: { labelledby: "lv-l-offer" } },
    make("h2", { id: "lv-l-offer", tabIndex: -1, textContent: n ? `Add ${offers.length > 1 ? `${counted(offers.length, "list")} with ` : ""}${counted(n)}?` : "Nothing to add" }),
    make("p", { textContent: `${from} Nothing is added until you say so.` }),
    n ? make("details", {}, make("summary", { textContent: offers.map((l) => `“${l.name}”`).join(", ") }), make("ul", {}, ...papers.map((p) => make("li", { textContent: shown.missing.has(p.key) ? `${p.key}: not in this review` : p.title || p.key })))) : "",
    unknown.length ? make("details", {}, make("summary", { textContent: `${counted(unknown.length, "entry", "entries")} not in this review` }), make("ul", {}, ...unknown.map((title) => make("li", { textContent: title })))) : "",
    make("p", { className: "lv-l-row" },
      n && offers.length === 1 ? choice("Into", "into", [["", "a new list"], ...lists.map((l) => [l.id, l.name])], "", (id) => (target.id = id)) : "",
      n ? button("Add", "accept", () => accept(target.id)) : "",
      button(n ? "Do not add" : "Close", "refuse", () => ((proposal = null), draw()))))
}

function propose(lists, unknown, from) {
  proposal = { lists, unknown, from }
  draw()
  document.getElementById("lv-l-offer").focus()
  fetchTitles(lists.flatMap((l) => l.papers), false)
}

async function take(field) {
  const [file] = field.files
  if (!file) return
  field.value = ""
  say(`Reading ${file.name} …`)
  try {
    const { lists, unknown } = await readFile(file, new URL(page.dataset.index, location.href).href)
    say("")
    propose(lists, unknown, `From the file ${file.name}.`)
  } catch (error) {
    say(error.message)
  }
}

function takeIn() {
  const field = make("input", { type: "file", accept: ".bib,.ris,.json,.txt", data: { id: "file" }, on: { change: () => take(field) } })
  return make("section", {}, make("h2", { id: "import", textContent: "Bring papers in" }), make("p", { className: "lv-note", textContent: "BibTeX, RIS, CSL-JSON (from Zotero, say), or what this page saved as JSON. Entries are matched to papers of this review by arXiv id or DOI. The file is read here and sent nowhere; only the index of the review is looked up." }), make("label", { className: "lv-l-row" }, "From a file ", field))
}

// --- What is stored ---

function stored(lists) {
  const all = kept()
  return make("section", {}, make("h2", { id: "stored", textContent: "What is stored, and where" }),
    make("p", { className: "lv-note", textContent: "All of this is kept by this browser, on this device, for this site. Nothing is sent to anybody, and nobody can bring it back when the browser forgets it: save what you would miss." }),
    all.length ? make("ul", {}, ...all.map(([says, size]) => make("li", { textContent: `${says}: ${size.toLocaleString("en")} bytes` }))) : make("p", { className: "lv-none", textContent: "Nothing is stored." }),
    make("p", { className: "lv-l-row" },
      button("Save all lists as JSON", "all", () => save(json(lists), "lists.json", "application/json"), { disabled: !lists.length }),
      button("Forget everything", "clear", () => {
        if (!confirm("Forget all lists, notes, tags and the times of your visits? This cannot be undone.")) return
        clear()
        shown.list = ""
        draw()
        say("Everything is forgotten.")
      }, { disabled: !all.length })))
}

function trouble(state) {
  if (state === "blocked") return make("div", { className: "lv-banner", role: "note", textContent: "This browser does not let sites keep anything, perhaps because of a private window or a setting. Lists cannot be kept here." })
  if (state === "newer") return make("div", { className: "lv-banner", role: "note", textContent: "A newer version of this site wrote the lists in this browser. This page changes nothing; reload it to get the newer one." })
  if (state === "damaged") return make("div", { className: "lv-banner", role: "note" }, "Lists that were stored here could not be read. They were set aside as they were, and you begin anew. ", button("Save what was set aside", "damaged", () => save(damaged(), "lists-damaged.txt", "text/plain")), " ", button("Forget it", "forget", () => (forgetDamaged(), draw())))
  return ""
}

// --- The page ---

/** Whether something is being written that is not kept yet. */
const typing = () => page.contains(document.activeElement) && document.activeElement.matches("textarea, input[type=text]")

function draw() {
  stale = false
  const focused = document.activeElement?.dataset?.id
  const at = document.activeElement?.selectionStart
  const { state, lists } = read()
  if (!lists.some((l) => l.id === shown.list)) shown.list = lists[0]?.id ?? ""
  const list = lists.find((l) => l.id === shown.list)
  const names = make("ul", { className: "lv-chips", aria: { label: "Your lists" } }, ...lists.map((l) => make("li", {}, button(`${l.name} (${l.papers.length})`, `list-${l.id}`, () => ((shown.list = l.id), (shown.words = ""), draw()), { className: "lv-chip", aria: { pressed: String(l.id === shown.list) } }))))
  const usable = state === "kept" || state === "damaged"
  page.replaceChildren(
    ...[
      trouble(state),
      proposal ? offer(lists) : "",
      lists.length ? names : make("p", { className: "lv-none", textContent: "You have no list yet. The star beside a paper begins one." }),
      usable ? add() : "",
      list ? one(list, lists) : "",
      usable ? takeIn() : "",
      stored(lists),
    ].filter(Boolean),
  )
  if (focused) {
    const again = [...page.querySelectorAll("[data-id]")].find((e) => e.dataset.id === focused)
    again?.focus()
    if (Number.isInteger(at) && again?.setSelectionRange) again.setSelectionRange(at, at)
  }
  if (usable && list) fetchTitles(list.papers.filter((p) => !p.title), true)
}

/** Titles of papers of which only the key is known, from their pages; kept with the lists where they are in one. */
async function fetchTitles(papers, keep) {
  const wanted = papers.filter((p) => !p.title && !shown.asked.has(p.key))
  if (!wanted.length) return
  wanted.forEach((p) => shown.asked.add(p.key))
  let found
  try {
    found = await each(wanted, ({ key }) => ask(key))
  } catch {
    wanted.forEach((p) => shown.asked.delete(p.key))
    say("Not all titles could be fetched. They are asked for again when the page is opened anew.")
    return
  }
  const facts = new Map(wanted.map((p, i) => [p.key, found[i]]))
  for (const [key, told] of facts) if (!told) shown.missing.add(key)
  const fill = (p) => !p.title && Object.assign(p, facts.get(p.key) ?? {})
  proposal?.lists.forEach((l) => l.papers.forEach(fill))
  if (keep) change((lists) => lists.forEach((l) => l.papers.forEach(fill)))
  draw()
}

function open() {
  const list = offered(location.hash)
  if (!list) return
  history.replaceState(null, "", location.pathname + location.search)
  propose([list], [], "Somebody shared this list by a link.")
}

watch(() => (typing() ? (stale = true) : draw()))
page.addEventListener("focusout", () => setTimeout(() => stale && !typing() && draw()))
addEventListener("hashchange", open)
draw()
open()
