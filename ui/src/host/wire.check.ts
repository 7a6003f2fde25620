// Nothing runs here: these types fail to compile when `Host` and the shell's schema part. A field renamed in Rust and written
// to `bindings/app.ts` stops `npm run check` at the place that uses it, or here where only a narrowed type names it.

import type * as wire from "../bindings/app";
import type { Amounts, Delivery, Depth, Document, Host, HostError, HostEvents, OnProgress, Settings, Stage, TimeRange, VerdictLevel } from "./host";

/** Identical, down to what is optional; assignability alone would let a renamed optional field pass. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Holds<T extends true> = T;
type Fits<A extends B, B> = A;

type Argument<K extends keyof Host, I extends keyof Parameters<Host[K]>> = Parameters<Host[K]>[I];
type Answer<K extends keyof Host> = Awaited<ReturnType<Host[K]>>;

/** Everything that crosses, as the calls and events of the window have it. */
interface Seen {
  bounce: HostEvents["bounce"];
  changes: Answer<"compare_versions">;
  document: Answer<"check">;
  fault: HostError;
  files: Argument<"add_files", 0>;
  guess: Answer<"guess">[number];
  master: Argument<"outlook", 0>;
  open: HostEvents["open"];
  outlooks: Answer<"outlook">;
  preferences: Argument<"set_preferences", 0>;
  progress: Parameters<OnProgress>[0];
  render_options: Argument<"render", 1>;
  rendered: Answer<"render">;
  session: Answer<"undo">;
  settings: Argument<"set_settings", 0>;
  side: Argument<"listen", 0>;
  sound: HostEvents["sound"];
  start: Answer<"start">;
  which: Argument<"waveform", 0>;
}

/** Narrower than the schema: `depth` is a number there, `deliveries` are anything, files and preferences may be left out; a
 *  render's document is written as that of the document's own schema. */
type NarrowedOnes = "files" | "preferences" | "render_options" | "rendered" | "start";

export type Checks = [
  // Nothing crosses that the window does not know, and what it knows is what crosses.
  Holds<Same<keyof Seen, keyof wire.Wire>>,
  Holds<Same<Omit<Seen, NarrowedOnes>, Omit<wire.Wire, NarrowedOnes>>>,

  // The narrowed ones have the members of the schema, no more and no less, and fit it.
  Fits<Pick<Seen, NarrowedOnes>, Pick<wire.Wire, NarrowedOnes>>,
  Holds<Same<keyof Seen["files"], keyof wire.Sorted>>,
  Holds<Same<keyof Seen["preferences"], keyof wire.Preferences>>,
  Holds<Same<keyof Seen["preferences"]["render"], keyof wire.RenderPreference>>,
  Holds<Same<keyof Seen["render_options"], keyof wire.RenderOptions>>,
  Holds<Same<keyof Seen["rendered"], keyof wire.Rendered>>,
  Holds<Same<keyof Seen["start"], keyof wire.StartInfo>>,
  Holds<Same<Omit<Seen["start"], "preferences" | "deliveries">, Omit<wire.StartInfo, "preferences" | "deliveries">>>,
  // As loose as the narrowing takes them to be: where the schema comes to say more, the types by hand go.
  Holds<Same<wire.RenderOptions["depth"] | wire.RenderPreference["depth"], number>>,
  Holds<Same<wire.StartInfo["deliveries"], unknown[]>>,
  Fits<Depth, wire.RenderOptions["depth"]>,
  Fits<Delivery[], wire.StartInfo["deliveries"]>,

  // What also has a schema of its own is the same in both.
  Holds<Same<Amounts, wire.Amounts>>,
  Holds<Same<Document, wire.Document>>,
  Holds<Same<Settings, wire.Settings>>,
  Holds<Same<Stage, wire.Stage>>,
  Holds<Same<TimeRange, wire.TimeRange>>,
  Holds<Same<VerdictLevel, wire.VerdictLevel>>,
];
