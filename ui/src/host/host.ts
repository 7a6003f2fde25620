// The one door between the window and whatever runs it. `tauri.ts` is the app, `recorded.ts` answers from recorded output
// of the core (browser tests, `npm run dev`). Nothing outside this folder knows which of the two it talks to.
//
// Conventions of the wire: field names are snake_case as the core writes them; quantities carry their unit in the name;
// `null` for a level is minus infinity (silence); bulk numbers are little-endian f32. Every call may fail with a HostError.
//
// What crosses is written once, by the shell: `bindings/app.ts` comes from its schema and is handed on here. Where the window
// knows more than the schema says, the type is narrowed from the generated one; `wire.check.ts` holds the two together.

import type * as wire from "../bindings/app";
import type { Changes, Guess, Master, Outlooks, SessionView, Side, Sound, StageChoice, Which } from "../bindings/app";
import type { Amounts, Document, Stage, TimeRange, VerdictLevel } from "../bindings/document";
import type { Settings } from "../bindings/settings";

export type { Amounts, Document, Settings, Stage, TimeRange, VerdictLevel };
export type {
  Accepted,
  AudioFormat,
  Change,
  Changes,
  Early,
  ExportFormat,
  Guess,
  Master,
  MixVerdict,
  MixVersion,
  Outlook,
  Outlooks,
  ProgressEvent,
  RecentSession,
  ReferenceFile,
  SessionView,
  Side,
  Snapshot,
  Sound,
  SoundState,
  StageChoice,
  StemFile,
  Stems,
  SystemInfo,
  Which,
} from "../bindings/app";

/** `T` with some members of a narrower type; a member that `T` does not have, or has as something else, does not compile. */
export type Narrowed<T, N extends { [K in keyof N]: K extends keyof T ? T[K] : never }> = Omit<T, keyof N> & N;

// ---------------------------------------------------------------------------------------------------------- errors

/** Why a call failed; the window acts on the code alone and shows the words as they are. */
export type ErrorCode = wire.Code;

/** A failed call: one line each, written by the core. Rejections of every Host call have this shape. */
export type HostError = wire.Fault;

/** Whether something thrown is a HostError. */
export function isHostError(e: unknown): e is HostError {
  return typeof e === "object" && e !== null && "code" in e && "what" in e;
}

// ----------------------------------------------------------------------------------------------------------- files

/** Files by what they are for; the stems may be one folder. */
export type NewFiles = Required<wire.Sorted>;

// ----------------------------------------------------------------------------------------------------------- start

/** What a platform or medium asks for (`models/delivery`). The schema leaves it open, so this is written by hand. */
export interface Delivery {
  name: string;
  title: string;
  medium: "streaming" | "guideline" | "broadcast" | "disc";
  loudness?: {
    target_lufs: number;
    tolerance_lu?: number | null;
    measured_on: "track" | "album" | "programme" | "dialogue";
    required: boolean;
    turned_up: "never" | "until_peak" | "always" | "unknown";
  } | null;
  true_peak?: { ceiling_dbtp: number; louder_than_lufs?: number | null; louder_ceiling_dbtp?: number | null } | null;
  format: { rates_hz?: number[]; min_rate_hz?: number; max_rate_hz?: number; min_bits?: number; max_bits?: number };
  vinyl?: { mono_below_hz: number } | null;
  notes: string[];
}

/** Bits a sample; 32 is floating point. A number in the schema. */
export type Depth = 16 | 24 | 32;

/** Kept by the host between starts. The host fills in what an older version did not know, so nothing is missing here. */
export type Preferences = Narrowed<Required<wire.Preferences>, { render: Narrowed<wire.RenderPreference, { depth: Depth }> }>;

export type StartInfo = Narrowed<wire.StartInfo, { preferences: Preferences; deliveries: Delivery[] }>;

// ------------------------------------------------------------------------------------------------------------ work

export type OnProgress = (event: wire.ProgressEvent) => void;

/** Without `overwrite` an existing file fails with code "exists". */
export type RenderOptions = Narrowed<wire.RenderOptions, { depth: Depth }>;

