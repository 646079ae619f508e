/* Pagefind, and what it finds as elements. Titles and abstracts were written by strangers, so they are only ever put into the page
   as text: matching words are marked by their place in the text, and Pagefind's own excerpts, which are HTML, are not used. */
const EXCERPT = 28 // words
const MOST = 6 // words that are looked for one by one
const FIELDS = ["title", "by", "date", "added", "lane", "slot", "shelves", "status", "background", "prose", "chapter", "section"]
// Pagefind's own weight for titles puts "MedicalBERT" before "BERT", so titles weigh more by standing in the text twice.
const RANKING = { metaWeights: Object.fromEntries(FIELDS.map((name) => [name, 0])) }
const root = new URL("../../", import.meta.url)
const folder = new URL("search/", root)
let opened

async function json(name, options) {
  const answer = await fetch(new URL(name, folder), options)
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`)
  return answer.json()
}

async function start() {
  const [pagefind, stamp] = await Promise.all([import(new URL("pagefind.js", folder)), json("index.json", { cache: "no-cache" })])
  const tag = stamp.parts.join("")
  const options = { ranking: RANKING, metaCacheTag: tag }
  const engine = pagefind.createInstance(options)
  await engine.init()
  for (let part = 1; part < stamp.parts.length; part++) await engine.mergeIndex(new URL(`${part}/`, folder).pathname, options)
  let records
  const all = () => (records ??= engine.search(null).then(({ results }) => results)) // in the order in which livre gave them
  return { engine, stamp, all, table: () => json(`facets.json?${tag}`) }
}

/** The engine, its stamp and its table; loaded when first asked for, and tried anew after a failure. */
export function open() {
  opened ??= start()
  opened.catch(() => (opened = undefined))
  return opened
}

/** What has all the words of a query, best first; where nothing has, what has some of them, and `partial` says so. */
export async function search(query) {
  const { engine, stamp, all } = await open()
  const { results } = await engine.search(query)
  const row = stamp.short[query.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim()]
  if (row !== undefined) { // a title of so few words that it is lost among those that hold it
    const { id } = (await all())[row]
    results.sort((a, b) => (b.id === id) - (a.id === id))
  }
  const words = [...new Set(query.split(/\s+/))].slice(0, MOST)
  if (results.length || words.length < 2 || query.includes('"')) return { results, partial: false }
  const some = new Map()
  for (const one of (await Promise.all(words.map((word) => engine.search(word)))).flatMap((found) => found.results)) {
    const known = some.get(one.id) ?? { id: one.id, found: 0, score: 0, places: [], data: async () => ({ ...(await one.data()), locations: known.places }) }
    known.found++
    known.score += one.score
    known.places.push(...one.words)
    some.set(one.id, known)
  }
  return { results: [...some.values()].sort((a, b) => b.found - a.found || b.score - a.score), partial: some.size > 0 }
}

export function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) if (value !== "" && value !== undefined) made.setAttribute(key, value)
  made.append(...inside)
  return made
}

/** Words as text nodes and marks; `hits` holds the places of the words that match. */
function marked(words, from, to, hits) {
  const out = document.createDocumentFragment()
  for (let at = from; at < to; at++) {
    if (at > from) out.append(" ")
    if (hits.has(at)) out.append(element("mark", {}, words[at]))
    else out.append(words[at])
  }
  out.normalize()
  return out
}

/** The stretch of so many words between `from` and `to` that holds most hits; nothing where there is none. */
function stretch(from, to, hits) {
  const places = [...hits].filter((at) => at >= from && at < to).sort((a, b) => a - b)
  let best = 0
  let start = -1
  places.forEach((at, i) => {
    let n = 0
    while (i + n < places.length && places[i + n] < at + EXCERPT - 4) n++
    if (n > best) [best, start] = [n, at]
  })
  if (start < 0) return null
  const begin = Math.max(from, Math.min(start - 4, to - EXCERPT))
  return [begin, Math.min(to, begin + EXCERPT)]
}

/** What a result is: its address, and its title and excerpt as nodes. Behind `prose` words come categories and identifiers, which are no excerpt. */
export function shown(data) {
  const words = data.content.split(/\s+/)
  const hits = new Set(data.locations)
  const length = (data.meta.title ?? "").split(/\s+/).filter(Boolean).length
  const title = element("span")
  if (length) title.append(marked((data.meta.title ?? "").split(/\s+/).filter(Boolean), 0, length, hits))
  else title.append("Without a title")
  const end = Number(data.meta.prose) || words.length
  const at = stretch(length, end, hits)
  const excerpt = document.createDocumentFragment()
  if (at) excerpt.append(at[0] > length ? "… " : "", marked(words, at[0], at[1], hits), at[1] < end ? " …" : "")
  const path = data.raw_url.replace(/^\/+/, "")
  return { url: new URL(path, root), path, title: title.childNodes, excerpt: at ? excerpt : null }
}

export const number = (n) => n.toLocaleString("en")

/** Waits so long, and says whether it was the last call. */
export function pause(milliseconds) {
  let last = 0
  return async () => {
    const mine = ++last
    await new Promise((done) => setTimeout(done, milliseconds))
    return mine === last
  }
}
