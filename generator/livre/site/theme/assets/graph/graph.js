/* /graph/: sorts and filters the table, and draws the map of papers with sigma over places that were worked out at the build.

   Nothing is loaded before the map is in sight. What is drawn was written by strangers, so it is only ever put into the page as
   text. The graph on the screen never changes: a paper in focus is drawn with its citations on a layer of its own, above the rest
   grown pale, so that focus costs the same with a hundred thousand citations as with a hundred. */
const map = document.getElementById("map")
const tools = document.getElementById("map-tools")
const said = document.getElementById("map-said")
const panel = document.getElementById("map-panel")
const counted = document.getElementById("map-count")
const byId = (id) => document.getElementById(id)
const still = matchMedia("(prefers-reduced-motion: reduce)")
const MOST_EDGES = 8_000 // citations drawn at once; of more, nobody sees one
const CALM_EDGES = 4_000 // from here on they are left out while the map moves
const LABELS = 60 // papers that may be named while nothing is zoomed
const NEAREST = 12 // pixels of a unit of the drawing, of which the smallest circle is six across
const SHOWN = 8

/* --- The table ----------------------------------------------------------------------------------- */

const table = byId("papers-table")
const rows = table ? [...table.tBodies[0].rows] : []
for (const head of table ? table.tHead.rows[0].cells : []) {
  const button = document.createElement("button")
  button.type = "button"
  button.append(...head.childNodes)
  head.append(button)
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") !== "descending" && head.dataset.sort !== "text" || head.getAttribute("aria-sort") === "ascending"
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort")
    head.setAttribute("aria-sort", down ? "descending" : "ascending")
    const value = (row) => row.cells[head.cellIndex].dataset.v ?? row.cells[head.cellIndex].textContent
    const compare = head.dataset.sort === "text" ? (a, b) => value(a).localeCompare(value(b)) : (a, b) => value(a) - value(b)
    rows.sort((a, b) => (down ? -1 : 1) * compare(a, b))
    table.tBodies[0].append(...rows)
  })
}

/* --- Filters, for the table and the map ---------------------------------------------------------- */

const wanted = () => ({ category: byId("map-category").value, from: byId("map-from").value, to: byId("map-to").value })

function filterTable() {
  const { category, from, to } = wanted()
  for (const row of rows) {
    const { y, c } = row.dataset
    row.hidden = (category !== "" && !c.split(" ").includes(category)) || (y !== "" && (y < from || y > to)) || (y === "" && (from !== byId("map-from").options[0].value || to !== byId("map-to").options[0].value))
  }
}
if (tools) {
  tools.hidden = false
  for (const select of tools.querySelectorAll("select, input[type=checkbox]")) {
    select.addEventListener("change", () => { filterTable(); drawn?.filter() })
  }
}

/* --- The map -------------------------------------------------------------------------------------- */

let drawn = null

function load(src) {
  return new Promise((done, failed) => {
    const script = document.createElement("script")
    script.src = src
    script.addEventListener("load", done)
    script.addEventListener("error", () => failed(new Error(`${src} could not be loaded`)))
    document.head.append(script)
  })
}

/** The colours of the page as it is now, each as [r, g, b]. */
function colours() {
  const style = getComputedStyle(document.body)
  const read = (name) => {
    const hex = style.getPropertyValue(name).trim().slice(1)
    const full = hex.length === 3 ? [...hex].map((c) => c + c).join("") : hex
    return [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16))
  }
  return { lanes: [0, 1, 2, 3, 4, 5, 6, 7].map((n) => read(`--lv-${n}`)), paper: read("--lv-paper"), raised: read("--lv-raised"), rule: read("--lv-rule"), ink: read("--lv-ink"), soft: read("--lv-soft"), link: read("--lv-link"), warn: read("--lv-warn") }
}
const rgb = ([r, g, b]) => `rgb(${r},${g},${b})`
const mix = (a, b, part) => a.map((v, i) => Math.round(v + (b[i] - v) * part))

