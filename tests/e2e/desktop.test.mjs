// The real app among other programs: files dragged onto it, its files shown in the file manager, files opened with it.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { APP, at, openDemo, sessionOf, startStage } from "./support/app.mjs";
import { startBus } from "./support/bus.mjs";
import { said } from "./support/processes.mjs";
import { until } from "./support/webdriver.mjs";

/** Debian's own Python: the bindings of its toolkit are there and nowhere else. */
const PYTHON = "/usr/bin/python3";
const program = (name) => join(import.meta.dirname, "desktop", name);
/** Where the dragging program stands: beside the window of the app. */
const DROPPER = { x: 1500, y: 920 };

describe("the app on a desktop", { concurrency: false }, () => {
  let stage;
  let bus;
  let app;
  let mix;
  let reference;

  before(async () => {
    bus = await startBus();
    stage = await startStage({ more: bus.env });
    app = await openDemo(stage);
    const folder = join(stage.folder, "müsic & more");
    mkdirSync(folder);
    [mix, reference] = [join(folder, "my mix ä.wav"), join(folder, "a record.wav")];
    copyFileSync(join(stage.data, "demo", "mix.wav"), mix);
    copyFileSync(join(stage.data, "demo", "reference.wav"), reference);
  });
  after(async () => {
    await app?.close().catch(() => {});
    stage?.stop();
    bus?.stop();
  });

  const xdotool = (...args) => execFileSync("xdotool", args.map(String), { env: stage.env });

  /** Drags files from another program onto a place of the window; `over` is called while they are held there. */
  async function drag(files, to, over = async () => {}) {
    const dropper = spawn(PYTHON, [program("dropper.py"), DROPPER.x, DROPPER.y, ...files].map(String), { env: stage.env, stdio: ["ignore", "pipe", "inherit"] });
    const out = said(dropper);
    await out.line("ready");
    xdotool("mousemove", DROPPER.x + 30, DROPPER.y + 30, "mousedown", 1);
    // The pointer has to move a little before it is a drag.
    for (let i = 1; i <= 12; i++) {
      xdotool("mousemove", Math.round(DROPPER.x + 30 + ((to.x - DROPPER.x - 30) * i) / 12), Math.round(DROPPER.y + 30 + ((to.y - DROPPER.y - 30) * i) / 12));
      await sleep(40);
    }
    await over();
    xdotool("mouseup", 1);
    await out.line("ended");
    assert.ok(!out.lines().includes("refused"), "the window did not take the files");
  }

  test("it is painted in memory where there is no graphics card", { skip: process.platform !== "linux" }, () => {
    const unlessGone = (read) => {
      try {
        return read();
      } catch {
        return "";
      }
    };
    const environments = readdirSync("/proc")
      .filter((id) => unlessGone(() => readlinkSync(`/proc/${id}/exe`)) === APP)
      .map((id) => unlessGone(() => readFileSync(`/proc/${id}/environ`, "utf8")).split("\0"))
      .filter((environment) => environment.includes(`PLUMBLINE_DATA=${stage.data}`));
    assert.equal(environments.length, 1);
    const card = existsSync("/dev/dri") && readdirSync("/dev/dri").some((name) => name.startsWith("renderD"));
    assert.equal(environments[0].includes("WEBKIT_DISABLE_DMABUF_RENDERER=1"), !card || process.env.WEBKIT_DISABLE_DMABUF_RENDERER === "1");
  });

  test("files that are dropped on the window are taken for what they are dropped on", async () => {
    await app.close();
    app = await stage.open();
    await drag([mix], { x: 400, y: 400 }, async () => {
      await app.find(at("drop-veil"));
      await until("the guess is lit", async () => (await app.all("[data-zone=mix].lit")).length === 1);
    });
    await until("the mix is there", async () => (await sessionOf(app)).mixes[0]?.path === mix);
    assert.equal((await app.all(at("drop-veil"))).length, 0);
    await app.find(at("verdict"), 60_000);
    // Two at once, on the zone of the references, whatever they look like.
    let zone;
    await drag([reference, join(stage.data, "demo", "mix.wav")], { x: 700, y: 450 }, async () => {
      zone = await (await app.find("[data-zone=reference]")).middle();
      xdotool("mousemove", Math.round(zone.x), Math.round(zone.y));
      await sleep(150);
      await until("the zone is lit", async () => (await app.all("[data-zone=reference].lit")).length === 1);
    });
    await until("the references are there", async () => (await sessionOf(app)).references.length === 2);
    assert.deepEqual((await sessionOf(app)).references.map((r) => r.path), [reference, join(stage.data, "demo", "mix.wav")]);
  });

  test("a file given when it starts is opened and checked", async () => {
    await app.close();
    app = await stage.open([mix]);
    await app.find(at("verdict"), 60_000);
    assert.equal((await sessionOf(app)).mixes[0].path, mix);
  });

  test("a render is shown in the file manager, and its path is copied where there is none", async () => {
    await (await app.find(at("tab-deliver"))).click();
    await (await app.find(at("render"))).click();
    await app.find(at("verified"), 60_000);
    const path = await (await app.find(at("render-path"))).attribute("data-path");
    await (await app.find(at("show-in-folder"))).click();
    // Copied, or shown to be copied where the window may not write to the clipboard.
    await until("it is said", async () => /path is copied|\(master\)\.wav/.test(await (await app.find(at("toast"))).text()));
    const manager = spawn(PYTHON, [program("files.py")], { env: stage.env, stdio: ["ignore", "pipe", "inherit"] });
    const out = said(manager);
    await out.line("ready");
    await (await app.find(at("show-in-folder"))).click();
    await out.line(pathToFileURL(path).href);
    manager.kill();
  });
});
