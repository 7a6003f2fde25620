// Every view of the built window over the recorded host: what it shows, that it can be read, that nothing is cut off.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { opened, start, tid } from "./harness.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.PLUMB_SCREENSHOTS ?? path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../dist-recorded/screenshots");
const VIEWS = ["ready", "compare", "translate", "masking", "fix", "deliver"];
const SIZES = [
  { name: "1100x700", width: 1100, height: 700 },
  { name: "1440x900", width: 1440, height: 900 },
  { name: "4k", width: 3840, height: 2160 },
  { name: "4k-scaled", width: 1920, height: 1080, scale: 2 },
];

let app;
before(async () => {
  mkdirSync(shots, { recursive: true });
  app = await start();
});
after(() => app.close());

/** Faults that axe calls serious or critical. */
async function serious(page) {
  // Injected through the debugger, past the page's own policy.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.slice(0, 4).map((n) => `${n.target.join(" ")} (${n.any[0]?.message ?? ""})`).join("; ")}`);
}

/** Text or controls that stick out of the window, and single lines that are wider than their box without an ellipsis. */
async function cutOff(page) {
  return page.evaluate(() => {
    const out = [];
    for (const el of document.querySelectorAll("button, h1, h2, p, td, th, label, select")) {
      const box = el.getBoundingClientRect();
      if (box.width === 0 || el.closest(".sr, .rail, [aria-hidden=true]")) continue;
      if (box.right > innerWidth + 1 || box.left < -1) out.push(`outside: ${el.textContent.trim().slice(0, 40)}`);
      const style = getComputedStyle(el);
      if (style.whiteSpace === "nowrap" && style.overflow === "visible" && el.scrollWidth > el.clientWidth + 2 && style.display !== "inline") out.push(`wider than its box: ${el.textContent.trim().slice(0, 40)}`);
    }
    return out;
  });
}

for (const size of SIZES) {
  test(`every view at ${size.name}: no fault, nothing cut off`, async () => {
    const page = await opened(app, size);
    for (const view of VIEWS) {
      await page.click(tid(`tab-${view}`));
      await page.waitForSelector(tid(`view-${view}`));
      await page.waitForTimeout(250);
      await page.screenshot({ path: path.join(shots, `${view}-${size.name}.png`) });
      assert.deepEqual(await cutOff(page), [], view);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${view} scrolls sideways`);
    }
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}

test("axe finds no serious violation in any view", async () => {
  const page = await opened(app);
  for (const view of VIEWS) {
    await page.click(tid(`tab-${view}`));
    await page.waitForTimeout(200);
    assert.deepEqual(await serious(page), [], view);
  }
  await page.click(tid("stems"));
  assert.deepEqual(await serious(page), [], "stems");
  await page.context().close();
});

test("axe finds no serious violation in overlays and states", async () => {
  const page = await opened(app);
  for (const [open, what] of [["Control+k", "palette"], ["?", "keys-overlay"], ["t", "system-list"]]) {
    await page.keyboard.press(open);
    await page.waitForSelector(tid(what));
    assert.deepEqual(await serious(page), [], what);
    await page.keyboard.press("Escape");
  }
  await page.click(tid("compare-versions"));
  assert.deepEqual(await serious(page), [], "versions");
  const empty = await app.page();
  assert.deepEqual(await serious(empty), [], "start");
  const failed = await app.page({ query: "start=1&fail=check" });
  await failed.waitForSelector(tid("error"));
  assert.deepEqual(await serious(failed), [], "error");
  const silent = await opened(app, { query: "sound=absent" });
  assert.deepEqual(await serious(silent), [], "no sound");
  for (const p of [page, empty, failed, silent]) {
    assert.deepEqual(p.problems, []);
    await p.context().close();
  }
});

test("Ready? says the verdict and hangs every finding with its lean in words", async () => {
  const page = await opened(app);
  assert.match(await page.textContent(tid("verdict")), /^Not ready: one fault/);
  const rows = await page.$$(tid("finding"));
  assert.ok(rows.length > 5);
  assert.match(await rows[0].textContent(), /The last note is cut/);
  const leans = await page.$$eval(`${tid("finding")} svg[role=img]`, (all) => all.map((s) => s.getAttribute("aria-label")));
  assert.equal(leans.length, rows.length);
  for (const l of leans) assert.match(l, /range widths|inside the range|no lean/);
  await page.click(tid("show-all"));
  assert.ok((await page.$$(`${tid("checks")} tbody tr`)).length > 40);
  await page.click(tid("explain"));
  assert.ok((await page.textContent(tid("help"))).length > 100);
  await page.context().close();
});

test("every chart has a summary and a table twin", async () => {
  const page = await opened(app);
  for (const view of ["compare", "translate"]) {
    await page.click(tid(`tab-${view}`));
    const toggles = await page.$$('[aria-label^="Show as table"]');
    assert.ok(toggles.length > 0, view);
    for (const t of toggles) {
      await t.evaluate((el) => el.click());
      await page.waitForSelector('[role=region] tbody tr');
      await page.evaluate(() => document.querySelector('[aria-label^="Show as chart"]').click());
    }
  }
  await page.context().close();
});

test("forced colours and 200 % zoom keep everything reachable", async () => {
  const forced = await opened(app, { forcedColors: "active" });
  assert.ok(await forced.isVisible(tid("verdict")));
  // 200 % zoom of 1440x900 is a viewport of 720x450.
  const zoomed = await opened(app, { width: 720, height: 450, scale: 2 });
  for (const view of VIEWS) {
    await zoomed.click(tid(`tab-${view}`));
    assert.ok(await zoomed.isVisible(tid(`view-${view}`)));
    await zoomed.screenshot({ path: path.join(shots, `${view}-zoomed.png`) });
    assert.deepEqual(await cutOff(zoomed), [], view);
    // The last control of the view can be scrolled to.
    const last = zoomed.locator("main button:visible").last();
    await last.scrollIntoViewIfNeeded();
    const box = await last.boundingBox();
    const main = await zoomed.locator("main").boundingBox();
    assert.ok(box.y >= main.y - 1 && box.y + box.height <= main.y + main.height + 1, `${view}: ${await last.textContent()}`);
  }
  assert.deepEqual(zoomed.problems, []);
  await forced.context().close();
  await zoomed.context().close();
});
