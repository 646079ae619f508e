// Lighthouse over the addresses given, in one Chromium: prints one JSON object, address → {categories, audits that fail, figures}.
// node lighthouse.mjs CATEGORY[,CATEGORY…] ADDRESS…   (CHROME_PATH names the browser)
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [categories, ...addresses] = process.argv.slice(2);
const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const chrome = await launch({ chromeFlags: flags, logLevel: "error" });
const out = {};
try {
  for (const address of addresses) {
    const { lhr } = await lighthouse(address, { port: chrome.port, onlyCategories: categories.split(","), logLevel: "error" });
    const failed = Object.values(lhr.categories).flatMap((c) => c.auditRefs.filter((r) => r.weight).map((r) => lhr.audits[r.id]));
    out[address] = {
      error: lhr.runtimeError ?? null,
      scores: Object.fromEntries(Object.values(lhr.categories).map((c) => [c.id, Math.round(c.score * 100)])),
      failed: failed.filter((a) => a.score !== null && a.score < 0.9).map((a) => {
        const where = (a.details?.items ?? []).slice(0, 3).map((i) => i.node?.snippet ?? i.url ?? i.description ?? "").filter(Boolean);
        return [a.id, a.displayValue ?? "", ...where].filter(Boolean).join(": ");
      }),
      figures: Object.fromEntries(
        ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index", "total-byte-weight"]
          .filter((id) => lhr.audits[id]?.numericValue !== undefined).map((id) => [id, Math.round(lhr.audits[id].numericValue * 1000) / 1000])),
    };
  }
} finally {
  chrome.kill();
}
console.log(JSON.stringify(out));
