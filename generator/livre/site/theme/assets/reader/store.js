// What readers keep, in this browser and nowhere else: reading lists and the time of the last visit, in localStorage, a document of
// JSON each. Nothing is ever sent. docs/readers.md describes the documents. Storage may be blocked, full, damaged by something else, or
// written by a later livre: each of these is a state that pages can tell, and none loses what was there.

/** The address of the site's home page. Several reviews may share a host: each keeps its own. */
export const SITE = new URL("../../", import.meta.url)
export const VERSION = 1
export const LATER = "later"
export const KEY = /^[a-z0-9-]{3,64}$/
export const MOST = { lists: 100, papers: 2000, name: 80, note: 2000, tag: 40, tags: 20 }
const name = (what) => `livre:${what}:${SITE.pathname}`

/** The text kept under a name, null when there is none; undefined when this browser keeps nothing for sites. */
function get(what) {
  try {
    return localStorage.getItem(name(what))
  } catch {
    return undefined
  }
}

/** Whether a text was kept; null takes it away. */
function put(what, text) {
  try {
    if (text === null) localStorage.removeItem(name(what))
    else localStorage.setItem(name(what), text)
    return true
  } catch {
    return false
  }
}

const text = (value, most) => (typeof value === "string" ? value.replace(/[\p{Cc}\p{Cf}]/gu, (c) => (c === "\n" || c === "\u200c" || c === "\u200d" ? c : " ")).slice(0, most) : "")
const line = (value, most) => text(value, most).replace(/\s+/g, " ").trim()
const day = (value) => (/^\d{4}-\d\d-\d\d$/.test(value) ? value : "")

function entry(raw) {
  if (!raw || typeof raw !== "object" || !KEY.test(raw.key)) return null
  const tags = Array.isArray(raw.tags) ? [...new Set(raw.tags.map((t) => line(t, MOST.tag)).filter(Boolean))].slice(0, MOST.tags) : []
  return { key: raw.key, kept: day(raw.kept), title: line(raw.title, 1000), by: line(raw.by, 300), date: line(raw.date, 10), note: text(raw.note, MOST.note).trim(), tags }
}

/** A list as it may be kept, from anything at all; null where it is none. */
export function list(raw) {
  if (!raw || typeof raw !== "object" || !Array.isArray(raw.papers)) return null
  const papers = new Map()
  for (const one of raw.papers.map(entry)) if (one && !papers.has(one.key) && papers.size < MOST.papers) papers.set(one.key, one)
  const id = typeof raw.id === "string" && /^[a-z0-9-]{1,40}$/.test(raw.id) ? raw.id : crypto.randomUUID().slice(0, 8)
  return { id, name: line(raw.name, MOST.name) || "Without a name", papers: [...papers.values()] }
}

function parsed(kept) {
  const raw = JSON.parse(kept)
  if (raw?.version > VERSION) return { state: "newer", lists: [] }
  if (raw?.version !== VERSION || !Array.isArray(raw.lists)) throw new TypeError("these are no lists")
  const lists = raw.lists.map(list)
  if (lists.includes(null)) throw new TypeError("one of these is no list")
  const seen = new Set()
  return { state: "kept", lists: lists.filter((l) => !seen.has(l.id) && seen.add(l.id)).slice(0, MOST.lists) }
}

/** The lists, and how storage is: `kept`, `blocked`, `newer` (nothing may be changed) or `damaged` (what was there was set aside). */
export function read() {
  const kept = get("lists")
  if (kept === undefined) return { state: "blocked", lists: [] }
  if (kept === null) return { state: get("lists-damaged") ? "damaged" : "kept", lists: [] }
  try {
    const found = parsed(kept)
    return found.state === "kept" && get("lists-damaged") ? { ...found, state: "damaged" } : found
  } catch {
    // set aside once; what was set aside before is older and stays first
    if (get("lists-damaged") || put("lists-damaged", kept)) put("lists", null)
    return { state: "damaged", lists: [] }
  }
}

/** What was set aside because it could not be read, or "". */
export const damaged = () => get("lists-damaged") || ""
export const forgetDamaged = () => put("lists-damaged", null)

/** Change the lists as they are now, whichever tab changed them last: `by` alters them in place. Why it was not kept, or "". */
export function change(by) {
  const { state, lists } = read()
  if (state === "blocked") return "This browser does not let sites keep anything, so it was not kept."
  if (state === "newer") return "A newer version of this site wrote the lists, so nothing was changed. Reload the page."
  by(lists)
  if (lists.length > MOST.lists) return `There may be ${MOST.lists} lists at most, so it was not kept.`
  if (lists.some((l) => l.papers.length > MOST.papers)) return `A list may hold ${MOST.papers} papers at most, so it was not kept.`
  if (!put("lists", JSON.stringify({ version: VERSION, lists }))) return "This browser has no room left for this site, so it was not kept. Take something out of your lists first."
  return ""
}

/** Tell `of` whenever another tab changed the lists. */
export function watch(of) {
  addEventListener("storage", (event) => {
    if (event.key === null || event.key === name("lists")) of()
  })
}

/** The list of this id, made at the end where it is not there. */
export function named(lists, id, called) {
  let found = lists.find((l) => l.id === id)
  if (!found) lists.push((found = { id, name: called, papers: [] }))
  return found
}

export const today = () => new Date().toLocaleDateString("sv") // ISO 8601, by the reader's calendar

/** The notes of the last visits, {} where there are none that can be read. */
export function visits() {
  try {
    const raw = JSON.parse(get("visits") ?? "null")
    return raw && raw.version === VERSION && Number.isFinite(raw.last) ? raw : {}
  } catch {
    return {}
  }
}
export const noteVisit = (of) => put("visits", of === null ? null : JSON.stringify({ version: VERSION, ...of }))

/** What is kept in this browser: [what it is, its size in bytes], only what is there. */
export function kept() {
  const all = [["Your reading lists", "lists"], ["What was set aside because it could not be read", "lists-damaged"], ["The times of your last two visits", "visits"]]
  return all.map(([says, what]) => [says, new Blob([get(what) ?? ""]).size]).filter(([, size]) => size)
}

/** Forget everything that this site keeps in this browser. */
export function clear() {
  for (const what of ["lists", "lists-damaged", "visits"]) put(what, null)
}
