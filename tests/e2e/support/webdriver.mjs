// A WebDriver session with the real app, over plain HTTP: https://www.w3.org/TR/webdriver2/.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** Keys by name, as WebDriver sends them. */
export const KEY = { enter: "\uE007", escape: "\uE00C", tab: "\uE004", shift: "\uE008", control: "\uE009", up: "\uE013", down: "\uE015", left: "\uE012", right: "\uE014", space: " " };

/** A port that is free now. */
export async function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Asks again until the answer is truthy; fails with `what` after `ms`. */
export async function until(what, ask, ms = 10_000) {
  const end = Date.now() + ms;
  let last;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (e) {
      last = e;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms${last ? ` (${last.message})` : ""}`);
    await sleep(25);
  }
}

/** Starts tauri-driver, which starts WebKitWebDriver. Ends both with `stop`. */
export async function startDriver(program, env, log) {
  const [port, native] = [await freePort(), await freePort()];
  const out = openSync(log, "a");
  // A process group of its own: the native driver is a child that a plain kill would leave behind.
  const child = spawn(program, ["--port", port, "--native-port", native].map(String), { env, stdio: ["ignore", out, out], detached: true });
  const failed = new Promise((_, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`tauri-driver ended with ${code}; see ${log}`)));
  });
  failed.catch(() => {});
  const base = `http://127.0.0.1:${port}`;
  await Promise.race([failed, until("tauri-driver answers", async () => (await fetch(`${base}/status`)).ok)]);
  const stop = () => {
    try {
      process.kill(-child.pid, "SIGTERM");
    } catch {
      // It has ended already.
    }
  };
  return { base, stop };
}

/** One run of the app. */
export class Session {
  constructor(base, id) {
    this.base = `${base}/session/${id}`;
  }

  /** Starts the app with these arguments. */
  static async open(base, application, args = []) {
    const capabilities = { alwaysMatch: { browserName: "wry", "tauri:options": { application, args } } };
    const { sessionId } = await call(`${base}/session`, "POST", { capabilities });
    return new Session(base, sessionId);
  }

  get(path) {
    return call(this.base + path, "GET");
  }

  post(path, body = {}) {
    return call(this.base + path, "POST", body);
  }

  /** Ends the app. */
  close() {
    return call(this.base, "DELETE");
  }

  /** Runs a function body in the window. */
  run(script, ...args) {
    return this.post("/execute/sync", { script, args });
  }

  /** Runs an async function body in the window; its result, or a thrown error as text. */
  async ask(script, ...args) {
    const body = `const done = arguments[arguments.length - 1]; const args = [...arguments].slice(0, -1);
      (async (...args) => { ${script} })(...args).then((value) => done({ value }), (error) => done({ error: typeof error === "object" && error !== null && "code" in error ? error : String(error) }));`;
    const { value, error } = await this.post("/execute/async", { script: body, args });
    if (error !== undefined && error !== null) throw Object.assign(new Error(JSON.stringify(error)), { fault: error });
    return value;
  }

  /** The elements of a CSS selector, in order of the page. */
  async all(selector) {
    const found = await this.post("/elements", { using: "css selector", value: selector });
    return found.map((f) => new Element(this, f[ELEMENT]));
  }

  /** The first element of a selector, as soon as there is one. */
  find(selector, ms) {
    return until(selector, async () => (await this.all(selector))[0], ms);
  }

  /** Types keys to whatever has the focus; names in `held` stay down meanwhile. */
  async keys(text, held = []) {
    const press = (type) => (value) => ({ type, value });
    const down = press("keyDown");
    const up = press("keyUp");
    const actions = [...held.map(down), ...[...text].flatMap((c) => [down(c), up(c)]), ...held.map(up).reverse()];
    await this.post("/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** Presses the pointer at one point of the window and lets go at another. */
  async drag(from, to, steps = 8) {
    const move = (x, y, duration) => ({ type: "pointerMove", duration, origin: "viewport", x: Math.round(x), y: Math.round(y) });
    const way = Array.from({ length: steps }, (_, i) => move(from.x + ((to.x - from.x) * (i + 1)) / steps, from.y + ((to.y - from.y) * (i + 1)) / steps, 16));
    const actions = [move(from.x, from.y, 0), { type: "pointerDown", button: 0 }, ...way, { type: "pointerUp", button: 0 }];
    await this.post("/actions", { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
  }
}

/** An element of the window. */
class Element {
  constructor(session, id) {
    this.session = session;
    this.id = id;
  }

  /** As an argument of a script. */
  get handle() {
    return { [ELEMENT]: this.id };
  }

  click() {
    return this.session.post(`/element/${this.id}/click`);
  }

  text() {
    return this.session.get(`/element/${this.id}/text`);
  }

  attribute(name) {
    return this.session.get(`/element/${this.id}/attribute/${name}`);
  }

  /** Middle of the element in the window. */
  async middle() {
    const { x, y, width, height } = await this.session.run("const r = arguments[0].getBoundingClientRect(); return { x: r.x, y: r.y, width: r.width, height: r.height };", this.handle);
    return { x: x + width / 2, y: y + height / 2 };
  }
}

async function call(url, method, body) {
  const init = { method, headers: { "content-type": "application/json" } };
  const answer = await fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${value?.error ?? answer.status}: ${value?.message ?? url}`);
  return value;
}