class Drawn {
  constructor(data) {
    this.data = data
    this.size = data.keys.length
    this.cites = []
    this.citedBy = data.keys.map(() => [])
    for (const [i, differences] of data.references.entries()) {
      let at = 0
      this.cites.push(differences.map((d) => (at += d)))
      for (const j of this.cites[i]) this.citedBy[j].push(i)
    }
    this.at = new Map(data.keys.map((key, i) => [key, i]))
    this.radius = this.citedBy.map((of) => Math.min(26, 3 + 1.7 * Math.sqrt(of.length)))
    this.behind = new Set(data.background)
    this.lane = data.lanes.map(() => [])
    for (const i of [...data.keys.keys()].sort((a, b) => data.x[a] - data.x[b] || data.y[a] - data.y[b])) this.lane[data.lane[i]].push(i)
    this.hidden = new Uint8Array(this.size)
    this.focus = -1
    this.pinned = false
    this.words = null
    this.build()
  }

  year(i) {
    return Math.floor(this.data.months[i] / 12)
  }

  /** What a paper is called beside its circle. */
  name(i) {
    const [head, ...rest] = this.data.titles[i].split(":")
    return rest.length && head.length <= 26 ? head : `${this.data.by[i].replace(/ et al\.$/, "")} ${this.year(i)}`.trim()
  }

