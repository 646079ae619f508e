/* What is on record of a work, from the index beside the site. livre/why.py describes it. */

/** The two digits that name the file of an identifier: FNV-1a, folded to a byte. */
function shard(identifier) {
  let h = 0x811c9dc5
  for (const byte of new TextEncoder().encode(identifier)) h = Math.imul(h ^ byte, 0x01000193) >>> 0
  return (((h >>> 24) ^ (h >>> 16) ^ (h >>> 8) ^ h) & 0xff).toString(16).padStart(2, "0")
}

/** The row of an identifier and the name that it stands under, or null; an Error when the index does not come. */
export async function find(index, identifier) {
  for (let name = identifier, steps = 0; steps < 3; steps++) {
    const response = await fetch(`${index}${shard(name)}.json`)
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
    const rows = await response.json()
    if (!Object.hasOwn(rows, name)) return null
    if (typeof rows[name] !== "string") return { name, row: rows[name] }
    name = rows[name]
  }
  return null
}

/** include, exclude or wait: what holds of a row. */
export function verdict([key, , decisions]) {
  return decisions.length ? decisions[0][0] : key ? "include" : "wait"
}
