import { svelte } from "@sveltejs/vite-plugin-svelte";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The fonts are bundled, so their licences (SIL OFL 1.1) go along. */
function fontLicences(): Plugin {
  return {
    name: "font-licences",
    apply: "build",
    generateBundle() {
      for (const font of ["inter", "jetbrains-mono"]) {
        const source = readFileSync(new URL(`node_modules/@fontsource-variable/${font}/LICENSE`, import.meta.url), "utf8");
        this.emitFile({ type: "asset", fileName: `licences/${font}.txt`, source });
      }
    },
  };
}

// Two builds from one source: the app (`vite build` -> dist), and the same window over the recorded host
// (`--mode recorded` -> dist-recorded) for browser tests. `npm run dev` serves the recorded one.
export default defineConfig(({ mode, command }) => {
  const recorded = mode === "recorded" || command === "serve";
  return {
    plugins: [svelte(), fontLicences()],
    base: "./",
    clearScreen: false,
    server: { port: 5173, strictPort: true },
    define: { __RECORDED__: JSON.stringify(recorded) },
    build: {
      target: ["es2022", "safari16"],
      // No inline data: the content security policy allows files of the app alone.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 900,
      emptyOutDir: true,
    },
    // Tests run the reactive classes as the window does, not as a server would.
    resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
    test: { include: ["tests/unit/**/*.test.ts"], environment: "node" },
  };
});