  build() {
    const { data } = this
    const graph = new graphology.Graph({ type: "directed", allowSelfLoops: false })
    for (let i = 0; i < this.size; i++) {
      graph.addNode(i, { x: data.x[i], y: -data.y[i], size: this.radius[i], label: this.name(i), slot: data.lanes[data.lane[i]][1] })
    }
    const arcs = this.cites.flatMap((of, i) => of.map((j) => [i, j]))
    const weight = ([i, j]) => this.citedBy[j].length + this.citedBy[i].length
    this.arcs = arcs.length
    this.shown = Math.min(arcs.length, MOST_EDGES)
    this.dye()
    if (arcs.length > MOST_EDGES) arcs.sort((a, b) => weight(b) - weight(a) || a[0] - b[0] || a[1] - b[1])
    for (const [i, j] of arcs.slice(0, MOST_EDGES)) graph.addEdge(i, j)
    this.sigma = new Sigma(graph, map, {
      allowInvalidContainer: true,
      autoRescale: true,
      defaultDrawNodeHover: () => {},
      defaultDrawNodeLabel: (context, node, settings) => this.label(context, node, settings.labelSize),
      doubleClickZoomingDuration: still.matches ? 0 : 200,
      edgeReducer: () => ({ size: this.shown > CALM_EDGES ? 0.5 : 0.9, color: this.edge }),
      hideEdgesOnMove: arcs.length > CALM_EDGES,
      inertiaDuration: still.matches ? 0 : 200,
      itemSizesReference: "positions",
      labelDensity: 0.5,
      labelFont: getComputedStyle(map).fontFamily,
      labelGridCellSize: 130,
      labelRenderedSizeThreshold: 5.5,
      labelSize: 12,
      maxCameraRatio: 3,
      minEdgeThickness: arcs.length > CALM_EDGES ? 0.9 : 1,
      nodeReducer: (i, node) => ({ ...node, color: this.colour[node.slot], hidden: this.hidden[i] === 1 }),
      stagePadding: 24,
      zoomDuration: still.matches ? 0 : 150,
      zoomToSizeRatioFunction: (ratio) => ratio / Math.max(1, 1.2 / (3 * (this.scale ?? 1) / ratio)),
    })
    this.sigma.setCustomBBox({ x: [0, data.width], y: [-data.height, 0] })
    this.back = this.sigma.createCanvasContext("lanes", { beforeLayer: "edges" }).canvasContexts.lanes
    this.front = this.sigma.createCanvasContext("focus", { afterLayer: "labels" }).canvasContexts.focus
    this.sigma.resize(true)
    this.measure()
    this.home(false)
    this.sigma.on("afterRender", () => { this.lanes(); this.spotlight() })
    this.sigma.on("resize", () => this.measure())
    this.sigma.on("enterNode", ({ node }) => { map.classList.add("lv-over"); this.pinned || this.show(Number(node), false) })
    this.sigma.on("leaveNode", () => { map.classList.remove("lv-over"); this.pinned || this.show(-1, false) })
    this.sigma.on("clickNode", ({ node }) => this.hit(Number(node)))
    this.sigma.on("clickStage", () => this.show(-1, false))
    map.addEventListener("pointerdown", (event) => { this.touch = event.pointerType === "touch"; map.focus({ preventScroll: true }) })
    map.addEventListener("keydown", (event) => this.key(event))
    map.parentElement.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== map) event.stopPropagation()
    }, { capture: true, passive: true })
    new MutationObserver(() => { this.dye(); this.sigma.refresh({ skipIndexation: true }) }).observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] })
    this.filter()
  }

  /** How many pixels a unit of the drawing has when nothing is zoomed. */
  measure() {
    const state = { x: 0.5, y: 0.5, ratio: 1, angle: 0 }
    const [a, b] = [0, 1000].map((x) => this.sigma.graphToViewport({ x, y: 0 }, { cameraState: state }))
    this.scale = (b.x - a.x) / 1000
    this.sigma.setSetting("minCameraRatio", this.scale / NEAREST)
  }

  dye() {
    this.theme = colours()
    const { ink, paper, lanes } = this.theme
    this.edge = rgb(mix(paper, ink, this.shown > CALM_EDGES ? 0.16 : 0.4))
    this.colour = lanes.map((of) => rgb(of))
  }

  /** Everything, or where that would be too small, the newest end at the height of the map. */
  home(glide = !still.matches) {
    const { width, height } = this.sigma.getDimensions()
    const ratio = Math.min(1, Math.max((this.data.height * this.scale) / (height - 48), this.scale))
    const cameraState = { x: 0.5, y: 0.5, ratio, angle: 0 }
    const over = this.sigma.graphToViewport({ x: this.data.width, y: 0 }, { cameraState }).x - (width - 8)
    const [a, b] = [0, 100].map((x) => this.sigma.viewportToFramedGraph({ x, y: 0 }, { cameraState }).x)
    this.move({ ...cameraState, x: over > 0 ? 0.5 + (over * (b - a)) / 100 : 0.5 }, glide)
    const sizes = [...this.radius].sort((m, n) => n - m)
    const least = Math.max(3.2, sizes[Math.min(LABELS, sizes.length - 1)] ?? 0)
    this.sigma.setSetting("labelRenderedSizeThreshold", Math.min(6, (least * this.scale * Math.max(1, 0.4 / (this.scale / ratio))) / ratio - 0.01))
  }

  move(state, glide = !still.matches) {
    const camera = this.sigma.getCamera()
    if (glide) camera.animate(state, { duration: 200 }, () => this.sigma.scheduleRender()) // once more, with what was left out on the way
    else camera.setState(state)
  }

  zoom(by) {
    const camera = this.sigma.getCamera()
    this.move({ ratio: camera.getBoundedRatio(camera.ratio * by) })
  }

  /* Lanes and years, behind everything. Their names stay at the edge of the map. */
  lanes() {
    const { back: context, data, theme, sigma } = this
    const { width, height } = sigma.getDimensions()
    const y = (at) => sigma.graphToViewport({ x: 0, y: -at }).y
    const x = (at) => sigma.graphToViewport({ x: at, y: 0 }).x
    context.clearRect(0, 0, width, height)
    const font = getComputedStyle(map).fontFamily
    data.lanes.forEach(([, , top, tall], n) => {
      if (n % 2 === 0) {
        context.fillStyle = rgb(theme.raised)
        context.fillRect(0, y(top), width, y(top + tall) - y(top))
      }
    })
    context.font = `11px ${font}`
    context.textAlign = "left"
    const step = [1, 2, 5, 10, 20].find((s) => data.years.length < 2 || (x(data.years[1][1]) - x(data.years[0][1])) * s >= 44) ?? 50
    for (const [year, at] of data.years) {
      if (year % step) continue
      context.strokeStyle = rgb(theme.rule)
      context.beginPath()
      context.moveTo(Math.round(x(at)) + 0.5, 0)
      context.lineTo(Math.round(x(at)) + 0.5, height)
      context.stroke()
      context.fillStyle = rgb(theme.soft)
      context.fillText(String(year), x(at) + 4, height - 6)
    }
  }

  /* The names of the lanes, in front of everything, at the edge of the map. */
  names(context) {
    const { data, theme, sigma } = this
    const { height } = sigma.getDimensions()
    const y = (at) => sigma.graphToViewport({ x: 0, y: -at }).y
    context.font = `600 11px ${getComputedStyle(map).fontFamily}`
    context.textAlign = "left"
    context.lineJoin = "round"
    context.lineWidth = 3
    context.strokeStyle = rgb(theme.paper)
    for (const [title, slot, top, tall] of data.lanes) {
      const [a, b] = [Math.max(y(top), 0), Math.min(y(top + tall), height - 16)]
      if (b - a < 12) continue
      context.fillStyle = rgb(mix(theme.lanes[slot], theme.ink, 0.45))
      context.strokeText(title, 8, Math.min(a + 14, b - 2))
      context.fillText(title, 8, Math.min(a + 14, b - 2))
    }
  }

  label(context, node, size) {
    const { theme } = this
    context.font = `${size}px ${getComputedStyle(map).fontFamily}`
    context.lineJoin = "round"
    context.lineWidth = 3
    context.strokeStyle = rgb(theme.paper)
    context.fillStyle = rgb(theme.ink)
    context.strokeText(node.label, node.x + node.size + 3, node.y + size / 3)
    context.fillText(node.label, node.x + node.size + 3, node.y + size / 3)
  }

  /* The paper in focus with all its citations, above the others grown pale. */
  spotlight() {
    const { front: context, data, focus, sigma, theme } = this
    const { width, height } = sigma.getDimensions()
    context.clearRect(0, 0, width, height)
    this.names(context)
    if (focus < 0) return
    const place = (i) => ({ ...sigma.graphToViewport({ x: data.x[i], y: -data.y[i] }), size: Math.max(2.5, sigma.scaleSize(this.radius[i])) })
    const own = place(focus)
    const near = [[this.cites[focus], theme.link], [this.citedBy[focus], theme.warn]].flatMap(([of, colour]) => of.filter((i) => !this.hidden[i]).map((i) => ({ i, colour, ...place(i) })))
    context.lineWidth = near.length > 200 ? 0.7 : 1.3
    for (const one of near) {
      context.strokeStyle = rgb(one.colour)
      context.setLineDash(one.colour === theme.warn ? [6, 3] : [])
      context.beginPath()
      context.moveTo(own.x, own.y)
      context.lineTo(one.x, one.y)
      context.stroke()
    }
    context.setLineDash([])
    const disc = (one, ring) => {
      context.fillStyle = this.colour[data.lanes[data.lane[one.i]][1]]
      context.strokeStyle = rgb(ring)
      context.lineWidth = 2
      context.beginPath()
      context.arc(one.x, one.y, one.size, 0, 2 * Math.PI)
      context.fill()
      context.stroke()
    }
    for (const one of near) disc(one, one.colour)
    disc({ ...own, i: focus }, theme.ink)
    const taken = []
    const write = (one, text, size) => {
      const [left, top] = [one.x + one.size + 3, one.y - size / 2]
      context.font = `${size}px ${getComputedStyle(map).fontFamily}`
      const right = left + context.measureText(text).width
      if (right > width + 60 || taken.some((t) => left < t[2] && right > t[0] && top < t[3] && top + size > t[1])) return
      taken.push([left, top, right, top + size])
      this.label(context, { ...one, label: text }, size)
    }
    const title = data.titles[focus]
    const room = Math.floor((width - 40) / 7)
    const text = title.length > room ? `${title.slice(0, room)}…` : title
    context.font = `13px ${getComputedStyle(map).fontFamily}`
    const wide = context.measureText(text).width
    write({ ...own, x: Math.max(8 - own.size - 3, Math.min(own.x, width - wide - own.size - 11)), y: own.x + wide + own.size + 11 > width ? own.y - own.size - 10 : own.y }, text, 13)
    for (const one of near.sort((a, b) => b.size - a.size).slice(0, 40)) write(one, this.name(one.i), 11)
  }

  link(i) {
    const made = document.createElement("a")
    made.href = `${map.dataset.root}papers/${this.data.keys[i]}/`
    made.textContent = this.data.titles[i]
    return made
  }

  list(title, of) {
    const details = document.createElement("details")
    const summary = document.createElement("summary")
    summary.textContent = `${title}: ${of.length}`
    const list = document.createElement("ul")
    list.className = "lv-brief"
    for (const i of [...of].sort((a, b) => this.citedBy[b].length - this.citedBy[a].length || a - b).slice(0, 50)) {
      const item = document.createElement("li")
      item.append(this.link(i), ` ${this.year(i) || ""}`)
      list.append(item)
    }
    details.open = of.length > 0 && of.length <= 12
    details.append(summary, list)
    return details
  }

  /** Put a paper into focus (none with -1); a pinned one stays when the pointer leaves it, and is told in words. */
  show(i, pinned) {
    this.focus = i
    this.pinned = pinned && i >= 0
    map.classList.toggle("lv-focus", i >= 0)
    map.dataset.focus = i < 0 ? "" : this.data.keys[i]
    this.spotlight()
    if (i < 0) { panel.replaceChildren(); return }
    if (!this.pinned) return
    const head = document.createElement("p")
    head.append(this.link(i), ` ${this.data.by[i]}${this.data.by[i] ? ", " : ""}${this.year(i) || ""}`)
    panel.replaceChildren(head, this.list("Cites here", this.cites[i]), this.list("Cited here by", this.citedBy[i]))
    said.textContent = `${this.data.titles[i]}. ${this.data.by[i]} ${this.year(i) || ""}. ${this.data.lanes[this.data.lane[i]][0]}. Cites ${this.cites[i].length}, cited by ${this.citedBy[i].length} here.`
  }

  open(i) {
    location.href = `${map.dataset.root}papers/${this.data.keys[i]}/`
  }

  /** A click opens a paper; the first touch only shows it. */
  hit(i) {
    if (!this.touch || (this.pinned && this.focus === i)) this.open(i)
    else this.show(i, true)
  }

  /** Bring a paper into sight; `near` enough to stand apart from others. */
  reveal(i, near) {
    const at = this.sigma.graphToViewport({ x: this.data.x[i], y: -this.data.y[i] })
    const { width, height } = this.sigma.getDimensions()
    const middle = { x: width / 2, y: height / 2 }
    const to = this.sigma.viewportToFramedGraph({
      x: near || at.x < 40 || at.x > width - 40 ? at.x : middle.x,
      y: near || at.y < 20 || at.y > height - 30 ? at.y : middle.y,
    })
    this.move({ x: to.x, y: to.y, ratio: near ? Math.min(this.sigma.getCamera().ratio, 0.35) : this.sigma.getCamera().ratio })
  }

  /** The next visible paper: in time within the lane, or the nearest in the next lane that has any. */
  next(along, across) {
    const seen = (n) => this.lane[n]?.filter((i) => !this.hidden[i]) ?? []
    if (this.focus < 0 || this.hidden[this.focus]) {
      const all = [...this.data.keys.keys()].filter((i) => !this.hidden[i])
      return all.reduce((best, i) => (best < 0 || this.citedBy[i].length > this.citedBy[best].length ? i : best), -1)
    }
    if (along) {
      const of = seen(this.data.lane[this.focus])
      return of[Math.min(of.length - 1, Math.max(0, of.indexOf(this.focus) + along))] ?? -1
    }
    const away = (i) => Math.abs(this.data.x[i] - this.data.x[this.focus])
    for (let n = this.data.lane[this.focus] + across; n >= 0 && n < this.lane.length; n += across) {
      const of = seen(n)
      if (of.length) return of.reduce((best, i) => (away(i) < away(best) ? i : best))
    }
    return this.focus
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const camera = this.sigma.getCamera()
    const arrows = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key]
    if (arrows && event.shiftKey) this.move({ x: camera.x + 0.15 * camera.ratio * arrows[0], y: camera.y - 0.15 * camera.ratio * arrows[1] })
    else if (arrows) {
      const i = this.next(...arrows)
      if (i >= 0) { this.show(i, true); this.reveal(i, false) }
    }
    else if (event.key === "Enter" && this.focus >= 0) this.open(this.focus)
    else if (event.key === "Escape") this.show(-1, false)
    else if (event.key === "+" || event.key === "=") this.zoom(1 / 1.5)
    else if (event.key === "-") this.zoom(1.5)
    else if (event.key === "0") this.home()
    else return
    event.preventDefault()
  }

  filter() {
    const { category, from, to } = wanted()
    const linked = byId("map-linked").checked
    let left = 0
    for (let i = 0; i < this.size; i++) {
      const year = String(this.year(i))
      const out = (category !== "" && !this.data.categories[i].includes(Number(category))) || year < from || year > to || (linked && !this.cites[i].length && !this.citedBy[i].length)
      this.hidden[i] = out ? 1 : 0
      left += !out
    }
    if (this.focus >= 0 && this.hidden[this.focus]) this.show(-1, false)
    this.sigma.refresh({ skipIndexation: true })
    const some = this.shown < this.arcs ? ` Of ${this.arcs.toLocaleString("en")} citations the ${this.shown.toLocaleString("en")} between the most cited papers are drawn; those of a paper in focus, all.` : ""
    counted.textContent = `${left.toLocaleString("en")} of ${this.size.toLocaleString("en")} papers shown.${some}`
  }

  /** Show the paper that the address asks for, if there is one. */
  from(key) {
    const i = this.at.get(key)
    if (i === undefined) return
    this.show(i, true)
    this.reveal(i, true)
  }

  /** The papers whose title or first author has all these words, the most cited first. */
  find(text) {
    const fold = (s) => s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    this.words ??= this.data.titles.map((title, i) => fold(`${title} ${this.data.by[i]} ${this.year(i)}`))
    const asked = fold(text).split(/\s+/).filter(Boolean)
    const found = asked.length ? [...this.words.keys()].filter((i) => asked.every((w) => this.words[i].includes(w))) : []
    return found.sort((a, b) => this.citedBy[b].length - this.citedBy[a].length || a - b)
  }
}

