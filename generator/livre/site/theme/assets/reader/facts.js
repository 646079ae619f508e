// What a paper's own page says of the paper, in the tags that reference managers read: plain text, without formulas.
import { SITE } from "./store.js"

const few = 3 // authors are named, or two and "et al."

/** Title, authors in short and date, from the document of a paper's page. */
export function told(page) {
  const all = (name) => [...page.querySelectorAll(`meta[name="${name}"]`)].map((tag) => tag.content)
  const names = all("citation_author")
  const by = names.length <= few ? names.join(", ") : `${names[0]}, ${names[1]} et al.`
  return { title: all("citation_title")[0] ?? "", by, date: (all("citation_publication_date")[0] ?? "").replaceAll("/", "-") }
}

/** The same from the page of a key; null when the review has no such paper, an Error when its page does not come. */
export async function ask(key) {
  const answer = await fetch(new URL(`papers/${key}/`, SITE))
  if (answer.status === 404) return null
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`)
  const found = told(new DOMParser().parseFromString(await answer.text(), "text/html"))
  return found.title ? found : null
}

/** `of` for each item, six at a time, in any order of answers; the results in the order of the items. */
export async function each(items, of) {
  const out = new Array(items.length)
  let next = 0
  const work = async () => {
    while (next < items.length) {
      const at = next++
      out[at] = await of(items[at])
    }
  }
  await Promise.all(Array.from({ length: Math.min(6, items.length) }, work))
  return out
}
