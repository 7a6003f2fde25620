// The committed recording, as the tests read it: real output of the core.

import { readFileSync } from "node:fs";
import type { Recording } from "../../src/host/recorded/recording";

export const demo = JSON.parse(readFileSync(new URL("../../recordings/demo.json", import.meta.url), "utf8")) as Recording;
export const mix = (() => {
  const [first] = demo.mixes;
  if (!first) throw new Error("the recording has no mix");
  return first;
})();
