import svelte from "eslint-plugin-svelte";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist/", "dist-recorded/", "src/bindings/", "recordings/"] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"] } },
  },
  {
    // Node scripts and browser tests.
    files: ["**/*.mjs", "*.js"],
    languageOptions: { globals: Object.fromEntries(["process", "Buffer", "URL", "console", "globalThis", "document", "navigator", "getComputedStyle", "performance"].map((n) => [n, "readonly"])) },
  },
  {
    rules: {
      // Which modules know the shell: src/host alone.
      "no-restricted-imports": ["error", { patterns: [{ group: ["@tauri-apps/*"], message: "Only src/host knows Tauri." }] }],
      "no-eval": "error",
      // `void promise` marks what is not waited for.
      "no-void": "off",
      "@typescript-eslint/no-confusing-void-expression": "off",
      // The handlers that a role asks for are elsewhere (lists handle keys for their rows).
      "svelte/no-at-html-tags": "error",
      // The store of plain `Map` and `Set` inside a derivation is never written to afterwards.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  { files: ["src/host/*.ts"], rules: { "no-restricted-imports": "off" } },
);
