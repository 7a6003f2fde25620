// What a person does, by hand and by keyboard, over the recorded host.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { opened, start, tid } from "./harness.mjs";

let app;
before(async () => {
  app = await start();
});
after(() => app.close());

async function end(page) {
  assert.deepEqual(page.problems, []);
  await page.context().close();
}

const session = (page) => page.evaluate(() => globalThis.plumbTest.session.view);
const player = (page) => page.evaluate(() => ({ ...globalThis.plumbTest.player, docs: null }));

test("the demo opens, shows its steps, and ends in a verdict", async () => {
  const page = await app.page({ query: "pace=120" });
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.testid), "open-demo");
  await page.keyboard.press("Enter");
  await page.waitForSelector(tid("progress"));
  await page.waitForSelector(tid("verdict"));
  assert.match(await page.textContent(tid("spoken")), /Not ready|Level|Session/);
  await end(page);
});

test("a check can be cancelled with Escape and started again", async () => {
  const page = await app.page({ query: "start=1&pace=400" });
  await page.waitForSelector(tid("progress"));
  await page.keyboard.press("Escape");
  await page.waitForSelector(tid("error"));
  assert.match(await page.textContent(tid("error")), /Not checked/);
  await page.click(tid("error-retry"));
  await page.waitForSelector(tid("verdict"), { timeout: 15000 });
  await end(page);
});

test("a file that cannot be read says what, where and what to try", async () => {
  const page = await app.page({ query: "start=1&fail=check" });
  await page.waitForSelector(tid("error"));
  const text = await page.textContent(tid("error"));
  assert.match(text, /mix\.wav cannot be used/);
  assert.match(text, /20\.4 MB/);
  assert.match(text, /Nothing was written/);
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.testid), "error-retry");
  await page.evaluate(() => globalThis.plumbTest.emit("drag", { kind: "drop", paths: ["/music/broken.wav"], x: 700, y: 400 }));
  await page.waitForFunction(() => document.querySelector("[data-testid=error]")?.textContent.includes("broken.wav"));
  await end(page);
});

