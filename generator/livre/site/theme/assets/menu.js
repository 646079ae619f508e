// The drawer of narrow windows as a button, which keys reach: Material has a label there, and no key opens a label.
{
  const box = document.getElementById("__drawer")
  const label = document.querySelector(".md-header label[for=__drawer]")
  const drawer = document.querySelector(".md-sidebar--primary")
  if (box && label && drawer) {
    // Generated pages bring an empty list, for it would say what the tabs say.
    const list = drawer.querySelector(".md-nav__list")
    for (const tab of list.childElementCount ? [] : document.querySelectorAll(".md-tabs__link")) {
      const item = document.createElement("li")
      item.className = "md-nav__item"
      const link = document.createElement("a")
      link.className = "md-nav__link"
      link.href = tab.href
      link.textContent = tab.textContent.trim()
      item.append(link)
      list.append(item)
    }
    const button = document.createElement("button")
    button.type = "button"
    button.className = "md-header__button md-icon lv-menu"
    button.ariaLabel = drawer.querySelector("nav")?.ariaLabel ?? ""
    button.ariaExpanded = "false"
    button.append(...label.childNodes)
    label.replaceWith(button)
    const set = (open) => {
      box.checked = open
      box.dispatchEvent(new Event("change", { bubbles: true }))
    }
    box.addEventListener("change", () => {
      button.ariaExpanded = String(box.checked)
      if (box.checked) [...drawer.querySelectorAll("a[href].md-nav__link")].find((a) => a.checkVisibility())?.focus()
    })
    button.addEventListener("click", () => set(!box.checked))
    drawer.addEventListener("focusout", (e) => {
      if (box.checked && e.relatedTarget && !drawer.contains(e.relatedTarget)) set(false)
    })
    document.addEventListener("keydown", (e) => {
      if (e.key !== "Escape" || !box.checked) return
      set(false)
      button.focus()
    })
  }
}
