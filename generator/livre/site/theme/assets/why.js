/* /why/: looks one work up in the index beside the site and says what is on record. What is in the index was written by
   strangers, so it is only ever put into the page as text. livre/why.py describes the index, livre/appeal.py the contribution. */
const form = document.getElementById("ask")
const field = document.getElementById("ask-id")
const answer = document.getElementById("answer")
const ARXIV = /^(?:arxiv:|https?:\/\/(?:www\.|export\.)?arxiv\.org\/(?:abs|pdf|html)\/|(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:)?10\.48550\/arxiv\.)?([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[a-z]{2})?\/[0-9]{7})(?:v[0-9]+)?(?:\.pdf)?$/i
const DOI = /^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:)?(10\.[0-9]{4,9}\/[!#-;=?-\[\]-z|~]+)$/i
const PLAIN_DOI = /^10\.[0-9]+\/[a-z0-9]+(?:\.[a-z0-9]+)*$/
const STATES = { include: "Included", exclude: "Excluded", wait: "Waiting, provisional" }
const SLOTS = { include: "lv-s3", exclude: "lv-s4", wait: "lv-s2" }

/** The identifier in a text as the index writes it, or "". */
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

/** The two digits that name the file of an identifier: FNV-1a, folded to a byte. */
function shard(identifier) {
  let h = 0x811c9dc5
  for (const byte of new TextEncoder().encode(identifier)) h = Math.imul(h ^ byte, 0x01000193) >>> 0
  return (((h >>> 24) ^ (h >>> 16) ^ (h >>> 8) ^ h) & 0xff).toString(16).padStart(2, "0")
}

/** The row of an identifier and the name that it stands under, or nothing. */
async function find(identifier) {
  for (let name = identifier, steps = 0; steps < 3; steps++) {
    const response = await fetch(`${form.dataset.index}${shard(name)}.json`)
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
    const rows = await response.json()
    if (!Object.hasOwn(rows, name)) return null
    if (typeof rows[name] !== "string") return { name, row: rows[name] }
    name = rows[name]
  }
  return null
}

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name)
  made.textContent = text
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

/** What a criterion or a hand is called in the list on this page; else as it is written. */
function word(kind, value) {
  const found = [...document.querySelectorAll(`dt[data-${kind}]`)].find((dt) => dt.dataset[kind] === value)
  return found ? found.textContent : ""
}

function told([verdict, criterion, score, by, on, why], tag) {
  const made = element(tag)
  const hand = word("hand", by) || `by ${by}`
  made.append(element("b", STATES[verdict] ?? verdict), ` on ${on} ${hand}, ${verdict === "wait" ? "score" : "confidence"} ${Number(score).toFixed(2)}. ${word("rule", criterion) || criterion}. `)
  made.append(element("span", why, { class: "lv-why" }))
  return made
}

const line = (text) => [...text.replace(/\s+/g, " ").trim()].filter((c) => !/\p{C}/u.test(c)).join("")

/** The name of the file of a contribution, as livre gives it. */
async function filename(identifier) {
  const plain = identifier.toLowerCase().replace(/'/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 64).replace(/-$/, "")
  const [scheme, value] = [identifier.slice(0, identifier.indexOf(":")), identifier.slice(identifier.indexOf(":") + 1)]
  if (plain.length <= 60 && (scheme === "arxiv" || PLAIN_DOI.test(value))) return `bib/inbox/${plain}.toml`
  const short = plain.slice(0, 50).replace(/-$/, "")
  if (!crypto.subtle) return `bib/inbox/${short}.toml`
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(identifier)))
  return `bib/inbox/${short}-${[...digest.slice(0, 6)].map((b) => b.toString(16).padStart(2, "0")).join("")}.toml`
}

