/* The cite box: other formats and styles, made from the CSL-JSON in the page, to copy or to take away. BibTeX is there without it. */
{
  const button = text => Object.assign(document.createElement("button"), { className: "lv-button", type: "button", textContent: text })
  /* The styles as livre/site/styles.py has them, with the reasons for each form; a test holds the two together. */
  const ended = text => /[.?!…]$/.test(text) ? text : `${text}.`
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  const styles = item => {
    const [year, month, day] = item.issued?.["date-parts"]?.[0] ?? []
    const arxiv = item.number?.startsWith("arXiv:") ? item.number.slice(6) : ""
    const doi = item.DOI ?? `10.48550/arXiv.${arxiv}`
    const volume = item.volume ? item.volume + (item.issue ? `(${item.issue})` : "") : ""
    const initials = given => given.replaceAll(".", ". ").trim().split(/\s+/).map(
      piece => piece.split("-").filter(Boolean).map(part => `${[...part][0].toUpperCase()}.`).join("-")).join(" ")
    const formal = (item.author ?? []).map(a => a.literal ?? [a.family, initials(a.given), a.suffix].filter(Boolean).join(", "))
    const short = (item.author ?? []).map(a => a.literal ?? [
      a.family, a.given.split(/[\s.-]+/).filter(Boolean).map(part => [...part][0].toUpperCase()).slice(0, 2).join(""), a.suffix?.replace(/\.+$/, ""),
    ].filter(Boolean).join(" "))
    const names = formal.length > 20 ? `${formal.slice(0, 19).join(", ")}, . . . ${formal.at(-1)}`
      : formal.length > 1 ? `${formal.slice(0, -1).join(", ")}, & ${formal.at(-1)}` : formal.join("")
    const journal = item["container-title"]
    const title = ended(item.title), when = `(${year ? String(year).padStart(4, "0") : "n.d."}).`
    const place = journal ? [journal, volume, (item.page ?? "").replaceAll("-", "–")].filter(Boolean).join(", ") : arxiv && "arXiv"
    const on = [year && String(year).padStart(4, "0"), month && months[month - 1], day].filter(Boolean).join(" ")
    const where = journal ? `${ended(journal)} ${on}${volume && `;${volume}`}${item.page ? `:${item.page}` : ""}.`
      : arxiv ? `arXiv [Preprint]. ${on}${on && ":"}arXiv:${arxiv}.` : on && `${on}.`
    const who = [...short.slice(0, 6), ...(short.length > 6 ? ["et al"] : [])].join(", ")
    return {
      APA: [names ? `${ended(names)} ${when} ${title}` : `${title} ${when}`, place && ended(place), `https://doi.org/${doi}`].filter(Boolean).join(" "),
      Vancouver: [who && ended(who), title, where, `doi: ${doi}.`].filter(Boolean).join(" "),
    }
  }
  const held = document.getElementById("csl")
  if (held) {
    const item = JSON.parse(held.textContent)
    const parts = item.issued?.["date-parts"]?.[0] ?? []
    const [year, month, day] = parts.map((part, at) => String(part).padStart(at ? 2 : 4, "0"))
    const people = (whole = "") => (item.author ?? []).map(a => a.literal ? a.literal + whole : [a.family, a.given, a.suffix].filter(Boolean).join(", "))
    const [first, last] = (item.page ?? "").split("-")
    const kinds = { // of CSL: RIS, EndNote
      "article": ["UNPB", "Unpublished Work"], "article-journal": ["JOUR", "Journal Article"], "paper-conference": ["CPAPER", "Conference Paper"],
      "chapter": ["CHAP", "Book Section"], "book": ["BOOK", "Book"], "thesis": ["THES", "Thesis"], "report": ["RPRT", "Report"], "document": ["GEN", "Generic"],
    }
    const [ris, endnote] = kinds[item.type] ?? kinds.document
    const lines = (between, end, of) => of.flatMap(([tag, values]) => [values].flat().filter(Boolean).map(value => `${tag}${between}${value}\n`)).join("") + end
    const formats = {
      "RIS": ["ris", "application/x-research-info-systems", () => lines("  - ", "ER  - \n", [
        ["TY", ris], ["ID", item.id], ["TI", item.title], ["ST", item["title-short"]], ["AU", people()], ["PY", year],
        ["DA", year && `${year}/${month ?? ""}/${day ?? ""}/`], ["JO", item["container-title"]], ["VL", item.volume], ["IS", item.issue],
        ["SP", first], ["EP", last], ["PB", item.publisher], ["AN", item.number], ["DO", item.DOI], ["UR", item.URL],
      ])],
      "EndNote": ["enw", "application/x-endnote-refer", () => lines(" ", "", [
        ["%0", endnote], ["%F", item.id], ["%T", item.title], ["%A", people(",")],
        ["%D", year], ["%8", [year, month, day].filter(Boolean).join("-")], [item.type === "paper-conference" ? "%B" : "%J", item["container-title"]],
        ["%V", item.volume], ["%N", item.issue], ["%P", item.page], ["%I", item.publisher], ["%M", item.number], ["%R", item.DOI], ["%U", item.URL],
      ])],
      "CSL-JSON": ["csl.json", "application/vnd.citationstyles.csl+json", () => JSON.stringify([item], null, 2) + "\n"],
    }
    const row = document.querySelector('[data-copy="bibtex"]').parentElement
    for (const [name, [extension, type, make]] of Object.entries(formats)) {
      const one = button(name)
      one.addEventListener("click", () => {
        const url = URL.createObjectURL(new Blob([make()], { type }))
        Object.assign(document.createElement("a"), { href: url, download: `${item.id}.${extension}` }).click()
        setTimeout(() => URL.revokeObjectURL(url), 1000)
      })
      row.append(" ", one)
    }
    const list = Object.assign(document.createElement("dl"), { className: "lv-styles" })
    for (const [name, text] of Object.entries(styles(item))) {
      const term = Object.assign(document.createElement("dt"), { textContent: name }), said = document.createElement("dd")
      said.append(Object.assign(document.createElement("span"), { id: name.toLowerCase(), textContent: text }))
      list.append(term, said)
    }
    row.after(list)
  }
  for (const style of document.querySelectorAll(".lv-styles span")) {
    const copy = button("Copy")
    copy.hidden = true
    copy.dataset.copy = style.id
    copy.setAttribute("aria-label", `Copy as ${style.parentElement.previousElementSibling.textContent}`)
    style.after(" ", copy)
  }
}
