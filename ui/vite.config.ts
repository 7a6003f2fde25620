import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// Two builds from one source: the app (`vite build` -> dist), and the same window over the recorded host
// (`--mode recorded` -> dist-recorded) for browser tests. `npm run dev` serves the recorded one.
export default defineConfig(({ mode, command }) => {
  const recorded = mode === "recorded" || command === "serve";
  return {
    plugins: [svelte()],
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
    test: { include: ["tests/unit/**/*.test.ts"], environment: "node" },
  };
});