function results() {
  const list = byId("map-found")
  const found = drawn.find(byId("map-find").value)
  list.replaceChildren(...found.slice(0, SHOWN).map((i) => {
    const item = document.createElement("li")
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = drawn.data.titles[i]
    const year = document.createElement("small")
    year.textContent = ` ${drawn.year(i)}`
    button.append(year)
    button.addEventListener("click", () => {
      list.replaceChildren()
      if (drawn.hidden[i]) { for (const one of tools.querySelectorAll("select")) one.value = one.options[0].value; byId("map-linked").checked = false; filterTable(); drawn.filter() }
      drawn.show(i, true)
      drawn.reveal(i, true)
      map.focus()
    })
    item.append(button)
    return item
  }))
  said.textContent = byId("map-find").value.trim() ? `${found.length} found${found.length > SHOWN ? `, the ${SHOWN} most cited listed` : ""}` : ""
}

async function draw() {
  if (drawn || map.dataset.state) return
  map.dataset.state = "loading"
  try {
    const canvas = document.createElement("canvas")
    if (!canvas.getContext("webgl2")) throw new Error("this browser has no WebGL")
    const [response] = await Promise.all([fetch(map.dataset.src), load(map.dataset.graphology), load(map.dataset.sigma)])
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
    const data = await response.json()
    if (!data.keys.length) throw new Error("no paper has a date")
    map.replaceChildren()
    drawn = new Drawn(data)
    map.dataset.state = "drawn"
    drawn.from(new URLSearchParams(location.search).get("paper"))
  } catch (error) {
    map.dataset.state = "failed"
    map.closest(".lv-mapped").hidden = true
    counted.textContent = `The map could not be drawn (${error.message}). The table below holds the same.`
  }
}

