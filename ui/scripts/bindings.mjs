// Writes src/bindings/*.ts from the JSON Schemas that the core and the shell write. `--check` writes nothing and fails on a difference.
import { compile } from "json-schema-to-typescript";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Schema file and what it becomes. */
export const BINDINGS = [
  ["../schema/plumbline-document.schema.json", "src/bindings/document.ts"],
  ["../schema/plumbline-settings.schema.json", "src/bindings/settings.ts"],
  ["../schema/app.schema.json", "src/bindings/app.ts"],
];

/** A reference with words beside it would become a type of its own for every place that names it: keep the reference. */
function bare(node) {
  if (Array.isArray(node)) return node.map(bare);
  if (node === null || typeof node !== "object") return node;
  if (typeof node.$ref === "string") return { $ref: node.$ref };
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, bare(value)]));
}

/** The TypeScript text of one schema. */
export async function bindingOf(schema) {
  const tree = bare(JSON.parse(await readFile(path.join(root, schema), "utf8")));
  return compile(tree, tree.title, {
    bannerComment: "// Written by `npm run bindings` from the core's schema; do not edit.",
    additionalProperties: false,
    style: { printWidth: 120, tabWidth: 2 },
  });
}

/** Pairs of written and wanted text for every schema. */
export async function bindings() {
  const out = [];
  for (const [schema, file] of BINDINGS) {
    const wanted = await bindingOf(schema);
    const written = await readFile(path.join(root, file), "utf8").catch(() => "");
    out.push({ file: path.join(root, file), schema, wanted, written });
  }
  return out;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes("--check");
  for (const { file, schema, wanted, written } of await bindings()) {
    if (wanted === written) continue;
    if (check) {
      console.error(`${file} differs from ${schema}; run npm run bindings`);
      process.exitCode = 1;
    } else {
      await writeFile(file, wanted);
      console.log(`wrote ${path.relative(root, file)}`);
    }
  }
}
