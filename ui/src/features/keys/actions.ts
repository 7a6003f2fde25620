// Everything that can be done by name or key: the palette, the keys overlay and the keyboard read this one list.

import { type App, VIEWS, VIEW_TITLES } from "../app.svelte";
import type { Listening } from "../listen/listen.svelte";
import type { Side } from "../../host/host";
import { mixerNote } from "../check/rows";

export type Section = "Views" | "Listening" | "Findings" | "Fix" | "Session";

export interface Action {
  id: string;
  title: string;
  section: Section;
  /** As `keyOfEvent` writes them; the first is shown. */
  keys: string[];
  /** A key without Ctrl: can be changed, and switched off. */
  single: boolean;
  enabled: () => boolean;
  run: () => void;
  /** While held; `run` on press, this on release. */
  release?: () => void;
}

/** The key of an event: "Ctrl+Shift+Z", "Space", "a", "?", "Shift+1" (digits by place, letters by what they write). */
export function keyOfEvent(e: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): string {
  const digit = /^Digit(\d)$/.exec(e.code)?.[1];
  const name = e.key === " " ? "Space" : digit && (e.shiftKey || e.ctrlKey || e.metaKey) ? digit : e.key.length === 1 ? e.key.toUpperCase() : e.key;
  const written = e.key.length === 1 && !/[a-z0-9 ]/i.test(e.key) && !digit;
  return [e.ctrlKey || e.metaKey ? "Ctrl" : "", e.altKey ? "Alt" : "", e.shiftKey && !written ? "Shift" : "", name].filter(Boolean).join("+");
}

/** How far the arrows move, s. */
const STEP_S = 2;

function sectionStarts(app: App): number[] {
  const starts = (app.doc?.comparison?.sections ?? []).flatMap((s) => s.time.map((t) => t.start_s));
  return [...new Set([0, ...starts])].sort((a, b) => a - b);
}

function jump(app: App, listening: Listening, by: 1 | -1): void {
  const at = listening.position;
  const starts = sectionStarts(app);
  const next = by > 0 ? starts.find((s) => s > at + 0.05) : [...starts].reverse().find((s) => s < at - 0.5);
  if (next !== undefined) listening.seek(next);
}

export function selectFinding(app: App, by: 1 | -1): void {
  const rows = app.allRows;
  const at = rows.findIndex((r) => r.key === app.row?.key);
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next) app.selected = next.key;
}

/** Plays the passage of the finding that is looked at, through its system where that is wanted. */
export function hearFinding(app: App, listening: Listening, key?: string): void {
  const row = key ? app.allRows.find((r) => r.key === key) : app.row;
  if (!row) return;
  app.selected = row.key;
  const follow = app.preferences?.follow_system ?? true;
  const system = row.finding.system ? (follow ? row.finding.system : undefined) : listening.system && follow ? null : undefined;
  listening.hear(row.finding.time[0] ?? null, { system, side: "A" });
}

export async function openFiles(app: App): Promise<void> {
  try {
    await app.openPaths(await app.host.choose_files("Open a mix, references, stems or a session", "audio"));
  } catch (e) {
    app.fail(e);
  }
}

export async function writeReport(app: App): Promise<void> {
  if (!app.doc) return;
  const path = await app.host.choose_save("Write the report", `${app.session?.title ?? "Report"}.html`, ["html", "pdf", "md", "json"]).catch(() => null);
  if (path) await app.writing(path, (overwrite) => app.host.write_report(path, overwrite), "Report written");
}

export function copyNote(app: App): void {
  if (!app.doc) return;
  navigator.clipboard.writeText(mixerNote(app.doc, app.rows.groups)).then(
    () => app.say("Note to the mixer copied"),
    () => app.say("The clipboard is not open to this window", "warn"),
  );
}

