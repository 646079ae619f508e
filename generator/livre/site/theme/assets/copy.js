/* Copy buttons: shown where copying can work, silent elsewhere. The text stands on the page either way. */
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const name = button.textContent
    button.hidden = false
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent)
        button.textContent = "Copied"
      } catch {
        button.textContent = "Not copied: the browser refused"
      }
      setTimeout(() => { button.textContent = name }, 2000)
    })
  }
}
