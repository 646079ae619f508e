// What a page that was just opened has loaded, what of that held it up, and how far it has moved: for page.evaluate.
async () => {
  const seen = performance.getEntriesByType("resource")
  const ours = (e) => /assets\/[\w./-]+\.css$/.test(new URL(e.name).pathname)
  const shift = await new Promise((done) => {
    let sum = 0
    const add = (list) => { for (const e of list.getEntries()) sum += e.hadRecentInput ? 0 : e.value }
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true })
    setTimeout(() => done(sum), 200)
  })
  return {
    bytes: performance.getEntriesByType("navigation")[0].transferSize + seen.reduce((n, e) => n + e.transferSize, 0),
    blocking: seen.filter((e) => e.renderBlockingStatus === "blocking" && !ours(e)).map((e) => e.name),
    fonts: seen.filter((e) => /\.(woff2?|ttf|otf)$/.test(e.name)).map((e) => e.name),
    unsized: [...document.images].filter((i) => !(i.getAttribute("width") && i.getAttribute("height"))).map((i) => i.src),
    shift,
  }
}
