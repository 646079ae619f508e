/* /why/: looks one work up in the index beside the site and says what is on record. What is in the index was written by
   strangers, so it is only ever put into the page as text. */
import { home, recognise, written } from "./submit/identifier.js"
import { find, verdict } from "./submit/lookup.js"

const form = document.getElementById("ask")
const field = document.getElementById("ask-id")
const answer = document.getElementById("answer")
const STATES = { include: "Included", exclude: "Excluded", wait: "Waiting, provisional" }
const SLOTS = { include: "lv-s3", exclude: "lv-s4", wait: "lv-s2" }
const APPEALS = { include: "Ask to include it", exclude: "Ask to leave it out", correct: "Suggest a correction" }

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
  made.append(element("b", criterion === "correction" ? "Corrected" : (STATES[verdict] ?? verdict)), ` on ${on} ${hand}, ${verdict === "wait" ? "score" : "confidence"} ${Number(score).toFixed(2)}. ${word("rule", criterion) || criterion}. `)
  made.append(element("span", why, { class: "lv-why" }))
  return made
}

/** The ways to object, each the form filled in; nothing where the review has no form. */
function appeals(identifier, ...actions) {
  const made = element("p", "", { class: "lv-appeal" })
  for (const action of form.dataset.submit ? actions : []) {
    if (made.childNodes.length) made.append(" · ")
    made.append(element("a", APPEALS[action], { href: `${form.dataset.submit}?id=${encodeURIComponent(identifier)}&action=${action}` }))
  }
  return made
}

function card(identifier, found) {
  const box = element("section", "", { class: "lv-answer" })
  if (!found) {
    box.append(element("h2", `Never seen: ${written(identifier)}`))
    box.append(element("p", "Nothing is on record: no source gave it, or no topic matched it. That is no judgement."))
    const out = element("p")
    out.append(element("a", home(identifier), { href: home(identifier), rel: "noopener" }))
    box.append(out, appeals(identifier, "include"))
    return box
  }
  const [key, title, decisions] = found.row
  const [last, ...earlier] = decisions
  const held = verdict(found.row)
  box.classList.add(SLOTS[held])
  box.append(element("h2", `${STATES[held]}: ${title}`))
  const where = element("p")
  if (key) where.append(element("a", "Its page", { href: `${form.dataset.root}papers/${key}/` }), " · ")
  where.append(element("a", written(found.name), { href: home(found.name), rel: "noopener" }))
  if (found.name !== identifier) where.append(`, asked for as ${written(identifier)}`)
  box.append(where, last ? told(last, "p") : element("p", "No decision is on record."))
  if (earlier.length) {
    const list = element("ul")
    list.append(...earlier.map((d) => told(d, "li")))
    box.append(element("p", "Before that:"), list)
  }
  box.append(appeals(found.name, ...{ include: ["exclude", "correct"], exclude: key ? ["include", "correct"] : ["include"], wait: ["include", "exclude"] }[held]))
  return box
}

let asked = 0
async function ask(text) {
  const mine = ++asked
  const identifier = recognise(text)
  let shown
  field.setAttribute("aria-invalid", String(!identifier))
  if (!identifier) {
    shown = element("p", `“${text.trim().slice(0, 80)}” is neither an arXiv id nor a DOI, nor an address of one.`, { class: "lv-banner" })
  } else {
    try {
      shown = card(identifier, await find(form.dataset.index, identifier))
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