if (map) {
  map.closest(".lv-mapped").hidden = false
  byId("map-in").addEventListener("click", () => drawn?.zoom(1 / 1.5))
  byId("map-out").addEventListener("click", () => drawn?.zoom(1.5))
  byId("map-all").addEventListener("click", () => drawn?.home())
  byId("map-find").addEventListener("input", () => drawn && results())
  byId("map-find").addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); byId("map-found").querySelector("button")?.focus() }
    if (event.key === "Escape") byId("map-found").replaceChildren()
  })
  if (navigator.connection?.saveData) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "lv-button"
    button.textContent = "Draw the map"
    button.addEventListener("click", draw)
    map.replaceChildren(button)
  } else {
    // Until somebody moves, the still picture does: two libraries and the whole corpus are not for who only passes by.
    const signs = ["pointermove", "pointerdown", "touchstart", "wheel", "scroll", "keydown"]
    const look = () => {
      for (const sign of signs) removeEventListener(sign, look)
      new IntersectionObserver((entries, observer) => {
        if (entries.some((e) => e.isIntersecting)) { observer.disconnect(); draw() }
      }, { rootMargin: "200px" }).observe(map)
    }
    if (new URLSearchParams(location.search).has("paper")) look()
    else for (const sign of signs) addEventListener(sign, look, { passive: true })
  }
}
