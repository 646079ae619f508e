// Lists in and out: links, JSON, BibTeX and RIS. Entries that go out are the site's own files, with the reader's notes and tags added;
// what comes in is matched by arXiv id or DOI against the index of this review, or by its key, and is only ever text.
import { ask, each } from "../reader/facts.js"
import { KEY, list, MOST, SITE, VERSION } from "../reader/store.js"
import { recognise } from "../submit/identifier.js"
import { find } from "../submit/lookup.js"

/** The address that offers a list to whoever opens it: its name and keys, no notes and no tags. */
export function link({ name, papers }) {
  const to = new URL("lists/", SITE)
  to.hash = `list=${encodeURIComponent(name)}&papers=${papers.map((p) => p.key).join(",")}`
  return to.href
}

/** The list that an address offers, or null. */
export function offered(hash) {
  const said = new URLSearchParams(hash.replace(/^#/, ""))
  if (!said.has("papers")) return null
  const keys = said.get("papers").split(",").filter((key) => KEY.test(key)).slice(0, MOST.papers)
  return keys.length ? list({ name: said.get("list") ?? "", papers: keys.map((key) => ({ key })) }) : null
}

async function text(path) {
  const answer = await fetch(new URL(path, SITE))
  if (answer.status === 404) return ""
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`)
  return answer.text()
}

export const json = (lists) => `${JSON.stringify({ version: VERSION, review: document.title, site: SITE.href, lists }, null, 2)}\n`

const TEX = { "\\": "\\textbackslash{}", "{": "\\textbraceleft{}", "}": "\\textbraceright{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" }
const tex = (of) => of.replace(/[\\{}~^]/g, (c) => TEX[c]).replace(/[%&$#_]/g, "\\$&").replace(/\s+/g, " ")

/** The list as BibTeX; the keys that have no entry are `missing`. */
export async function bibtex({ papers }) {
  const entries = await each(papers, ({ key }) => text(`papers/${key}/${key}.bib`))
  const own = ({ note, tags }) => [note && `  annote = {${tex(note)}},\n`, tags.length && `  groups = {${tags.map(tex).join(", ")}},\n`].filter(Boolean).join("")
  const out = entries.map((entry, at) => (entry ? entry.replace(/\}\s*$/, () => `${own(papers[at])}}\n`) : ""))
  return { text: out.filter(Boolean).join("\n"), missing: papers.filter((_, at) => !entries[at]).map((p) => p.key) }
}

/** The list as RIS, cut from the file of all papers. */
export async function ris({ papers }) {
  const all = new Map()
  for (const entry of (await text("data/papers.ris")).split(/^ER {2}-.*$/m)) all.set(/^ID {2}- (.*)$/m.exec(entry)?.[1].trim(), entry.trim())
  const own = ({ note, tags }) => [...tags.map((t) => `KW  - ${t}`), ...(note ? [`N1  - ${note.replace(/\s+/g, " ")}`] : [])]
  const found = papers.filter((p) => all.has(p.key))
  const out = found.map((p) => [all.get(p.key).replace(/^\d+\.\n/, ""), ...own(p), "ER  - ", ""].join("\n"))
  return { text: out.join("\n"), missing: papers.filter((p) => !all.has(p.key)).map((p) => p.key) }
}

// --- What comes in ---

const plain = (of) => of.replace(/[{}\\]/g, "").replace(/\s+/g, " ").trim()

/** {key, title, ids} of each entry of a BibTeX file: no more of the language than that takes. */
function fromBibtex(file) {
  return file.split(/^[ \t]*@/m).slice(1).flatMap((entry) => {
    const key = /^\s*\w+\s*[{(]\s*([^\s,{}()]+)\s*,/.exec(entry)?.[1]
    const field = (name) => plain(new RegExp(`^[\\s,]*${name}\\s*=\\s*[{"]+(.*?)["}]\\s*,?\\s*$`, "ims").exec(entry)?.[1] ?? "")
    return key ? [{ key, title: field("title"), ids: [field("eprint"), field("doi"), field("url")] }] : []
  })
}

function fromRis(file) {
  return file.split(/^ER {2}-.*$/m).filter((entry) => /^TY {2}-/m.test(entry)).map((entry) => {
    const all = (...tags) => [...entry.matchAll(new RegExp(`^(?:${tags.join("|")}) {2}- (.*)$`, "gm"))].map((m) => m[1].trim())
    return { key: all("ID")[0] ?? "", title: all("TI", "T1")[0] ?? "", ids: all("AN", "DO", "UR") }
  })
}

const fromCsl = (items) => items.filter((i) => i && typeof i === "object").map((i) => ({ key: String(i.id ?? ""), title: String(i.title ?? ""), ids: [i.number, i.DOI, i.URL].map((v) => String(v ?? "")) }))

const same = (a, b) => a.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "") === b.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "")

async function matched({ key, title, ids }, index) {
  for (const id of ids.map((i) => (i ? recognise(i) : "")).filter(Boolean)) {
    const found = await find(index, id)
    if (found?.row[0]) return { key: found.row[0] }
  }
  if (!KEY.test(key)) return null
  const own = await ask(key)
  return own && (!title || same(own.title, title)) ? { key, ...own } : null // a key of another library may mean another paper here
}

/** What a file holds: {lists, unknown}, `unknown` being the titles of what is not in this review; an Error in words where it is no such file. */
export async function read(file, index) {
  if (file.size > 20e6) throw new Error(`${file.name} is larger than 20 MB.`)
  const said = (await file.text()).replace(/^\uFEFF/, "")
  const name = file.name.replace(/\.[^.]*$/, "")
  let entries
  if (/^\s*[[{]/.test(said)) {
    let held
    try {
      held = JSON.parse(said)
    } catch {
      throw new Error(`${file.name} looks like JSON, but cannot be read as such.`)
    }
    if (Array.isArray(held)) entries = fromCsl(held)
    else {
      if (held.version > VERSION) throw new Error(`${file.name} was written by a newer version of this site.`)
      const lists = (Array.isArray(held.lists) ? held.lists : [held]).map(list)
      if (lists.includes(null) || !lists.length) throw new Error(`${file.name} holds no lists. What this page exports as JSON can be read, and CSL-JSON.`)
      return { lists, unknown: [] }
    }
  } else entries = /^TY {2}-/m.test(said) ? fromRis(said) : fromBibtex(said)
  if (!entries.length) throw new Error(`${file.name} holds no entry. BibTeX, RIS, CSL-JSON and the JSON of this page can be read.`)
  if (entries.length > MOST.papers) throw new Error(`${file.name} holds ${entries.length} entries; a list may hold ${MOST.papers}.`)
  const found = await each(entries, (entry) => matched(entry, index))
  return { lists: [list({ name, papers: found.filter(Boolean) })], unknown: entries.filter((_, at) => !found[at]).map((e) => e.title || e.key) }
}
