// The real app, driven as a person would: its window through WebDriver, its sound recorded and measured by others.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RATE, at, bar, ffmpeg, invoke, sessionOf, startStage, work } from "./support/app.mjs";
import { finder, isDropped, measured, mono, onset, samplesOf, thirdOctaves } from "./support/audio.mjs";
import { KEY, until } from "./support/webdriver.mjs";

/** From start to a window that can be used, ms; the driver's own start of about 200 ms is in it. */
const USABLE_MS = 1000;
/** Agreement of loudness that is asked for of the level match, LU. */
const MATCHED_LU = 0.2;
/** Tenths of a second that have to be found whole: enough to be no chance, few enough for a machine so busy that it drops others. */
const ENOUGH = 3;
/** Attempts at a recording without a gap. */
const ATTEMPTS = 4;
/** Agreement of a heard curve with the drawn one, dB: dynamics and limiter answer to a change too. */
const CURVE_DB = 1.5;

describe("the app", { concurrency: false }, () => {
  let stage;
  let app;
  let demo;

  before(async () => {
    stage = await startStage();
    demo = join(stage.data, "demo");
  });
  after(async () => {
    await app?.close().catch(() => {});
    stage?.stop();
  });

  const view = () => sessionOf(app);

  test("is usable at once and shows the verdict on the demo", async () => {
    // The first start fills the caches of the system.
    app = await stage.open();
    await app.close();
    app = await stage.open();
    bar("start to usable window", app.ready_ms, USABLE_MS);
    await (await app.find(at("open-demo"))).click();
    const verdict = await app.find(at("verdict"), 60_000);
    assert.match(await verdict.text(), /Not ready/);
    const findings = await app.all(at("finding"));
    assert.ok(findings.length >= 5, `${findings.length} findings`);
    const document = await work(app, "check");
    assert.equal(document.verdict, "not_ready");
    assert.ok(document.translation.systems.length >= 18 && document.masking.pairs !== undefined);
  });

  test("plays the passage of a finding, in a loop", async () => {
    const document = await work(app, "check");
    // One that is heard as it is: a finding of a band is heard through that band alone.
    const finding = document.findings.find((f) => f.system === null && f.band_hz === null && f.time.length > 0);
    const titles = await app.run(`return [...document.querySelectorAll('[data-testid="finding"]')].map((row) => row.textContent)`);
    const index = titles.findIndex((title) => title.includes(finding.title));
    assert.ok(index >= 0, `${finding.title} is none of ${titles.join("; ")}`);
    await (await app.all(at("finding")))[index].click();
    const recording = stage.sound.record();
    await (await app.find(at("hear"))).click();
    await sleep(3500);
    await (await app.find(at("play"))).click();
    const heard = mono(await recording.stop());
    const from = onset([heard, heard]);
    assert.ok(from >= 0, "nothing was heard");
    const mix = mono(samplesOf(join(demo, "mix.wav"), RATE));
    const loop = await loopOf(finding);
    // 3.5 s are more than the loop is long, so it has been round once.
    const { found, of } = passages(heard.slice(from), mix, loop.start_s - 2, loop.end_s + 2);
    assert.ok(found.length >= ENOUGH, `${found.length} of ${of} passages are in the mix`);
    for (const { start_s, end_s } of found) {
      assert.ok(start_s > loop.start_s - 0.05 && end_s < loop.end_s + 0.05, `${start_s} to ${end_s} s is not in ${JSON.stringify(loop)}`);
    }
    assert.ok(found.some((p, i) => i > 0 && p.start_s < found[i - 1].start_s), "the loop did not come round");
  });

  test("plays mix and reference at one loudness", async () => {
    await direct();
    const levels = {};
    for (const [side, file] of [["A", "mix.wav"], ["R", "reference.wav"]]) {
      await (await app.find(at(`listen-${side}`))).click();
      const heard = mono(await record(3500, 8));
      const { found, of } = passages(heard, mono(samplesOf(join(demo, file), RATE)), 6, 14);
      assert.ok(found.length >= ENOUGH, `${side}: ${found.length} of ${of} passages are in ${file}`);
      const gains = found.map((p) => p.gain).sort((a, b) => a - b);
      levels[side] = measured(join(demo, file)).lufs + 20 * Math.log10(gains[Math.floor(gains.length / 2)]);
    }
    assert.ok(Math.abs(levels.A - levels.R) < MATCHED_LU, JSON.stringify(levels));
  });

  test("an equaliser node is dragged, heard and undone", async () => {
    await direct();
    await until("a proposal is there", async () => (await view()).settings.eq.length > 0, 60_000);
    await (await app.find(at("tab-fix"))).click();
    const before = (await view()).settings;
    await (await app.find(at("listen-B"))).click();
    const plain = mono(await record(4000, 8));
    const node = await (await app.find(at("eq-node-0"))).middle();
    await app.drag(node, { x: node.x, y: node.y - 60 });
    const after = await until("the settings have changed", async () => {
      const { settings } = await view();
      return settings.eq[0].gain_db > before.eq[0].gain_db + 1 && settings;
    });
    assert.ok(Math.abs(after.eq[0].freq_hz / before.eq[0].freq_hz - 1) < 0.05, "the node was moved straight up");
    const edited = mono(await record(4000, 8));
    const hz = [100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000];
    const [a, b] = [plain, edited].map((heard) => thirdOctaves(heard.slice(RATE / 2), RATE, hz));
    const curve = async (settings) => {
      const bytes = await app.ask("return [...new Float32Array(await window.__TAURI_INTERNALS__.invoke('eq_curve', { settings: args[0], count: 601 }))]", settings);
      return hz.map((f) => bytes[Math.round((600 * Math.log(f / 20)) / Math.log(1000))]);
    };
    const [was, is] = [await curve(before), await curve(after)];
    const off = hz.map((_, i) => b[i] - a[i] - (is[i] - was[i]));
    const middle = [...off].sort((x, y) => x - y)[hz.length / 2];
    for (const [i, f] of hz.entries()) assert.ok(Math.abs(off[i] - middle) < CURVE_DB, `${f} Hz: ${(off[i] - middle).toFixed(2)} dB off the curve`);
    await app.keys("z", [KEY.control]);
    await until("the edit is undone", async () => (await view()).settings.eq[0].gain_db === before.eq[0].gain_db);
  });

  test("is heard through a phone as the model says", async () => {
    await direct();
    await (await app.find(at("listen-A"))).click();
    const plain = mono(await record(5000, 8));
    await (await app.find(at("system-picker"))).click();
    await (await app.find(at("system-smartphone"))).click();
    assert.equal((await view()).playback_system, "smartphone");
    await app.keys(KEY.escape);
    await invoke(app, "set_system", { name: "smartphone" });
    const heard = mono(await record(5000, 8));
    const hz = [315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000];
    const [a, b] = [plain, heard].map((samples) => thirdOctaves(samples.slice(RATE / 2), RATE, hz));
    const model = JSON.parse(readFileSync(new URL("../../models/systems/smartphone.json", import.meta.url))).response.mean_db.slice(12, 27);
    const difference = hz.map((_, i) => b[i] - a[i] - model[i]);
    const middle = [...difference].sort((x, y) => x - y)[7];
    for (const [i, f] of hz.entries()) {
      assert.ok(Math.abs(difference[i] - middle) < 2, `${f} Hz: ${(difference[i] - middle).toFixed(2)} dB off the model`);
    }
    await direct();
  });

  test("renders what was proposed, and the file is what was promised", async () => {
    await (await app.find(at("tab-deliver"))).click();
    const target = await app.find(at("render-target"));
    await app.run("arguments[0].value = 'spotify'; arguments[0].dispatchEvent(new Event('change', { bubbles: true }));", target.handle);
    await until("the proposal follows the target", async () => (await view()).target === "spotify", 60_000);
    const path = await (await app.find(at("render-path"))).attribute("data-path");
    await (await app.find(at("render"))).click();
    await until("the render is there", () => existsSync(path), 60_000);
    await app.find(at("verified"));
    const file = measured(path);
    assert.ok(Math.abs(file.lufs + 14) <= 0.2, `${file.lufs} LUFS`);
    assert.ok(file.peak_dbtp <= -0.9, `${file.peak_dbtp} dBTP`);
    const { settings } = await view();
    const options = { path, format: "wav", depth: 24, overwrite: true };
    const rendered = await work(app, "render", { settings, options });
    assert.ok(Math.abs(rendered.document.verification.integrated_lufs - file.lufs) <= 0.1);
    assert.ok(rendered.document.verification.mended.includes("tonal.muddy"), rendered.document.verification.mended.join());
    const again = await work(app, "render", { settings, options: { ...options, overwrite: false } }).catch((e) => e.fault);
    assert.equal(again.code, "exists");
    const over = await work(app, "render", { settings, options: { ...options, path: join(demo, "mix.wav") } }).catch((e) => e.fault);
    assert.equal(over.code, "setting", "the mix itself is never written to");
  });

  test("a render that is stopped leaves nothing behind", async () => {
    const { settings } = await view();
    const path = join(stage.folder, "stopped.wav");
    const fault = await app.ask(
      `const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
       const progress = "__CHANNEL__:" + transformCallback(() => invoke("cancel", { job: "stop me" }));
       const options = { path: args[1], format: "wav", depth: 24, overwrite: false };
       return await invoke("render", { settings: args[0], options, job: "stop me", progress }).then(() => null, (fault) => fault);`,
      settings,
      path,
    );
    assert.equal(fault?.code, "cancelled");
    assert.ok(!existsSync(path));
    assert.deepEqual(readdirSync(stage.folder).filter((name) => name.includes("stopped")), []);
  });

  test("a session is saved and opened again", async () => {
    const path = join(stage.folder, "song.plumbline");
    const before = await invoke(app, "save_session", { path });
    assert.equal(before.dirty, false);
    await app.close();
    app = await stage.open([path]);
    await until("the session is open", async () => (await view()).saved_to === path);
    const verdict = await app.find(at("verdict"), 60_000);
    assert.match(await verdict.text(), /Not ready/);
    const now = await view();
    assert.deepEqual([now.settings, now.mixes.length, now.references.length], [before.settings, 1, 1]);
  });

  test("a broken file is named and changes nothing", async () => {
    const broken = join(stage.folder, "broken.wav");
    writeFileSync(broken, "this is no audio");
    const [guess] = await invoke(app, "guess", { paths: [broken] });
    assert.equal(guess.kind, "unreadable");
    const before = await view();
    await app.close();
    app = await stage.open([broken]);
    const error = await app.find(`${at("error")}, ${at("toast")}`);
    assert.match(await error.text(), /broken\.wav/);
    assert.equal((await view()).mixes.length, 0);
    assert.ok(before.mixes.length > 0);
  });

  test("a new bounce is noticed, checked, and compared with the one before", async () => {
    const folder = join(stage.folder, "bounces");
    mkdirSync(folder);
    const mix = join(folder, "song.wav");
    copyFileSync(join(demo, "mix.wav"), mix);
    await invoke(app, "new_session");
    await invoke(app, "add_files", { files: { mixes: [mix], references: [join(demo, "reference.wav")], stems: [] } });
    const first = await work(app, "check");
    ffmpeg("-i", join(demo, "reference.wav"), "-c:a", "pcm_s24le", mix);
    const session = await until("the bounce is a version", async () => {
      const now = await view();
      return now.mixes.length === 2 && now;
    }, 15_000);
    const [newer, older] = session.mixes;
    assert.equal(session.title, "song", "a session without a name is called by its mix");
    assert.deepEqual([newer.missing, older.missing, session.current_mix], [false, true, newer.id]);
    const second = await work(app, "check");
    const changes = await invoke(app, "compare_versions", { older: older.id, newer: newer.id });
    const codes = (list) => list.map((c) => c.code);
    assert.ok(codes(changes.mended).includes("tonal.muddy"), codes(changes.mended).join());
    assert.equal(changes.mended.length + changes.remaining.length, first.findings.length);
    assert.equal(changes.new.length + changes.remaining.length, second.findings.length);
  });

  /** The loop that hearing a finding sets: its passage, at least two seconds of it. */
  async function loopOf(finding) {
    const [{ start_s, end_s }] = finding.time;
    const start = Math.max(0, start_s - Math.max(0, 2 - (end_s - start_s)) / 2);
    return { start_s: start, end_s: Math.max(end_s, start + 2) };
  }

  /** Tenths of a second of what was heard, each looked for in a stretch of a file; those that were found whole, with their place and gain
   *  there. A busy machine may drop some of them, and a loop cuts one each time round. */
  function passages(heard, whole, from_s, to_s) {
    const from = Math.max(0, Math.round(from_s * RATE));
    const stretch = whole.slice(from, Math.round(to_s * RATE));
    const length = RATE / 10;
    // Every third is enough, and each takes a while.
    const parts = Array.from({ length: Math.floor(heard.length / length / 3) }, (_, i) => heard.slice(3 * i * length, (3 * i + 1) * length));
    const found = parts.map(finder(stretch, length)).filter((p) => p.correlation > 0.999);
    const start_s = (p) => (p.frame + from) / RATE;
    return { of: parts.length, found: found.map((p) => ({ start_s: start_s(p), end_s: start_s(p) + 0.1, gain: p.gain })) };
  }

  /** Listens as it is: no loop, no system, no solo. */
  async function direct() {
    await invoke(app, "pause");
    await invoke(app, "set_loop", { range: null });
    await invoke(app, "set_system", { name: null });
    await invoke(app, "set_solo", { bandHz: null });
  }

  /** Records this many ms of what is played from a moment of the song on. A busy machine may not serve the card in time: of a few attempts the
   *  first without a gap, or else the last. */
  async function record(ms, from_s) {
    for (let attempt = 1; ; attempt++) {
      await invoke(app, "seek", { positionS: from_s });
      const recording = stage.sound.record();
      await invoke(app, "play");
      await sleep(ms + 500);
      await invoke(app, "pause");
      const heard = await recording.stop();
      const start = onset(heard);
      assert.ok(start >= 0, "nothing was heard");
      const wanted = heard.map((c) => c.slice(start, start + (ms * RATE) / 1000));
      if (!isDropped(wanted[0]) || attempt === ATTEMPTS) return wanted;
    }
  }
});
