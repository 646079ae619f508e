// What scripts do for readers on every page: stars, what is new since the last visit, and lists as they were on a day.
import { start as dates } from "./dates.js"
import { start as stars } from "./stars.js"
import { start as visits } from "./visits.js"

for (const begin of [visits, stars, dates]) {
  try {
    begin()
  } catch (error) {
    console.error(error) // one comfort that fails takes no other with it
  }
}
