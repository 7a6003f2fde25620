// How soon findings are on the screen, and whether the window keeps moving while they are looked for.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { COMMAND, at, bar, ffmpeg, openDemo, startStage } from "./support/app.mjs";

/** How much longer than the command the window may take to show findings. */
const OF_THE_COMMAND = 1.5;
/** Longest time between two frames while a check runs, ms. */
const FRAME_MS = 50;
/** Runs of which the fastest counts: the first fills the caches of the system. */
const RUNS = 3;

describe("how long it takes", { concurrency: false }, () => {
  let stage;
  let app;
  let song;
  let long;

  before(async () => {
    stage = await startStage();
    app = await openDemo(stage);
    const mix = join(stage.data, "demo", "mix.wav");
    [song, long] = [join(stage.folder, "song.flac"), join(stage.folder, "long.flac")];
    ffmpeg("-stream_loop", "7", "-i", mix, "-t", "240", "-c:a", "flac", song);
    ffmpeg("-stream_loop", "20", "-i", mix, "-t", "600", "-c:a", "flac", long);
  });
  after(async () => {
    await app?.close().catch(() => {});
    stage?.stop();
  });

  const restart = async (...args) => {
    await app.close();
    app = await stage.open(args);
  };

  test("findings of a four-minute file are on the screen soon after the command has them", async () => {
    const fastest = async (run) => {
      const times = [];
      for (let i = 0; i < RUNS; i++) times.push(await run());
      return Math.min(...times);
    };
    const command = await fastest(() => {
      const begun = performance.now();
      // It ends with 1 where there are findings.
      execFileSync("sh", ["-c", '"$0" check "$1" > /dev/null || test $? = 1', COMMAND, song]);
      return performance.now() - begun;
    });
    const window = await fastest(async () => {
      await restart(song);
      const begun = performance.now();
      await app.find(at("verdict"), 60_000);
      return performance.now() - begun;
    });
    console.log(`# the command takes ${command.toFixed(0)} ms`);
    bar("findings of four minutes", window, command * OF_THE_COMMAND);
  });

  test("no frame is late while a check runs", async () => {
    await restart(long);
    await app.run(`
      const frames = (window.__frames = { times: [], checking: 0 });
      const next = (now) => {
        frames.times.push(now);
        if (document.querySelector('[data-testid="progress"]')) frames.checking += 1;
        requestAnimationFrame(next);
      };
      requestAnimationFrame(next);`);
    await app.find(at("verdict"), 120_000);
    await sleep(1000);
    const { times, checking } = await app.run("return window.__frames");
    assert.ok(checking > 20, `${checking} frames were drawn while the check ran`);
    const apart = times.slice(1).map((t, i) => t - times[i]);
    const sorted = [...apart].sort((a, b) => a - b);
    console.log(`# ${times.length} frames, ${checking} of them while it was checked; middle ${sorted[sorted.length >> 1].toFixed(0)} ms, late: ${apart.filter((t) => t > FRAME_MS).map((t) => t.toFixed(0)).join(", ") || "none"}`);
    bar("longest time between two frames", sorted.at(-1), FRAME_MS);
  });
});