async function appeal(identifier, action, title) {
  const paper = identifier.startsWith("arxiv:") ? `arXiv:${identifier.slice(6)}` : identifier
  const lines = [...(line(title) ? [`# ${line(title).slice(0, 200)}`] : []), `paper  = ${JSON.stringify(paper)}`, `action = ${JSON.stringify(action)}`]
  const text = [...lines, 'reason = ""  # say in one line why, between the quotes', ""].join("\n")
  const path = await filename(identifier)
  const made = element("div", "", { class: "lv-appeal" })
  const m = /^(https:\/\/(github\.com|gitlab\.com)\/[\w.-]+(?:\/[\w.-]+)+?)(?:\.git)?\/?$/.exec(form.dataset.repository)
  const said = { include: "Ask to include it", exclude: "Ask to exclude it" }[action]
  if (m) {
    const [head, name, value] = m[2] === "github.com" ? ["/new/", "filename", "value"] : ["/-/new/", "file_name", "content"]
    const escaped = (s) => encodeURIComponent(s).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    made.append(element("a", said, { href: `${m[1]}${head}main?${name}=${escaped(path)}&${value}=${escaped(text)}`, rel: "noopener" }), ": it opens a small file to fill in and send.")
  } else {
    const details = element("details", "", { class: "lv-more" })
    details.append(element("summary", said), element("p", `Send the curators a file ${path} with:`), element("pre", text))
    made.append(details)
  }
  return made
}

function address(identifier) {
  const value = identifier.slice(identifier.indexOf(":") + 1)
  return identifier.startsWith("arxiv:") ? `https://arxiv.org/abs/${value}` : `https://doi.org/${value.split("/").map(encodeURIComponent).join("/")}`
}

async function card(identifier, found) {
  const box = element("section", "", { class: "lv-answer" })
  if (!found) {
    box.append(element("h2", `Never seen: ${identifier}`))
    box.append(element("p", "Nothing is on record: no source gave it, or no topic matched it. That is no judgement."))
    const out = element("p")
    out.append(element("a", address(identifier), { href: address(identifier), rel: "noopener" }))
    box.append(out, await appeal(identifier, "include", ""))
    return box
  }
  const [key, title, decisions] = found.row
  const [last, ...earlier] = decisions
  const verdict = last ? last[0] : key ? "include" : "wait"
  box.classList.add(SLOTS[verdict])
  box.append(element("h2", `${STATES[verdict]}: ${title}`))
  const where = element("p")
  if (key) where.append(element("a", "Its page", { href: `${form.dataset.root}papers/${key}/` }), " · ")
  where.append(element("a", found.name, { href: address(found.name), rel: "noopener" }))
  if (found.name !== identifier) where.append(`, asked for as ${identifier}`)
  box.append(where, last ? told(last, "p") : element("p", "No decision is on record."))
  if (earlier.length) {
    const list = element("ul")
    list.append(...earlier.map((d) => told(d, "li")))
    box.append(element("p", "Before that:"), list)
  }
  for (const action of { include: ["exclude"], exclude: ["include"], wait: ["include", "exclude"] }[verdict]) box.append(await appeal(found.name, action, title))
  return box
}

let asked = 0
async function ask(text) {
  const mine = ++asked
  const identifier = parse(text.trim())
  let shown
  field.setAttribute("aria-invalid", String(!identifier))
  if (!identifier) {
    shown = element("p", `“${text.trim().slice(0, 80)}” is neither an arXiv id nor a DOI, nor an address of one.`, { class: "lv-banner" })
  } else {
    try {
      shown = await card(identifier, await find(identifier))
    } catch (error) {
      shown = element("p", `The answer could not be fetched (${error.message}). Try again in a moment.`, { class: "lv-banner" })
    }
  }
  if (mine === asked) answer.replaceChildren(shown)
}

function fromAddress() {
  const wanted = new URLSearchParams(location.search).get("id") ?? ""
  field.value = wanted
  if (wanted.trim()) ask(wanted)
  else answer.replaceChildren()
}

form.addEventListener("submit", (event) => {
  event.preventDefault()
  history.pushState(null, "", `?id=${encodeURIComponent(field.value.trim())}`)
  ask(field.value)
})
addEventListener("popstate", fromAddress)
fromAddress()
