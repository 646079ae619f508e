/* What somebody pasted, as the identifier that the index uses: `arxiv:2503.02104` or `doi:10.1000/182`.
   livre/recognise.py does the same and has the last word; one table in the tests runs through both. */
const ID = "(?:[0-9]{4}\\.[0-9]{4,5}|[a-z-]+(?:\\.[a-z]{2})?/[0-9]{7})"
const ARXIV = new RegExp(`^(?:arxiv:|https?://(?:www\\.|export\\.)?arxiv\\.org/(?:abs|pdf|html)/|(?:https?://(?:dx\\.)?doi\\.org/|doi:)?10\\.48550/arxiv\\.)?(${ID})(?:v[0-9]+)?(?:\\.pdf)?$`, "i")
const DOI = /^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:)?(10\.[0-9]{4,9}\/[!#-;=?-\[\]-z|~]+)$/i
const PAGE = new RegExp(`^(?:https?://)?(?:[a-z0-9-]{1,30}\\.){0,3}(?:arxiv|ar5iv)\\.org/(?:abs|pdf|html|format|ps|src|e-print|bibtex|show-email|tb|papers)/(${ID})(?:v[0-9]+)?(?:\\.pdf)?/?(?:[?#].*)?$`, "i")
const STAMP = new RegExp(`^(arxiv: ?${ID}(?:v[0-9]+)?)(?: \\[[a-z.-]+\\].*)?$`, "i")
const RESOLVER = /^(?:https?:\/\/)?(?:dx\.|www\.)?doi\.org\/(10\..+)$/i
const SAID = /^doi(?:: ?| )(10\..+)$/i
const LONGEST = 2000
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g
const HIDDEN = /(?![\t\r\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

const spaced = (text) => text.replace(SPACE, " ").replace(/^ | $/g, "")

/** The text on one line without anything invisible, as livre writes it. */
export const line = (text) => spaced(spaced(text).replace(HIDDEN, ""))

function parse(text) {
  let m = ARXIV.exec(text)
  if (m) {
    const [, id] = m
    const at = id.lastIndexOf("/")
    if (at < 0) return `arxiv:${id}`
    const [archive, part] = id.slice(0, at).split(".")
    return `arxiv:${archive.toLowerCase()}${part ? `.${part.toUpperCase()}` : ""}${id.slice(at)}`
  }
  m = DOI.exec(text)
  return m ? `doi:${m[1].toLowerCase()}` : ""
}

/** The identifier in a pasted text, or "". */
export function recognise(pasted) {
  const text = spaced(line(pasted).replace(/^</, "").replace(/>$/, ""))
  if ([...text].length > LONGEST) return ""
  let m
  if ((m = PAGE.exec(text))) return parse(m[1])
  if ((m = STAMP.exec(text))) return parse(m[1].replaceAll(" ", ""))
  if ((m = RESOLVER.exec(text))) {
    if (/%(?![0-9a-f]{2})/i.test(m[1])) return ""
    try {
      return parse(spaced(decodeURIComponent(m[1])))
    } catch {
      return ""
    }
  }
  if ((m = SAID.exec(text))) return parse(m[1])
  return parse(text)
}

/** An identifier as people write it: arXiv:2503.02104. */
export const written = (identifier) => (identifier.startsWith("arxiv:") ? `arXiv:${identifier.slice(6)}` : identifier)

/** Where the work itself is. */
export function home(identifier) {
  const value = identifier.slice(identifier.indexOf(":") + 1)
  return identifier.startsWith("arxiv:") ? `https://arxiv.org/abs/${value}` : `https://doi.org/${value.split("/").map(encodeURIComponent).join("/")}`
}