/** The document is that of the written file, measured again, with `verification`. */
export type Rendered = Narrowed<wire.Rendered, { document: Document }>;

// ------------------------------------------------------------------------------------------------------- listening

/** Middle of the 60 spectrum values of a frame, Hz: 20 Hz to 20 kHz, evenly spaced in log frequency. */
export const SPECTRUM_HZ: readonly number[] = Array.from({ length: 60 }, (_, i) => 20 * 1000 ** ((i + 0.5) / 60));

/** What is heard now, about 30 times a second. Minus infinity for silence. */
export interface PlaybackFrame {
  position_s: number;
  playing: boolean;
  side: Side;
  short_term_lufs: number;
  true_peak_dbtp: number;
  correlation: number;
  /** What level-match does to each, dB. */
  gain_a_db: number;
  gain_b_db: number;
  gain_r_db: number;
  /** Gain change of each dynamics band now, dB (negative is reduction). */
  bands_db: [number, number, number, number];
  limiter_db: number;
  /** Levels of SPECTRUM_HZ, dB. */
  spectrum_db: Float32Array;
}

/** Number of f32 of a frame on the wire. */
export const FRAME_VALUES = 14 + SPECTRUM_HZ.length;

/** Reads a frame off the wire: position, playing, side (0 A, 1 B, 2 R), short-term, true peak, correlation, gains A B R,
 *  four bands, limiter, spectrum. */
export function frameOf(values: Float32Array): PlaybackFrame {
  const at = (i: number): number => values[i] ?? Number.NaN;
  const side = at(2);
  return {
    position_s: at(0),
    playing: at(1) > 0.5,
    side: side > 1.5 ? "R" : side > 0.5 ? "B" : "A",
    short_term_lufs: at(3),
    true_peak_dbtp: at(4),
    correlation: at(5),
    gain_a_db: at(6),
    gain_b_db: at(7),
    gain_r_db: at(8),
    bands_db: [at(9), at(10), at(11), at(12)],
    limiter_db: at(13),
    spectrum_db: values.subarray(14, FRAME_VALUES),
  };
}

// ---------------------------------------------------------------------------------------------------------- events

export interface HostEvents {
  /** The file of a mix has changed on disk, or a newer bounce lies beside it. `mix` is none for a file not in the session. */
  bounce: wire.Bounce;
  /** The sound device came, went or changed. */
  sound: Sound;
  /** Another program asks to open these. */
  open: wire.Open;
  /** More of a waveform is there than when it was asked for. */
  waveform: null;
  /** The session changed by itself (work in the background). */
  session: SessionView;
  /** Files dragged over, dropped on or taken off the window. `x`, `y` in CSS pixels. */
  drag: { kind: "over"; paths: string[]; x: number; y: number } | { kind: "drop"; paths: string[]; x: number; y: number } | { kind: "leave" };
  /** The window is about to close. */
  close: Record<string, never>;
}

export type Unlisten = () => void;

// ------------------------------------------------------------------------------------------------------- the host

export interface Host {
  // Start, preferences
  start(): Promise<StartInfo>;
  set_preferences(preferences: Preferences): Promise<void>;

  // Session
  open_demo(job: string, progress: OnProgress): Promise<SessionView>;
  new_session(): Promise<SessionView>;
  open_session(path: string): Promise<SessionView>;
  /** Without a path: where it was saved before; fails with "missing" if it never was. */
  save_session(path?: string): Promise<SessionView>;
  guess(paths: string[]): Promise<Guess[]>;
  add_files(files: NewFiles): Promise<SessionView>;
  /** A mix or reference by id; "stems" for the stems. */
  remove_item(id: string): Promise<SessionView>;
  select_mix(id: string): Promise<SessionView>;
  set_stage(stage: StageChoice): Promise<SessionView>;
  set_stem_role(path: string, role: string): Promise<SessionView>;
  accept(code: string, system: string | null, on: boolean): Promise<SessionView>;
  rename_session(title: string): Promise<SessionView>;

