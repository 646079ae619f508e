// How old the review is, by the reader's own clock: the line above the header turns amber and red as time passes, even when nothing
// runs any more that could say so. Saturdays and Sundays (UTC) do not count. The hours are data-hours; docs/data.md explains them.
{
  const line = document.querySelector(".lv-dateline")
  const said = line?.querySelector("b")
  const HOUR = 36e5
  const counted = (at) => {
    const days = at / (24 * HOUR) - 4 // from the first Monday of the clock, 5 January 1970
    const weeks = Math.floor(days / 7)
    return (weeks * 5 + Math.min(days - weeks * 7, 5)) * 24
  }
  const show = () => {
    const at = Date.parse(line.dataset.at)
    if (Date.now() < at) return // one of the two clocks is wrong: the date alone says what is known
    const hours = counted(Date.now()) - counted(at)
    const [late, stale] = line.dataset.hours.split(" ").map(Number)
    const state = hours >= stale ? "stale" : hours >= late ? "late" : "fresh"
    if (state === "fresh" && "imported" in line.dataset) return // what nobody has harvested yet is not known to be up to date
    const days = Math.floor((Date.now() - at) / (24 * HOUR))
    line.dataset.state = state
    said.textContent = { fresh: "Up to date", late: "Late", stale: "Out of date" }[state]
    said.title = `${days > 1 ? `${days} days` : `${Math.floor((Date.now() - at) / HOUR)} hours`} old by the clock of this device`
  }
  if (said && line.dataset.at) {
    show()
    setInterval(show, 6e5)
    document.addEventListener("visibilitychange", show)
  }
}
