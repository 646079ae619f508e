// What is new since the last visit. A visit ends when no page was opened for six hours. What a page can know of is what came into the
// review up to the day in the line above its header; of what came later the next visit tells. Kept in this browser only.
import { noteVisit, visits } from "./store.js"

export const PAUSE = 6 * 36e5
const spoken = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" })

/** Note this page, and give the day up to which the reader had seen the review when the last visit ended, with that time; null at the first. */
export function visit(added, now = Date.now()) {
  const was = visits()
  const late = Number.isFinite(was.last) && now >= was.last ? now - was.last > PAUSE : false
  const before = late ? { at: was.last, added: was.seen ?? "" } : was.before ?? null
  const seen = [late ? "" : was.seen ?? "", added].sort().at(-1)
  noteVisit({ last: Math.max(now, late ? 0 : was.last ?? 0), seen, before })
  return before?.added ? before : null
}

function mark(since) {
  for (const item of document.querySelectorAll("[data-added]:not([data-new]):not(.lv-dateline)")) {
    item.dataset.new = item.dataset.added > since.added ? "yes" : "no" // livre.css writes the word beside it
  }
}

/** How many papers came after that day, by the counts of each day that the page carries; and whether these go back far enough. */
function count(held, since) {
  const { from, days } = JSON.parse(held.textContent)
  const n = Object.entries(days).reduce((sum, [day, of]) => sum + (day > since.added ? of : 0), 0)
  return [n, !from || since.added >= from]
}

function tell(since) {
  const held = document.getElementById("lv-added")
  const where = document.querySelector(".lv-since")
  if (!held || !where) return
  const [n, whole] = count(held, since)
  const what = `${whole ? "" : "at least "}${n} paper${n === 1 ? "" : "s"}`
  where.append(n ? `New since your last visit on ${spoken.format(since.at)}: ` : `Nothing is new since your last visit on ${spoken.format(since.at)}.`)
  if (n) {
    const link = document.createElement("a")
    link.href = `${where.dataset.to}?since=${since.added}${where.dataset.anchor ?? ""}`
    link.textContent = what
    where.append(link, ".")
  }
}

export function start() {
  const added = document.querySelector(".lv-dateline")?.dataset.added
  if (!added) return
  const since = visit(added)
  if (!since) return
  mark(since)
  tell(since)
  document.addEventListener("livre:items", () => mark(since))
}
