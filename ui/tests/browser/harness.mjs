// Serves the recorded build under the content security policy of the app and drives it with Chromium.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const dist = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../dist-recorded");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".json": "application/json" };

/** As strict as the app's: nothing inline, nothing from elsewhere. */
export const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((p) => existsSync(p));
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

async function serve() {
  const server = createServer(async (req, res) => {
    const name = decodeURIComponent(new URL(req.url, "http://x").pathname);
    const file = path.join(dist, name === "/" ? "index.html" : name);
    try {
      if (!file.startsWith(dist)) throw new Error("outside");
      const body = await readFile(file);
      res.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream", "content-security-policy": POLICY });
      res.end(body);
    } catch {
      res.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => new Promise((done) => server.close(done)) };
}

/** A browser and pages of the app; `problems` fills with what must stay empty: errors, policy violations, failed requests. */
export async function start() {
  if (!CHROMIUM) throw new Error("no Chromium found; install the package chromium");
  const server = await serve();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return {
    async page({ query = "", width = 1440, height = 900, scale = 1, reducedMotion = "reduce", forcedColors = "none" } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, reducedMotion, forcedColors, permissions: ["clipboard-read", "clipboard-write"] });
      const page = await context.newPage();
      page.problems = [];
      page.on("pageerror", (e) => page.problems.push(`error: ${e.message}`));
      page.on("console", (m) => m.type() === "error" && page.problems.push(`console: ${m.text()}`));
      page.on("requestfailed", (r) => page.problems.push(`request: ${r.url()}`));
      await page.goto(server.url + (query ? `?${query}` : ""));
      await page.waitForSelector("[data-ready=true]");
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

export const tid = (id) => `[data-testid="${id}"]`;

/** The app with the recorded session open and checked. */
export async function opened(app, options = {}) {
  const page = await app.page({ ...options, query: ["start=1", options.query].filter(Boolean).join("&") });
  await page.waitForSelector(tid("verdict"));
  // The proposal follows the check.
  await page.waitForFunction(() => globalThis.plumbTest.session.view.proposal_ready || globalThis.plumbTest.session.view.references.length === 0);
  return page;
}
