// What is heard of the real app over time: without gaps while it is worked with, at once after a switch, and on again after the sound
// service has ended and come back.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RATE, at, bar, ffmpeg, invoke, openDemo, sessionOf, startStage, strict } from "./support/app.mjs";
import { gapsOf, mono, onset } from "./support/audio.mjs";
import { KEY, until } from "./support/webdriver.mjs";

/** Length of continuous playback, s. */
const PLAYED_S = 60;
/** Queue that the app asks for, ms: two buffers of 512 frames. A plain player with as short a one shows what the machine can do. */
const QUEUE_MS = 23;
/** Time within which another side is heard, ms. */
const SWITCHED_MS = 30;
/** Switches that are timed. */
const SWITCHES = 12;
/** A service that is gone is noticed within this time, and one that is back, ms. */
const NOTICED_MS = 10_000;

describe("what is heard", { concurrency: false }, () => {
  let stage;
  let app;
  let demo;

  before(async () => {
    stage = await startStage();
    demo = join(stage.data, "demo");
    app = await openDemo(stage);
    await until("a proposal is there", async () => (await sessionOf(app)).settings.eq.length > 0, 60_000);
  });
  after(async () => {
    await app?.close().catch(() => {});
    stage?.stop();
  });

  const click = async (id) => (await app.find(at(id))).click();
  const sound = async () => (await invoke(app, "start")).sound;
  const isPlaying = async () => (await (await app.find(at("play"))).attribute("data-playing")) === "true";

  /** What a person does while listening: one thing after another, about one in a second. */
  function* work(settings) {
    for (let i = 0; ; i++) {
      yield () => click(i % 2 ? "listen-A" : "listen-B");
      yield async () => {
        const node = await (await app.find(at("eq-node-0"))).middle();
        await app.drag(node, { x: node.x + (i % 2 ? 30 : -30), y: node.y + (i % 3 ? 12 : -24) });
      };
      yield () => click("listen-B");
      yield () => invoke(app, "set_system", { name: i % 2 ? "smartphone" : "car_parked" });
      yield () => invoke(app, "set_settings", { settings: { ...settings, output_gain_db: -(i % 3) }, label: "quieter", merge: true });
      yield () => click("listen-R");
      yield () => invoke(app, "set_system", { name: null });
      yield () => click("listen-B");
    }
  }

  // First, while the buffers of the card are as short as they are asked for: a card that runs dry gets longer ones.
  test("switches between A and B at once", async () => {
    await invoke(app, "set_loop", { range: { start_s: 10, end_s: 26 } });
    const settings = { ...(await sessionOf(app)).settings, eq: [], dynamics: null, stereo: null, limiter: null, input_gain_db: 0, output_gain_db: -20 };
    await invoke(app, "set_settings", { settings, label: "quieter", merge: false });
    await invoke(app, "set_level_match", { on: false });
    await invoke(app, "listen", { side: "A", reference: null });
    await invoke(app, "seek", { positionS: 12 });
    await invoke(app, "play");
    await sleep(1500);
    const recording = stage.sound.record({ timed: true });
    await sleep(800);
    const asked = [];
    for (let i = 0; i < SWITCHES; i++) {
      const side = i % 2 ? "A" : "B";
      const script = `const at = performance.timeOrigin + performance.now(); await window.__TAURI_INTERNALS__.invoke("listen", { side: args[0], reference: null }); return at;`;
      asked.push({ side, at: await app.ask(script, side) });
      await sleep(350 + 13 * i);
    }
    await invoke(app, "pause");
    const heard = await recording.stop();
    await invoke(app, "set_level_match", { on: true });
    await invoke(app, "undo");
    const { samples, timeOf } = onOneClock(heard);
    const times = asked.map(({ side, at }) => changeAfter(samples, timeOf, at, side) - at).sort((a, b) => a - b);
    console.log(`# A to B and back, ms: ${times.map((t) => t.toFixed(0)).join(" ")}`);
    assert.ok(times.every(Number.isFinite), "a switch was not heard");
    bar("A to B, median", times[SWITCHES / 2], SWITCHED_MS);
  });

  test(`plays for ${PLAYED_S} s without a gap while it is worked with`, async () => {
    await click("tab-fix");
    await invoke(app, "listen", { side: "B", reference: null });
    await invoke(app, "set_loop", { range: { start_s: 8, end_s: 28 } });
    await invoke(app, "seek", { positionS: 8 });
    await sleep(1000);
    const file = join(stage.folder, "plain.wav");
    ffmpeg("-ss", "8", "-t", "20", "-i", join(demo, "mix.wav"), join(stage.folder, "part.wav"));
    ffmpeg("-stream_loop", "4", "-i", join(stage.folder, "part.wav"), file);
    const control = stage.sound.control(file, QUEUE_MS);
    const recording = stage.sound.record();
    const before = (await sound()).gaps;
    await invoke(app, "play");
    const begun = Date.now();
    const steps = work((await sessionOf(app)).settings);
    while (Date.now() - begun < PLAYED_S * 1000) {
      await steps.next().value();
      await sleep(600);
    }
    const [heard, plain] = await Promise.all([recording.stop(), control.stop()]);
    const after = (await sound()).gaps;
    await invoke(app, "pause");
    const played = heard.map((c) => c.slice(onset(heard)));
    assert.ok(played[0].length > (PLAYED_S - 1) * RATE, `${played[0].length / RATE} s were heard`);
    const found = gapsOf(played, RATE);
    const usual = gapsOf(plain.map((c) => c.slice(onset(plain))), RATE);
    const [late, dry] = [after.read_late - before.read_late, after.ran_dry - before.ran_dry];
    console.log(`# gaps in ${PLAYED_S} s: ${found.length} heard (at ${found.map((g) => g.toFixed(1)).join(", ")} s), ${usual.length} of a plain player beside it; read late ${late}, ran dry ${dry}`);
    // Whatever the machine does, the files are read in time.
    assert.equal(late, 0, "files were not read in time");
    // A gap that is heard is the machine's if a plain player has them too, or the card was let run dry.
    if (strict || (usual.length === 0 && dry === 0)) assert.equal(found.length, 0, "gaps");
    if (strict) assert.equal(dry, 0, "the card ran dry");
  });

  test("goes on without its sound service, says so, and plays on when it is back", async () => {
    await invoke(app, "listen", { side: "A", reference: null });
    await invoke(app, "seek", { positionS: 10 });
    await invoke(app, "play");
    await sleep(1500);
    assert.ok(await isPlaying());
    await stage.sound.end();
    const notice = await app.find(at("no-sound"), NOTICED_MS);
    assert.match(await notice.text(), /gone/);
    // For the ear alone, so it has no text that is shown.
    assert.match(await app.run(`return document.querySelector('[data-testid="spoken"]').textContent`), /sound/i);
    assert.ok(!(await isPlaying()));
    // All else works: another view, an edit, and its undoing.
    await click("tab-compare");
    await app.find(at("view-compare"));
    const { settings } = await sessionOf(app);
    await invoke(app, "set_settings", { settings: { ...settings, output_gain_db: -3 }, label: "quieter", merge: false });
    await app.keys("z", [KEY.control]);
    await until("the edit is undone", async () => (await sessionOf(app)).settings.output_gain_db === settings.output_gain_db);
    const position = async () => Number(await (await app.find(at("time"))).attribute("data-seconds"));
    const stopped = await position();
    assert.ok(stopped > 10.5 && stopped < 25, `stopped at ${stopped} s`);
    await stage.sound.begin();
    await until("the sound is back", async () => (await sound()).state === "ready", NOTICED_MS);
    await until("it plays on", isPlaying, NOTICED_MS);
    const heard = await listen(1500);
    assert.ok(onset(heard) >= 0, "nothing was heard");
    assert.ok((await position()) > stopped, "it goes on from where it was");
    await click("play");
    await until("it is paused", async () => !(await isPlaying()));
  });

  async function listen(ms) {
    const recording = stage.sound.record();
    await sleep(ms);
    return recording.stop();
  }
});

