// A star on every paper: kept in "Read later", or not. Without a script, or where a browser keeps nothing for sites, there is no star.
import { told } from "./facts.js"
import { say } from "./say.js"
import { change, KEY, LATER, named, read, today, watch } from "./store.js"

/** What a page says of a paper, as far as it says so in plain text. */
function said(item) {
  if (item.matches("h1")) return told(document)
  const link = item.querySelector("a[href]")
  const date = item.querySelector("time")
  const before = date?.previousSibling
  return {
    title: link && !link.querySelector("math") ? link.textContent.trim() : "",
    by: before?.nodeType === Node.TEXT_NODE ? before.data.replace(/·\s*$/, "").trim() : "",
    date: /^\d{4}/.test(date?.textContent) ? date.textContent : "",
  }
}

function toggle(key, item) {
  return change((lists) => {
    const later = named(lists, LATER, "Read later")
    const without = later.papers.filter((p) => p.key !== key)
    later.papers = without.length < later.papers.length ? without : [{ key, kept: today(), note: "", tags: [], ...said(item) }, ...later.papers]
  })
}

let kept = new Set()

function shown(button) {
  const on = kept.has(button.dataset.star)
  button.setAttribute("aria-pressed", String(on))
  button.title = on ? "Kept in Read later; take it out" : "Keep it in Read later"
}

function refresh() {
  kept = new Set(read().lists.find((l) => l.id === LATER)?.papers.map((p) => p.key))
  document.querySelectorAll(".lv-star").forEach(shown)
}

function add() {
  for (const item of document.querySelectorAll("[data-key]:not([data-starred])")) {
    const key = item.dataset.key
    item.dataset.starred = ""
    if (!KEY.test(key)) continue
    const button = document.createElement("button")
    button.type = "button"
    button.className = "lv-star"
    button.dataset.star = key
    button.setAttribute("aria-label", `Read later: ${(item.matches("h1") ? item : item.querySelector("a[href]") ?? item).textContent.trim()}`)
    button.addEventListener("click", () => {
      const why = toggle(key, item)
      refresh()
      say(why || (kept.has(key) ? "Kept in Read later. Your lists are under Lists." : "Taken out of Read later."))
    })
    shown(button)
    const above = item.matches("h1") ? item.previousElementSibling : null
    if (above?.matches(".lv-kicker")) above.append(button)
    else item.append(button)
  }
}

export function start() {
  if (read().state === "blocked") return
  refresh()
  add()
  watch(refresh)
  document.addEventListener("livre:items", add)
  addEventListener("pageshow", (event) => event.persisted && refresh())
}