  // Work. `job` names it for `cancel`; a cancelled job fails with code "cancelled".
  /** The current mix against the references, on all systems, with the stems if there are any. Answers at once where
   *  `document_ready`. */
  check(job: string, progress: OnProgress): Promise<Document>;
  compare_versions(older: string, newer: string): Promise<Changes>;
  /** Settings for the current mix, with what they bring. Without references: what the findings ask for. The session's
   *  settings become the proposal (one undo step). */
  propose(amounts: Amounts, target: string | null, ceiling_dbtp: number | null, job: string, progress: OnProgress): Promise<Document>;
  cancel(job: string): Promise<void>;

  // Settings
  /** `label` names the undo step: "Bell 232 Hz". Calls with the same label within one drag are one step if `merge`. */
  set_settings(settings: Settings, label: string, merge: boolean): Promise<SessionView>;
  undo(): Promise<SessionView>;
  redo(): Promise<SessionView>;
  store_snapshot(index: number, name: string): Promise<SessionView>;
  recall_snapshot(index: number): Promise<SessionView>;
  /** The current mix as these settings would render it, measured with the same checks. */
  measure_settings(settings: Settings, job: string, progress: OnProgress): Promise<Document>;
  /** Gain of the equaliser, dB, at `count` frequencies from 20 Hz to 20 kHz evenly spaced in log frequency. */
  eq_curve(settings: Settings, count: number): Promise<Float32Array>;
  /** Output level, dB, of dynamics band `band` at `count` input levels from -60 to 0 dBFS. */
  dynamics_curve(settings: Settings, band: number, count: number): Promise<Float32Array>;

  // Files
  render(settings: Settings, options: RenderOptions, job: string, progress: OnProgress): Promise<Rendered>;
  export_settings(settings: Settings, format: string): Promise<string>;
  /** What platforms and media would do with a master; `chosen` are the names of those it is meant for. */
  outlook(master: Master, chosen: string[]): Promise<Outlooks>;
  /** Opens the file manager at a file; fails with "missing" where there is none. */
  show_in_folder(path: string): Promise<void>;
  save_text(path: string, text: string, overwrite: boolean): Promise<void>;
  /** The ending decides: html, pdf, md, json. */
  write_report(path: string, overwrite: boolean): Promise<void>;
  /** What is heard of a passage now (side, system, solo), as a WAV file. */
  save_passage(which: Which, start_s: number, end_s: number, path: string, overwrite: boolean): Promise<void>;
  /** Help text of a check, Markdown-free paragraphs. */
  explain(code: string): Promise<string>;

  // Pictures: min, max, rms per column, full scale is 1; NaN where nothing was read yet
  waveform(which: Which, start_s: number, end_s: number, columns: number): Promise<Float32Array>;

  // Listening
  play(): Promise<void>;
  pause(): Promise<void>;
  seek(position_s: number): Promise<void>;
  set_loop(range: TimeRange | null): Promise<void>;
  listen(side: Side, reference?: string): Promise<void>;
  set_level_match(on: boolean): Promise<void>;
  set_system(name: string | null): Promise<SessionView>;
  set_solo(band_hz: [number, number] | null): Promise<void>;
  set_bypass(on: boolean): Promise<void>;
  set_mono(on: boolean): Promise<void>;
  /** Opens the device again after it was lost or absent. */
  retry_sound(): Promise<Sound>;
  watch_playback(onFrame: (frame: PlaybackFrame) => void): Promise<Unlisten>;

  // The desktop
  on<K extends keyof HostEvents>(event: K, handler: (payload: HostEvents[K]) => void): Promise<Unlisten>;
  /** Asks for audio or session files; empty if the user chose none. */
  choose_files(title: string, kind: "audio" | "any"): Promise<string[]>;
  choose_folder(title: string): Promise<string | null>;
  /** Asks where to write; none if the user chose nothing. */
  choose_save(title: string, suggested: string, extensions: string[]): Promise<string | null>;
  /** A line for the log of the app (faults of the window). */
  log(line: string): Promise<void>;
}
