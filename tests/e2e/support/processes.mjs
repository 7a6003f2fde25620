// Programs that say on standard output how far they are.

import { until } from "./webdriver.mjs";

/** What a program says, line by line; `line` waits until it has said one. */
export function said(child) {
  let text = "";
  child.stdout.on("data", (bytes) => (text += bytes));
  const lines = () => text.split("\n").slice(0, -1);
  return { lines, line: (wanted, ms) => until(`the program says ${wanted}, after ${lines().join(", ") || "nothing"}`, () => lines().includes(wanted), ms) };
}
