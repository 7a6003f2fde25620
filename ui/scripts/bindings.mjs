// Writes src/bindings/*.ts from the JSON Schemas that the core and the shell write. `--check` writes nothing and fails on a difference.
import { compile } from "json-schema-to-typescript";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Schema file and what it becomes, and whose types it takes over where they are the same. */
export const BINDINGS = [
  ["../schema/plumbline-settings.schema.json", "src/bindings/settings.ts", []],
  ["../schema/plumbline-document.schema.json", "src/bindings/document.ts", ["settings"]],
  ["../schema/app.schema.json", "src/bindings/app.ts", ["settings", "document"]],
];

/** An exported type with the comment before it. */
const EXPORTED = /(?:\/\*\*\n(?: \*[^\n]*\n)+)?export (?:interface (\w+) \{\n[\s\S]*?\n\}|type (\w+) =[\s\S]*?;)\n/g;

/** The text with each type that another binding has word for word, and whose own types are the same too, taken from there instead. */
function shared(text, others) {
  const own = typesOf(text);
  const home = new Map();
  for (const [name, whole] of own) {
    const from = others.find(({ types }) => types.get(name) === whole);
    if (from) home.set(name, from.name);
  }
  // Generated names end in numbers: the same words may name something else in the other binding.
  // Comments name things too, but no types.
  const code = (name) => own.get(name).replace(/\/\*\*[\s\S]*?\*\//g, "");
  const differs = (name) => [...code(name).matchAll(/\b[A-Z]\w*/g)].some(([word]) => own.has(word) && !home.has(word));
  for (let left = true; left; ) {
    const strays = [...home.keys()].filter(differs);
    strays.forEach((name) => home.delete(name));
    left = strays.length > 0;
  }
  const rest = text.replace(EXPORTED, (whole, asInterface, asType) => (home.has(asInterface ?? asType) ? "" : whole));
  const lines = others.flatMap(({ name: from }) => {
    const names = [...home].filter(([, at]) => at === from).map(([name]) => name);
    return names.length === 0 ? [] : ["import", "export"].map((verb) => `${verb} type { ${names.sort().join(", ")} } from "./${from}";\n`);
  });
  return rest.replace("\n\n", `\n\n${lines.join("")}${lines.length > 0 ? "\n" : ""}`);
}

/** The exported types of a text by name, those it only hands on left out. */
const typesOf = (text) => new Map([...text.matchAll(EXPORTED)].map(([whole, asInterface, asType]) => [asInterface ?? asType, whole]));

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
  const made = new Map();
  for (const [schema, file, from] of BINDINGS) {
    const text = await bindingOf(schema);
    const wanted = shared(text, from.map((name) => ({ name, types: made.get(name) })));
    made.set(path.basename(file, ".ts"), typesOf(wanted));
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
