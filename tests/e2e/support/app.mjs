// The real app on a screen and a sound card that are not there.

import { spawn, spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { startSound } from "./sound.mjs";
import { Session, startDriver, until } from "./webdriver.mjs";

const root = resolve(import.meta.dirname, "../../..");

/** The program that the tests drive, and the command that it is timed against. */
export const APP = resolve(root, process.env.PLUMB_APP ?? "target/debug/plumbline-app");
export const COMMAND = resolve(root, process.env.PLUMB_COMMAND ?? join(dirname(APP), "plumb"));

/** Measured times are bars for a quiet machine; elsewhere they are told. */
export const strict = process.env.PLUMB_QUIET_MACHINE === "1";

/** Tells a measured time, and on a quiet machine holds it to its bar; ms. */
export function bar(what, value, most) {
  console.log(`# ${what}: ${value.toFixed(0)} ms (bar ${most.toFixed(0)} ms)`);
  if (strict) assert.ok(value <= most, `${what}: ${value} ms`);
}

/** Sample rate of the sound card: that of the built-in song, so that nothing is converted on the way. */
export const RATE = 44100;

/** Screen, sound card and driver; `stop` ends all three and takes their files away. `more` is what the environment holds besides. */
export async function startStage({ more = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-e2e-"));
  const screen = await startScreen(join(folder, "xvfb.log"));
  const sound = await startSound(join(folder, "pulse"), RATE);
  const data = join(folder, "data");
  // The language of the machine is one that WebKit reports as "C": what works with it works with all.
  const env = { ...sound.env, DISPLAY: screen.display, PLUMBLINE_DATA: data, GSETTINGS_BACKEND: "memory", LANG: "C.UTF-8", ...more };
  const driver = await startDriver(process.env.TAURI_DRIVER ?? join(root, "target/tools/bin/tauri-driver"), env, join(folder, "driver.log")).catch((error) => {
    // What still runs would keep the tests from ending.
    sound.stop();
    screen.stop();
    throw error;
  });
  return {
    folder,
    data,
    sound,
    env,
    /** Starts the app and waits until it can be used; `ready_ms` is how long that took. */
    async open(args = []) {
      const begun = performance.now();
      const session = await Session.open(driver.base, APP, args);
      await session.find("[data-ready=true]");
      session.ready_ms = performance.now() - begun;
      return session;
    },
    stop() {
      driver.stop();
      sound.stop();
      screen.stop();
      if (!process.env.PLUMB_KEEP) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function startScreen(log) {
  const out = openSync(log, "a");
  const child = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], { stdio: ["ignore", out, out, "pipe"] });
  let number = "";
  child.stdio[3].on("data", (d) => (number += d));
  await until("Xvfb says its number", () => number.includes("\n"));
  return { display: `:${number.trim()}`, stop: () => child.kill("SIGTERM") };
}

/** The selector of a mark for tests. */
export const at = (id) => `[data-testid="${id}"]`;

/** Starts the app and opens the built-in song, its verdict on the screen. */
export async function openDemo(stage) {
  const app = await stage.open();
  await (await app.find(at("open-demo"))).click();
  await app.find(at("verdict"), 60_000);
  return app;
}

/** The session as the window shows it. */
export const sessionOf = (session) => invoke(session, "start").then((info) => info.session);

/** Calls a command of the app as its window does. */
export function invoke(session, command, args = {}) {
  return session.ask("return await window.__TAURI_INTERNALS__.invoke(args0, args1)".replace("args0", "args[0]").replace("args1", "args[1]"), command, args);
}

/** Calls a command that takes a job and tells its progress; the events are thrown away. */
export function work(session, command, args = {}) {
  return session.ask(
    `const progress = "__CHANNEL__:" + window.__TAURI_INTERNALS__.transformCallback(() => {});
     return await window.__TAURI_INTERNALS__.invoke(args[0], { job: "e2e-" + Math.random(), ...args[1], progress });`,
    command,
    args,
  );
}

/** Makes a file with ffmpeg. */
export function ffmpeg(...args) {
  const { status, stderr } = spawnSync("ffmpeg", ["-v", "error", "-y", ...args]);
  if (status !== 0) throw new Error(String(stderr));
}
