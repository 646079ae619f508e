/* /models/: sorts and filters the table, and finds the page of an anchor that stands on another one. Names come from papers,
   so nothing is ever put into the page but as text. Without this script the table stands there whole, by name. */
const table = document.getElementById("models-table")
const tools = document.getElementById("models-tools")
const find = document.getElementById("models-find")
const counted = document.getElementById("models-count")
const code = document.getElementById("models-code")
const weights = document.getElementById("models-weights")
const rows = table ? [...table.tBodies[0].rows] : []
const texts = rows.map((row) => row.textContent.toLowerCase())
const links = rows.map((row) => [...row.querySelectorAll("td > a[rel]")].map((a) => a.textContent))
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" })

for (const head of table ? table.tHead.rows[0].cells : []) {
  for (const row of rows) row.cells[head.cellIndex].dataset.l = head.textContent // narrow screens show it beside the value
  const button = document.createElement("button")
  button.type = "button"
  button.append(...head.childNodes)
  head.append(button)
  button.addEventListener("click", () => {
    const was = head.getAttribute("aria-sort")
    const down = was ? was === "ascending" : head.dataset.sort === "number"
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort")
    head.setAttribute("aria-sort", down ? "descending" : "ascending")
    const value = (row) => row.cells[head.cellIndex].dataset.v ?? row.cells[head.cellIndex].textContent
    const order = rows.map((row) => [value(row), row])
    order.sort(([a], [b]) => !a - !b || (down ? -1 : 1) * collator.compare(a, b)) // what is not known comes last
    table.tBodies[0].append(...order.map(([, row]) => row))
  })
}

function filter() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean)
  let shown = 0
  rows.forEach((row, i) => {
    const fits = words.every((word) => texts[i].includes(word)) && (!code.checked || links[i].includes("code")) && (!weights.checked || links[i].includes("weights"))
    row.hidden = !fits
    shown += fits
  })
  const others = shown < rows.length && document.querySelector(".lv-pieces a:not([aria-current])") ? "; the other parts are above" : ""
  counted.textContent = shown === rows.length ? `${rows.length} entries` : `${shown || "None"} of ${rows.length} entries${others}`
}
if (tools) {
  tools.addEventListener("input", filter)
  tools.addEventListener("submit", (event) => event.preventDefault())
  filter()
}

async function elsewhere() {
  const anchor = decodeURIComponent(location.hash.slice(1))
  if (!anchor || document.getElementById(anchor)) return
  const site = new URL("../../", document.querySelector('link[href$="assets/models/models.css"]').href)
  const answer = await fetch(new URL("../data/models.json", site))
  const entry = answer.ok ? (await answer.json()).entries.find((one) => one.anchor === anchor) : null
  if (entry) location.replace(new URL(`../${entry.page}#${anchor}`, site))
}
addEventListener("hashchange", elsewhere)
elsewhere()
