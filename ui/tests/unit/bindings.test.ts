import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { bindings } from "../../scripts/bindings.mjs";

/** Three schemas are written anew, which takes seconds where others compile beside it. */
const PATIENCE_MS = 60_000;

test("the types are those of the schemas", { timeout: PATIENCE_MS }, async () => {
  const all = (await bindings()) as { file: string; wanted: string; written: string }[];
  expect(all.map(({ file }) => file.split("/").pop())).toEqual(["settings.ts", "document.ts", "app.ts"]);
  for (const { file, wanted, written } of all) expect(written === wanted, `${file} differs from its schema: run npm run bindings`).toBe(true);
});