test("views, findings and hearing by keyboard alone", async () => {
  const page = await opened(app);
  for (const [key, view] of [["2", "compare"], ["3", "translate"], ["4", "masking"], ["5", "fix"], ["6", "deliver"], ["1", "ready"]]) {
    await page.keyboard.press(key);
    await page.waitForSelector(tid(`view-${view}`));
  }
  const chosen = () => page.getAttribute(`${tid("finding")}[aria-selected=true]`, "data-code");
  const codes = await page.locator(tid("finding")).evaluateAll((rows) => rows.map((row) => row.dataset.code));
  const steps = codes.indexOf("stereo.wide_bass");
  assert.ok(steps > 0, codes.join(" "));
  for (let i = 0; i < steps; i++) await page.keyboard.press("j");
  assert.equal(await chosen(), "stereo.wide_bass");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${tid("play")}[data-playing=true]`);
  const { loop, position, side } = await player(page);
  assert.equal(side, "A");
  assert.ok(loop.start_s > 5 && loop.start_s < 7, `loops from ${loop.start_s}`);
  assert.ok(position >= loop.start_s && position < loop.start_s + 2);
  assert.ok(await page.isVisible(tid("verdict")), "hearing never changes the view");
  await page.keyboard.press("k");
  await page.keyboard.press(" ");
  await page.waitForSelector(`${tid("play")}[data-playing=false]`);
  await page.keyboard.press("l");
  assert.equal((await player(page)).loop, null);
  await page.keyboard.press("Home");
  assert.equal((await player(page)).position, 0);
  await end(page);
});

test("A, B, R and X switch what is heard, without moving anything", async () => {
  const page = await opened(app);
  const boxes = () => page.$$eval(".transport > *", (all) => all.map((e) => Math.round(e.getBoundingClientRect().x)));
  const before = await boxes();
  await page.keyboard.press("b");
  await page.waitForSelector(`${tid("listen-B")}[aria-checked=true]`);
  await page.keyboard.press("r");
  await page.waitForSelector(`${tid("listen-R")}[aria-checked=true]`);
  await page.keyboard.press("x");
  await page.waitForSelector(`${tid("listen-B")}[aria-checked=true]`);
  await page.keyboard.press(" ");
  await page.waitForTimeout(300);
  assert.deepEqual(await boxes(), before, "the transport stands still while values change");
  assert.match(await page.textContent(tid("meter-short-term")), /−\d+\.\d/);
  await page.keyboard.press("m");
  assert.match(await page.textContent(tid("level-match")), /Not matched/);
  await page.click(tid("listen-B"));
  await page.keyboard.press("ArrowLeft");
  await page.waitForSelector(`${tid("listen-A")}[aria-checked=true]`);
  await end(page);
});

test("the space bar plays after a click on a control, and presses it after Tab", async () => {
  const page = await opened(app);
  await page.click(tid("tab-compare"));
  await page.keyboard.press(" ");
  await page.waitForSelector(`${tid("play")}[data-playing=true]`);
  await page.keyboard.press(" ");
  await page.waitForSelector(`${tid("play")}[data-playing=false]`);
  await page.focus(tid("tab-compare"));
  await page.keyboard.press("Tab");
  await page.keyboard.press(" ");
  await page.waitForSelector(tid("view-translate"));
  assert.equal(await page.getAttribute(tid("play"), "data-playing"), "false");
  await end(page);
});

test("the system picker auditions while moving; Escape returns, Enter keeps", async () => {
  const page = await opened(app);
  await page.keyboard.press("t");
  await page.keyboard.press("ArrowDown");
  assert.equal((await session(page)).playback_system, "smartphone");
  await page.keyboard.press("Escape");
  assert.equal((await session(page)).playback_system, null);
  await page.keyboard.press("t");
  await page.keyboard.type("car at");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal((await session(page)).playback_system, "car_100kmh");
  assert.equal(await page.textContent(tid("system-heard")), "Car at 100 km/h");
  await page.keyboard.press("0");
  assert.equal(await page.textContent(tid("system-heard")), "Direct");
  await end(page);
});

test("an EQ node is dragged as one step, moved by keys, removed, and undone", async () => {
  const page = await opened(app);
  await page.click(tid("tab-fix"));
  const node = page.locator(tid("eq-node-0"));
  const freq = async () => Number(await node.getAttribute("data-freq"));
  const gain = async () => Number(await node.getAttribute("data-gain"));
  const [f0, g0] = [await freq(), await gain()];
  const box = await node.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 30, y - 20, { steps: 6 });
  await page.mouse.up();
  assert.ok((await freq()) > f0 * 1.1, "dragged up in frequency");
  assert.ok((await gain()) > g0 + 0.5, "dragged up in gain");
  await page.keyboard.press("Control+z");
  await page.waitForFunction((f) => Number(document.querySelector("[data-testid=eq-node-0]").dataset.freq) === f, f0);
  assert.equal(await gain(), g0, "one undo takes the whole drag back");
  await node.focus();
  await page.keyboard.press("ArrowUp");
  // Steps land on tenths.
  const g1 = Math.round((g0 + 0.1) * 10) / 10;
  assert.ok(Math.abs((await gain()) - g1) < 1e-6);
  await page.keyboard.press("Shift+ArrowDown");
  assert.ok(Math.abs((await gain()) - (g1 - 1)) < 1e-6);
  await page.keyboard.press("ArrowRight");
  assert.ok(Math.abs((await freq()) / f0 - 2 ** (1 / 12)) < 1e-3);
  assert.match(await node.getAttribute("aria-valuetext"), /^Band 1, bell, \d+ hertz, minus \d/);
  const count = (await session(page)).settings.eq.length;
  await page.keyboard.press("Delete");
  assert.equal((await session(page)).settings.eq.length, count - 1);
  await end(page);
});

test("Escape during a drag puts the node back", async () => {
  const page = await opened(app);
  await page.click(tid("tab-fix"));
  const node = page.locator(tid("eq-node-1"));
  const before = await node.getAttribute("data-freq");
  const box = await node.boundingBox();
  await page.mouse.move(box.x + 14, box.y + 14);
  await page.mouse.down();
  await page.mouse.move(box.x + 80, box.y + 60, { steps: 4 });
  assert.notEqual(await node.getAttribute("data-freq"), before);
  await node.press("Escape");
  await page.mouse.up();
  assert.equal(await node.getAttribute("data-freq"), before);
  await end(page);
});

test("the table edits the same bands, and double click adds one", async () => {
  const page = await opened(app);
  await page.click(tid("tab-fix"));
  await page.fill(tid("eq-gain-0"), "-2.5");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute(tid("eq-node-0"), "data-gain"), "-2.5");
  await page.fill(tid("eq-freq-0"), "1.2k");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute(tid("eq-node-0"), "data-freq"), "1200");
  const box = await page.locator(tid("eq-editor")).boundingBox();
  await page.mouse.dblclick(box.x + box.width * 0.45, box.y + box.height * 0.3);
  await page.waitForSelector(tid("eq-node-2"));
  await end(page);
});

test("an amount asks for the proposal again, and its result is measured", async () => {
  const page = await opened(app);
  await page.click(tid("tab-fix"));
  assert.match(await page.textContent(tid("measured")), /Top end is dull/);
  const gain = await page.getAttribute(tid("eq-node-1"), "data-gain");
  await page.focus(tid("amount-tone"));
  for (let i = 0; i < 5; i++) await page.keyboard.press("Shift+ArrowLeft");
  await page.waitForFunction(() => globalThis.plumbTest.session.view.amounts.tone === 0.5);
  assert.ok(Number(await page.getAttribute(tid("eq-node-1"), "data-gain")) < Number(gain), "half the tone is a smaller move");
  await end(page);
});

test("snapshots are stored and recalled by keys", async () => {
  const page = await opened(app);
  await page.click(tid("tab-fix"));
  await page.focus(tid("eq-node-0"));
  await page.keyboard.press("Shift+ArrowUp");
  const edited = await page.getAttribute(tid("eq-node-0"), "data-gain");
  await page.keyboard.press("Control+Shift+Digit2");
  await page.waitForSelector(`${tid("snapshot-b")}[aria-pressed=true]`);
  await page.keyboard.press("Shift+Digit1");
  await page.waitForSelector(`${tid("snapshot-a")}[aria-pressed=true]`);
  assert.notEqual(await page.getAttribute(tid("eq-node-0"), "data-gain"), edited);
  await page.keyboard.press("Shift+Digit2");
  await page.waitForSelector(`${tid("snapshot-b")}[aria-pressed=true]`);
  assert.equal(await page.getAttribute(tid("eq-node-0"), "data-gain"), edited);
  await end(page);
});

test("render: progress, cancel, verification, and a file of that name is asked about", async () => {
  const page = await opened(app, { query: "pace=300" });
  await page.keyboard.press("Control+r");
  await page.waitForSelector(tid("render-progress"));
  await page.click(tid("render-cancel"));
  await page.waitForSelector(tid("toast"));
  assert.match(await page.textContent(tid("toast")), /nothing was written/);
  assert.equal(await page.evaluate(() => globalThis.plumbTest.written.size), 0);
  await page.click(tid("render"));
  await page.waitForSelector(`${tid("verified")}[data-good=true]`);
  assert.match(await page.textContent(tid("verified")), /−16\.1/);
  await page.click(tid("render"));
  await page.waitForSelector(tid("question"));
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Keep both");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => globalThis.plumbTest.written.size === 2);
  await end(page);
});

test("report, settings and session are written where they were asked to go", async () => {
  const page = await opened(app);
  await page.keyboard.press("Control+e");
  await page.keyboard.press("Control+s");
  await page.click(tid("tab-deliver"));
  await page.click(tid("export-settings"));
  await page.click(tid("export-reaper"));
  await page.waitForFunction(() => globalThis.plumbTest.written.size === 3);
  const written = await page.evaluate(() => [...globalThis.plumbTest.written.entries()].map(([path, text]) => [path, text.slice(0, 20)]));
  assert.deepEqual(written.map(([path]) => path).sort(), ["/music/Plumbline demo.RfxChain", "/music/Plumbline demo.html", "/music/Plumbline demo.plumbline"]);
  assert.match(written.find(([path]) => path.endsWith("RfxChain"))[1], /^BYPASS/);
  await page.click(tid("copy-note"));
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /Mend this first: the last note is cut/);
  await end(page);
});

test("what is accepted leaves the list, and undo brings it back", async () => {
  const page = await opened(app);
  const before = (await page.$$(tid("finding"))).length;
  await page.click(tid("accept"));
  await page.waitForFunction((n) => document.querySelectorAll("[data-testid=finding]").length === n - 1, before);
  await page.click(tid("toast-action"));
  await page.waitForFunction((n) => document.querySelectorAll("[data-testid=finding]").length === n, before);
  await end(page);
});

test("versions: another bounce is checked, and two are held against each other", async () => {
  const page = await opened(app);
  await page.click(tid("compare-versions"));
  assert.match(await page.textContent(tid("versions")), /mended/);
  assert.match(await page.textContent(tid("versions")), /headroom\.clipped/);
  await page.keyboard.press("Escape");
  await page.locator(tid("version")).nth(1).locator("button").first().click();
  await page.waitForFunction(() => document.querySelector("[data-testid=verdict]")?.textContent.includes("two faults"));
  await page.evaluate(() => globalThis.plumbTest.emit("bounce", { path: "/music/Plumbline demo/mix.wav" }));
  assert.match(await page.textContent(tid("toast")), /mix\.wav appeared/);
  await end(page);
});

test("files over the window raise a veil with the guess lit, and are taken for what they are dropped on", async () => {
  const page = await app.page();
  const emit = (kind, x, y) => page.evaluate(([k, a, b]) => globalThis.plumbTest.emit("drag", { kind: k, paths: ["/music/Plumbline demo/mix.wav"], x: a, y: b }), [kind, x, y]);
  await emit("over", 5, 5);
  await page.waitForSelector(`${tid("drop-veil")} .lit`);
  assert.equal(await page.getAttribute(`${tid("drop-veil")} .lit`, "data-zone"), "mix");
  await emit("leave", 0, 0);
  await page.waitForSelector(tid("drop-veil"), { state: "detached" });
  await emit("over", 300, 450);
  await emit("drop", 300, 450);
  await page.waitForSelector(tid("verdict"));
  await end(page);
});

test("without sound the app says so, offers passages, and the rest works", async () => {
  const page = await opened(app, { query: "sound=absent" });
  assert.match(await page.textContent(tid("no-sound")), /No sound device/);
  assert.ok(await page.isDisabled(tid("play")));
  assert.match(await page.textContent(tid("detail")), /Save this passage/);
  await page.keyboard.press("5");
  await page.waitForSelector(tid("eq-node-0"));
  await page.click(tid("retry-sound"));
  await page.waitForSelector(tid("no-sound"), { state: "detached" });
  await page.evaluate(() => globalThis.plumbTest.emit("sound", { state: "lost", message: "unplugged" }));
  assert.match(await page.textContent(tid("no-sound")), /gone/);
  await end(page);
});

test("the palette finds and does, and single keys can be switched off", async () => {
  const page = await opened(app);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("go to masking");
  await page.keyboard.press("Enter");
  await page.waitForSelector(tid("view-masking"));
  await page.keyboard.press("Control+k");
  await page.keyboard.type("12");
  await page.keyboard.press("Escape");
  assert.ok(await page.isVisible(tid("view-masking")), "digits that are typed are no shortcuts");
  await page.click(tid("preferences"));
  await page.uncheck(tid("single-keys"));
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
  assert.ok(await page.isVisible(tid("view-masking")), "single keys are off");
  await page.keyboard.press("Control+k");
  assert.ok(await page.isVisible(tid("palette")), "keys with Ctrl still work");
  await end(page);
});

test("dragging on the waveform loops, wheel zooms, and the masking map follows", async () => {
  const page = await opened(app);
  const box = await page.locator(tid("timeline")).boundingBox();
  const y = box.y + 60;
  await page.mouse.move(box.x + box.width * 0.25, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, y, { steps: 5 });
  await page.mouse.up();
  const { loop } = await player(page);
  const duration = (await session(page)).mixes[0].duration_s;
  assert.ok(Math.abs(loop.start_s - duration * 0.25) < 0.2 && Math.abs(loop.end_s - duration * 0.5) < 0.2);
  await page.mouse.click(box.x + box.width * 0.75, y);
  assert.ok(Math.abs((await player(page)).position - duration * 0.75) < 0.2);
  const head = () => page.$eval(tid("playhead"), (e) => new DOMMatrix(getComputedStyle(e).transform).m41);
  const at = await head();
  await page.mouse.move(box.x + box.width * 0.75, y);
  await page.mouse.wheel(0, -600);
  await page.waitForTimeout(150);
  assert.ok(Math.abs((await head()) - at) < 12, "zooming keeps what is under the pointer");
  await page.click(tid("tab-masking"));
  assert.ok(await page.isVisible(tid("masking-map")));
  await end(page);
});

test("preferences are remembered", async () => {
  const page = await opened(app);
  await page.click(tid("tab-deliver"));
  await page.check(tid("target-cd"));
  await page.selectOption(tid("render-format"), "flac-16");
  const kept = await page.evaluate(() => JSON.parse(globalThis.localStorage.getItem("plumb-preferences")));
  assert.ok(kept.targets.includes("cd"));
  assert.deepEqual(kept.render, { format: "flac", depth: 16 });
  await page.reload();
  await page.waitForSelector(tid("verdict"));
  await page.click(tid("tab-deliver"));
  assert.equal(await page.inputValue(tid("render-format")), "flac-16");
  assert.ok(await page.isChecked(tid("target-cd")));
  await end(page);
});