export function actionsOf(app: App, listening: Listening): Action[] {
  const has = (): boolean => app.hasMix;
  const sounds = (): boolean => app.hasMix && listening.ok;
  const out: Action[] = [];
  const add = (section: Section, id: string, title: string, keys: string[], run: () => void, enabled = has, release?: () => void): void => {
    out.push({ id, title, section, keys, run, enabled, single: !(keys[0] ?? "Ctrl").startsWith("Ctrl"), ...(release ? { release } : {}) });
  };
  VIEWS.forEach((view, i) =>
    add("Views", `view-${view}`, `Go to ${VIEW_TITLES[view]}`, [String(i + 1)], () => {
      app.view = view;
      app.changes = null;
    }),
  );
  add("Views", "palette", "Find or do anything", ["Ctrl+K"], () => (app.overlay = "palette"), () => true);
  add("Views", "keys", "Show the keys", ["?"], () => (app.overlay = "keys"), () => true);
  add("Views", "preferences", "Preferences", ["Ctrl+,"], () => (app.overlay = "preferences"), () => true);

  add("Listening", "play", "Play or pause", ["Space"], listening.toggle, sounds);
  add("Listening", "loop", "Loop on or off", ["L"], listening.toggleLoop, sounds);
  add("Listening", "home", "To the start", ["Home"], () => listening.seek(0), sounds);
  for (const [side, what] of [["A", "the mix"], ["B", "the fixed mix"], ["R", "the reference"]] as [Side, string][]) {
    add("Listening", `listen-${side}`, `Listen to ${what}`, [side], () => listening.listen(side), () => listening.canHear(side));
  }
  add("Listening", "swap", "Swap the last two", ["X"], listening.swap, sounds);
  add("Listening", "next-reference", "Next reference", ["Shift+R"], listening.nextReference, () => listening.canHear("R"));
  add("Listening", "match", "Level-match on or off", ["M"], () => listening.setLevelMatch(!listening.levelMatch), sounds);
  add("Listening", "back", "Two seconds back", ["ArrowLeft"], () => listening.seek(listening.position - STEP_S), sounds);
  add("Listening", "forth", "Two seconds on", ["ArrowRight"], () => listening.seek(listening.position + STEP_S), sounds);
  add("Listening", "section-back", "Section back", ["Shift+ArrowLeft"], () => jump(app, listening, -1), sounds);
  add("Listening", "section-on", "Section on", ["Shift+ArrowRight"], () => jump(app, listening, 1), sounds);
  add("Listening", "systems", "Hear through a system", ["T"], () => (app.overlay = "systems"), sounds);
  add("Listening", "direct", "Hear it direct", ["0"], () => listening.audition(null), sounds);
  add("Listening", "mono", "Mono on or off", ["Shift+M"], () => listening.setMono(!listening.mono), sounds);

  add("Findings", "next", "Next finding", ["J", "ArrowDown"], () => selectFinding(app, 1));
  add("Findings", "previous", "Previous finding", ["K", "ArrowUp"], () => selectFinding(app, -1));
  add("Findings", "hear", "Hear the finding", ["Enter"], () => hearFinding(app, listening), sounds);
  add("Findings", "solo", "Solo its band while held", ["S"], () => {
    const band = app.row?.finding.band_hz;
    if (band) listening.setSolo([band[0] ?? 20, band[1] ?? 20_000]);
  }, sounds, () => listening.setSolo(null));
  add("Findings", "loop-finding", "Loop the finding", ["F"], () => {
    const time = app.row?.finding.time[0];
    if (time) listening.setLoop(listening.widened(time));
  }, sounds);

  add("Fix", "bypass", "Bypass all on or off", ["Y"], () => listening.setBypass(!listening.bypass));
  [0, 1, 2, 3].forEach((i) => {
    const letter = "ABCD"[i] ?? "";
    add("Fix", `recall-${i}`, `Recall snapshot ${letter}`, [`Shift+${i + 1}`], () => void app.change(app.host.recall_snapshot(i)), () => Boolean(app.session?.snapshots[i]));
    add("Fix", `store-${i}`, `Store snapshot ${letter}`, [`Ctrl+Shift+${i + 1}`], () => void app.change(app.host.store_snapshot(i, app.session?.snapshots[i]?.name ?? `Snapshot ${letter}`)));
  });
  add("Fix", "propose", "Propose settings again", [], () => void app.propose());

  add("Session", "open", "Open files", ["Ctrl+O"], () => void openFiles(app), () => true);
  add("Session", "save", "Save the session", ["Ctrl+S"], () => void app.save().catch(app.fail));
  add("Session", "save-as", "Save the session elsewhere", ["Ctrl+Shift+S"], () => void app.save(true).catch(app.fail));
  add("Session", "new", "New session", ["Ctrl+N"], () => void app.change(app.host.new_session()), () => true);
  add("Session", "render", "Render", ["Ctrl+R"], () => {
    app.view = "deliver";
    queueMicrotask(() => document.querySelector<HTMLElement>("[data-testid=render]")?.click());
  });
  add("Session", "report", "Write the report", ["Ctrl+E"], () => void writeReport(app));
  add("Session", "note", "Copy the note to the mixer", [], () => copyNote(app));
  add("Session", "undo", "Undo", ["Ctrl+Z"], () => void app.undo(), () => app.session?.can_undo ?? false);
  add("Session", "redo", "Redo", ["Ctrl+Shift+Z", "Ctrl+Y"], () => void app.redo(), () => app.session?.can_redo ?? false);
  add("Session", "recheck", "Check again", [], () => void app.check());
  add("Session", "demo", "Try the demo mix", [], () => void app.openDemo(), () => true);
  return out;
}
