// A list as it was on a day (?asof=2099-03-01), or only what came after one (?since=2099-03-01), by the day on which each paper came into
// the review. Only what the page lists is filtered; the charts and counts beside it stay those of today, and the page says so.
const ISO = /^\d{4}-\d\d-\d\d$/
const spoken = (day) => new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(Date.parse(day))

function asked() {
  const query = new URLSearchParams(location.search)
  const of = (name) => (ISO.test(query.get(name) ?? "") && !Number.isNaN(Date.parse(query.get(name))) ? query.get(name) : "")
  return { asof: of("asof"), since: of("since") }
}

const fits = (day, { asof, since }) => (!asof || !day || day <= asof) && (!since || day > since)

/** A night that this page no longer lists stands on the page of its month. */
function forward() {
  const day = location.hash.slice(1)
  if (!ISO.test(day) || document.getElementById(day)) return
  const month = [...document.querySelectorAll(".lv-pieces a")].find((a) => a.pathname.endsWith(`/new/${day.slice(0, 7)}/`))
  if (month) location.replace(`${month.href}#${day}`)
}

/** Nights as they stand on /new/: a section each, named by its day. */
function nights(of) {
  let shown = 0
  const all = document.querySelectorAll(".lv-night")
  for (const night of all) {
    night.hidden = !fits(night.querySelector("h2").id, of)
    shown += !night.hidden
  }
  return [shown, all.length]
}

/** A list with the heading right above it and the note right below, which go with it when nothing is left. */
function group(list) {
  const [above, below] = [list.previousElementSibling, list.nextElementSibling]
  return [list, ...(above?.matches("h2, h3") ? [above] : []), ...(below?.matches(".lv-note") ? [below] : [])]
}

function recount(list, shown, total) {
  const counted = list.previousElementSibling?.matches("h2, h3") ? list.previousElementSibling.querySelector(".lv-n") : null
  if (!counted) return
  counted.dataset.all ??= counted.textContent
  counted.textContent = shown === total ? counted.dataset.all : `${shown} of ${counted.dataset.all}`
}

function papers(of) {
  const seen = new Map() // a paper may stand in more than one list of a page, and counts once
  for (const list of document.querySelectorAll(".lv-items")) {
    const items = [...list.children].filter((item) => item.dataset.key)
    if (!items.length) continue
    let shown = 0
    for (const item of items) {
      item.hidden = !fits(item.dataset.added ?? "", of)
      shown += !item.hidden
      seen.set(item.dataset.key, !item.hidden)
    }
    recount(list, shown, items.length)
    for (const part of group(list)) part.hidden = !shown
  }
  return [[...seen.values()].filter(Boolean).length, seen.size]
}

function sentence(of, shown, total, what) {
  if (of.since) return `${shown} of ${total} ${what} on this page came after ${spoken(of.since)}.`
  if (of.asof) return `${shown} of ${total} ${what} on this page were there on ${spoken(of.asof)}. What was taken out since is missing; charts and totals are of today.`
  return ""
}

export function start() {
  forward()
  addEventListener("hashchange", forward)
  const form = document.querySelector("form.lv-asof")
  if (!form) return
  const [field, all, said] = [form.elements.asof, form.querySelector("button"), form.querySelector("[role=status]")]
  const byNight = document.querySelector(".lv-night") !== null
  const show = () => {
    const of = asked()
    if (field.value !== of.asof) field.value = of.asof
    all.disabled = !of.asof && !of.since
    const [shown, total] = byNight ? nights(of) : papers(of)
    said.textContent = sentence(of, shown, total, byNight ? "nights" : "papers")
  }
  const go = (asof) => {
    const to = new URL(location.href)
    to.searchParams.delete("since")
    to.searchParams.delete("asof")
    if (asof) to.searchParams.set("asof", asof)
    if (to.href !== location.href) history.pushState(null, "", to)
    show()
  }
  field.disabled = false
  field.addEventListener("change", () => (field.validity.valid ? go(field.value) : (said.textContent = `A day from ${spoken(field.min)} to ${spoken(field.max)}, please.`)))
  form.addEventListener("submit", (event) => event.preventDefault())
  all.addEventListener("click", () => {
    go("")
    field.focus()
  })
  addEventListener("popstate", show)
  document.addEventListener("livre:items", show)
  show()
}