/** The parts of a recording as one, and the time at which each frame was played. Frames come at the pace of the sink, which is not quite
 *  that of the clock (one of 0.5 ms blocks runs 0.2 % fast), and the parts when the machine gets round to them: those that came soonest
 *  within a second after they were played set the clock. */
function onOneClock(parts) {
  const frames = parts.reduce((sum, part) => sum + part.samples[0].length, 0);
  const samples = new Float32Array(frames);
  const ends = [];
  let done = 0;
  for (const { at: came, samples: part } of parts) {
    samples.set(mono(part), done);
    done += part[0].length;
    ends.push({ frame: done, origin: came - (done / RATE) * 1000 });
  }
  const timeOf = (frame) => {
    const near = ends.filter((end) => Math.abs(end.frame - frame) < RATE / 2);
    return Math.min(...near.map((end) => end.origin)) + (frame / RATE) * 1000;
  };
  return { samples, timeOf };
}

/** When the level steps to that of the side after a moment: where the levels of 4 ms before and after differ most the right way. */
function changeAfter(samples, timeOf, asked, side) {
  const step = Math.round(RATE * 0.001);
  const window = 4 * step;
  let guess = Math.round(((asked - timeOf(0)) / 1000) * RATE);
  guess += Math.round(((asked - timeOf(guess)) / 1000) * RATE);
  const from = Math.max(window, guess - window);
  const level = (start) => {
    let power = 1e-9;
    for (let i = start; i < start + window; i++) power += samples[i] * samples[i];
    return 10 * Math.log10(power);
  };
  let best = { step_db: 9, frame: Number.NaN };
  for (let frame = from; frame + window < Math.min(samples.length, from + RATE * 0.3); frame += step) {
    const rise = level(frame) - level(frame - window);
    const wanted = side === "A" ? rise : -rise;
    if (wanted > best.step_db) best = { step_db: wanted, frame };
  }
  return timeOf(best.frame);
}
