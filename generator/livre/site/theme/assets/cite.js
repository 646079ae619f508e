/* The cite box: other formats, made from the CSL-JSON in the page, to copy or to take away. BibTeX, APA and Vancouver are there without it. */
{
  const button = text => Object.assign(document.createElement("button"), { className: "lv-button", type: "button", textContent: text })
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
  }
  for (const style of document.querySelectorAll(".lv-styles span")) {
    const copy = button("Copy")
    copy.hidden = true
    copy.dataset.copy = style.id
    copy.setAttribute("aria-label", `Copy as ${style.parentElement.previousElementSibling.textContent}`)
    style.after(" ", copy)
  }
}
