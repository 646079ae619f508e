/* A contribution as livre/appeal.py writes it, byte for byte, and where a host opens it filled in. */
import { line, written } from "./identifier.js"

const PLAIN_DOI = /^10\.[0-9]+\/[a-z0-9]+(?:\.[a-z0-9]+)*$/
const HOME = /^(https:\/\/(github\.com|gitlab(?:\.[a-z0-9-]+)+)\/[\w.-]+(?:\/[\w.-]+?)+?)(?:\.git)?\/?$/

/** Characters of an address that a host still opens, as it stands in the address of the page where one signs in first. */
export const LONGEST_ADDRESS = 8000

const quoted = (text) => JSON.stringify(line(text))
const cut = (text, most) => [...text].slice(0, most).join("")

/** The TOML of a contribution; `chosen` are pairs of a facet or a field with its list of categories or its text. */
export function contribution(identifier, action, { title = "", reason = "", chosen = [] } = {}) {
  const lines = line(title) ? [`# ${cut(line(title), 200)}`] : []
  lines.push(`paper  = ${quoted(written(identifier))}`, `action = ${quoted(action)}`)
  lines.push(`reason = ${quoted(reason)}${line(reason) ? "" : "  # say in one line why, between the quotes"}`)
  if (chosen.length) {
    lines.push("", "[set]")
    for (const [name, value] of chosen) {
      const items = typeof value === "string" ? quoted(value) : `[${value.map(quoted).join(", ")}]`
      lines.push(`${/^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name)} = ${items}`)
    }
  } else if (action === "correct") lines.push("", "[set]", '# title = "what is right"')
  return [...lines, ""].join("\n")
}

/** The file of a contribution from the root of the review, as livre names it. */
export async function filename(identifier) {
  const plain = identifier.toLowerCase().replace(/'/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 64).replace(/-$/, "")
  const value = identifier.slice(identifier.indexOf(":") + 1)
  if (plain.length <= 60 && (identifier.startsWith("arxiv:") || PLAIN_DOI.test(value))) return `bib/inbox/${plain}.toml`
  const short = plain.slice(0, 50).replace(/-$/, "")
  if (!crypto.subtle) return `bib/inbox/${short}.toml`
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(identifier)))
  return `bib/inbox/${short}-${[...digest.slice(0, 6)].map((b) => b.toString(16).padStart(2, "0")).join("")}.toml`
}

/** The host of a repository that can open a new file by its address: GitHub, GitLab or "". */
export const host = (repository) => ({ github: "GitHub", gitlab: "GitLab" })[HOME.exec(repository)?.[2].split(".")[0]] ?? ""

/** The address at which the repository's host opens this file filled in, or "" where no host is known. */
export function address(repository, path, text) {
  const m = HOME.exec(repository)
  if (!m) return ""
  const [head, name, value] = m[2] === "github.com" ? ["/new/", "filename", "value"] : ["/-/new/", "file_name", "content"]
  const escaped = (s) => encodeURIComponent(s).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${m[1]}${head}main?${name}=${escaped(path)}&${value}=${escaped(text)}`
}

/** Whether a host opens an address: whoever has not signed in is sent to a page whose address holds this one once more encoded. */
export const opens = (url) => encodeURIComponent(url).length + 60 <= LONGEST_ADDRESS
