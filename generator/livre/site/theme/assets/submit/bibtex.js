/* One plain BibTeX entry: the identifier of a stranger's, the facts of our own. What livre would refuse is refused here in words; livre has the last word. */
import { recognise } from "./identifier.js"

const FORBIDDEN = /@\s*(?:string|preamble|comment)\b/i
const LONGEST = 100000

/** The fields of one entry as [[name, value]]; throws an Error whose message says what is wrong. */
function fields(text) {
  let at = 0
  const space = () => { while (at < text.length && /\s/.test(text[at])) at++; return text[at] ?? "" }
  const take = (pattern) => { pattern.lastIndex = at; const m = pattern.exec(text); if (m) at = pattern.lastIndex; return m }
  if (!take(/@\s*[A-Za-z]+\s*\{\s*/y)) throw new Error("An entry begins like @article{key,")
  if (!take(/[^\s,{}"#%~\\=()@]+\s*,/y)) throw new Error("The entry needs a key and a comma after it: @article{key,")
  const found = []
  for (;;) {
    const next = space()
    if (next === "}") { at++; break }
    const m = take(/([A-Za-z][A-Za-z0-9_:+.-]*)\s*=\s*/y)
    if (!m) throw new Error(next ? "Every field is written name = {value}, with a comma between two." : "The entry has no end: a brace is missing.")
    found.push([m[1].toLowerCase(), value()])
    const after = space()
    if (after === ",") at++
    else if (after === "#") throw new Error("Values joined with # are not read: write one value between braces.")
    else if (after !== "}") throw new Error(after ? `A comma is missing after ${m[1]}.` : "The entry has no end: a brace is missing.")
  }
  if (space()) throw new Error("This is more than one entry: paste one at a time.")
  return found

  function value() {
    const open = text[at]
    if (open !== "{" && open !== '"') {
      const bare = take(/[0-9]+|[A-Za-z]{3}(?![A-Za-z])/y)
      if (!bare) throw new Error("A value stands between braces.")
      return bare[0]
    }
    const start = ++at
    for (let depth = 0; at < text.length; at++) {
      if (text[at] === "{") depth++
      else if (text[at] === "}" && depth-- === 0) {
        if (open !== "{") throw new Error("A brace is closed that was not opened.")
        return text.slice(start, at++)
      } else if (text[at] === '"' && open === '"' && depth === 0) return text.slice(start, at++)
    }
    throw new Error("The entry has no end: a brace or a quote is missing.")
  }
}

/** Whether a text is meant as BibTeX. */
export const isBibtex = (text) => /^\s*@/.test(text)

/** The identifier of the one entry in a text; throws an Error whose message says what is wrong. */
export function fromBibtex(text) {
  if (text.length > LONGEST) throw new Error("This is too long for one entry.")
  if (FORBIDDEN.test(text)) throw new Error("@string, @preamble and @comment are not read: paste the entry alone.")
  const found = fields(text.trim())
  const names = found.map(([name]) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice) throw new Error(`The field ${twice} stands there twice: keep one.`)
  const of = Object.fromEntries(found)
  const kind = (of.eprinttype ?? of.archiveprefix ?? "").toLowerCase()
  const written = [kind === "" || kind === "arxiv" ? of.eprint : "", of.arxivid, of.doi, of.url]
  const known = written.map((text) => recognise((text ?? "").replaceAll("\\_", "_").replace(/^[ {}]+|[ {}]+$/g, ""))).filter(Boolean)
  const identifier = known.find((name) => name.startsWith("arxiv:")) ?? known[0]
  if (!identifier) throw new Error("The entry names no work: it needs eprint = {2503.02104} or doi = {10.1000/182}.")
  return identifier
}

/** What a paper's own BibTeX says, as a form holds it: texts, one author a line, and the ids of its categories; {} if it says nothing. */
export function facts(text) {
  let of
  try {
    of = Object.fromEntries(fields(text.trim()))
  } catch {
    return {}
  }
  const plain = (value) => (value ?? "").replace(/\\([&%#_])/g, "$1")
  const authors = plain(of.author).split(" and ").filter(Boolean)
  return {
    title: plain(of.title),
    journaltitle: plain(of.journal),
    author: authors.length <= 50 ? authors.join("\n") : "",
    categories: plain(of.keywords).split(/[\s,]+/).filter(Boolean),
  }
}
