/* What livre/inbox.py and livre/rulings.py would refuse, said before it is sent. */
import { line, recognise } from "./identifier.js"

const LONGEST_VALUE = 2000
const MOST_ITEMS = 50
const length = (text) => [...text].length
const day = (text) => /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/.test(text) && (text.length < 10 || new Date(`${text}T00:00:00Z`).toISOString().startsWith(text))

const CHECKS = {
  title: (text) => (/[^\\{}$\s]/.test(text) ? "" : "The title is empty but for signs."),
  journaltitle: (text) => (/[^\\{}$\s]/.test(text) ? "" : "The journal is empty but for signs."),
  author: (text) => (/\p{L}/u.test(text) && text.split(",").length <= 3 ? "" : `“${text.slice(0, 40)}” is not written like Family, Given.`),
  date: (text) => (day(text) && !text.startsWith("0000") ? "" : "The date is written 2025-03-14, 2025-03 or 2025."),
  doi: (text) => {
    const known = recognise(text)
    if (known.startsWith("arxiv:")) return "This DOI is a preprint’s, which is known by its arXiv id: write that of the publication."
    return known ? "" : `“${text.slice(0, 40)}” is not a DOI.`
  },
  code: (text) => (/^https?:\/\/[^\s/?#]+\S*$/i.test(text) ? "" : "The address of code begins with https://, one a line."),
  weights: (text) => (/^https?:\/\/[^\s/?#]+\S*$/i.test(text) ? "" : "The address of weights begins with https://, one a line."),
}

/** What is still wrong with a contribution, in words. */
export function problems({ action, reason, chosen, longest }) {
  const wrong = []
  if (action === "correct" && !chosen.length) wrong.push("Change under 2 what is wrong: a category or a fact.")
  for (const [name, value] of chosen) {
    const items = typeof value === "string" ? [value] : value
    const check = CHECKS[name]
    if (items.length > MOST_ITEMS) wrong.push(`At most ${MOST_ITEMS} lines can be given for one field.`)
    else if (items.some((item) => length(item) > LONGEST_VALUE)) wrong.push(`A value has ${LONGEST_VALUE} characters at most.`)
    else if (check) wrong.push(...new Set(items.map(check).filter(Boolean)))
  }
  if (!line(reason)) wrong.push("Say in one line why.")
  else if (length(line(reason)) > longest) wrong.push(`The reason has ${length(line(reason))} characters: say it in ${longest} at most.`)
  return wrong
}
