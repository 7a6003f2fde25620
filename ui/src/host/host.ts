// The one door between the window and whatever runs it. `tauri.ts` is the app, `recorded.ts` answers from recorded output
// of the core (browser tests, `npm run dev`). Nothing outside this folder knows which of the two it talks to.
//
// Conventions of the wire: field names are snake_case as the core writes them; quantities carry their unit in the name;
// `null` for a level is minus infinity (silence); bulk numbers are little-endian f32. Every call may fail with a HostError.

import type { Amounts, Document, Stage, TimeRange, VerdictLevel } from "../bindings/document";
import type { Settings } from "../bindings/settings";

export type { Amounts, Document, Settings, Stage, TimeRange, VerdictLevel };

// ---------------------------------------------------------------------------------------------------------- errors

/** Why a call failed; the window acts on the code alone and shows the words as they are. */
export type ErrorCode = "cancelled" | "exists" | "missing" | "unreadable" | "setting" | "sound" | "bug";

/** A failed call: one line each, written by the core. Rejections of every Host call have this shape. */
export interface HostError {
  code: ErrorCode;
  /** What happened, as "the file ends 20.4 MB early". */
  what: string;
  /** File, folder or setting it happened to. */
  where?: string | null;
  /** What to try. */
  hint: string;
}

/** Whether something thrown is a HostError. */
export function isHostError(e: unknown): e is HostError {
  return typeof e === "object" && e !== null && "code" in e && "what" in e;
}

// --------------------------------------------------------------------------------------------------------- session

/** One bounce of the mix. */
export interface MixVersion {
  id: string;
  path: string;
  /** Short name for the rail and the A button: "v7", or the file name where there is only one. */
  name: string;
  /** File name without folders. */
  file: string;
  /** As read: "48 kHz, 24 bit, stereo"; empty until it was read. */
  format: string;
  /** Length, s; 0 until it was read. */
  duration_s: number;
  /** Last change of the file, ISO 8601; empty if the file is missing. */
  modified: string;
  /** The file is not where it was. */
  missing: boolean;
  /** Verdict of its last check, if there was one. */
  verdict?: MixVerdict | null;
}

/** What the rail says of a checked version. */
export interface MixVerdict {
  level: VerdictLevel;
  sentence: string;
  /** Findings that are hard faults. */
  faults: number;
  /** Against the next older checked version; none where there is none. */
  mended?: number | null;
  added?: number | null;
}

export interface ReferenceFile {
  id: string;
  path: string;
  /** Name for people: file name without ending. */
  name: string;
  /** "R1", "R2" in the order given; the same as in documents. */
  label: string;
  /** Why it is left out of the range: "4.1 dB brighter than the others"; none for a reference like the others. */
  odd?: string | null;
  missing: boolean;
}

export interface StemFile {
  path: string;
  /** File name without folders, as documents name it. */
  name: string;
  /** Role as `Masking.stems[].role`; "" until it is known. */
  role: string;
}

export interface Stems {
  folder?: string | null;
  files: StemFile[];
  /** What is left when the sum is taken from the mix, dB re the mix; null for nothing left; absent until measured. */
  null_db?: number | null;
  /** Whether they sum to the mix; absent until measured. */
  sums?: boolean | null;
}

export interface Snapshot {
  name: string;
  settings: Settings;
}

export interface Accepted {
  code: string;
  system?: string | null;
}

/** "auto" lets the core find out and say why. */
export type StageChoice = Stage | "auto";

/** The session as the window shows it. Truth and history live with the host; every change returns the new view. */
export interface SessionView {
  title: string;
  /** Where it was saved; none for a session that was not. */
  saved_to?: string | null;
  /** Changes since it was saved or opened. */
  dirty: boolean;
  /** Newest first. */
  mixes: MixVersion[];
  /** Id of the mix that is looked at. */
  current_mix?: string | null;
  references: ReferenceFile[];
  stems?: Stems | null;
  stage: StageChoice;
  accepted: Accepted[];
  /** What B plays and a render writes. */
  settings: Settings;
  amounts: Amounts;
  /** Loudness to reach: a name of `StartInfo.deliveries`, a number in LUFS as text, or none (the references decide). */
  target?: string | null;
  /** Highest true peak, dBTP; none for the core's own. */
  ceiling_dbtp?: number | null;
  /** Places A to D. */
  snapshots: [Snapshot | null, Snapshot | null, Snapshot | null, Snapshot | null];
  /** The place whose settings are the current ones. */
  active_snapshot?: number | null;
  can_undo: boolean;
  can_redo: boolean;
  undo_label?: string | null;
  redo_label?: string | null;
  /** Name of the system that is heard through; none is direct. */
  playback_system?: string | null;
  /** `check` answers at once: the current mix was measured and nothing it depends on has changed. */
  document_ready: boolean;
  /** `settings` come from a proposal for the current mix, or from a saved session. */
  proposal_ready: boolean;
}

/** What a dropped or opened path seems to be. */
export interface Guess {
  path: string;
  kind: "mix" | "reference" | "stems" | "session" | "unreadable";
  /** Why it is unreadable, or what was taken for what. */
  message?: string | null;
}

export interface NewFiles {
  mixes: string[];
  references: string[];
  /** Stem files, or a folder of them. */
  stems: string[];
}

/** A finding in one of two versions. */
export interface Change {
  code: string;
  system?: string | null;
  title: string;
  status: "note" | "warn" | "fail";
  unit: string;
  /** Value in the older version; absent where it was not found there. */
  before?: number | null;
  /** Value in the newer version; absent where it is not found there. */
  after?: number | null;
}

export interface Changes {
  mended: Change[];
  new: Change[];
  remaining: Change[];
}

// ----------------------------------------------------------------------------------------------------------- start

export interface SystemInfo {
  name: string;
  title: string;
  /** As it stands in a sentence: "on a phone". */
  place: string;
  /** "small", "headphones", "room", "car", "stage"; anything else is the user's own. */
  group: string;
  basis: "measured" | "partly" | "estimated";
  /** What it rests on and how uncertain it is, one sentence. */
  note: string;
}

/** What a platform or medium asks for (`models/delivery`). */
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

export interface ExportFormat {
  /** Name for `export_settings`: "reaper". */
  name: string;
  /** For people: "REAPER (ReaEQ)". */
  title: string;
  /** Ending of the file, without the dot. */
  extension: string;
}

export interface RecentSession {
  path: string;
  title: string;
  /** ISO 8601. */
  opened: string;
  missing: boolean;
}

/** Kept by the host between starts. Unknown keys of older versions are dropped. */
export interface Preferences {
  /** Level-match A, B and R. */
  level_match: boolean;
  /** Single-key shortcuts (WCAG 2.1.4). */
  single_keys: boolean;
  /** Key chosen for an action instead of its own, by action name. */
  keys: Record<string, string>;
  /** Last format chosen in Deliver. */
  render: { format: AudioFormat; depth: Depth };
  /** Targets ticked in Deliver, by name. */
  targets: string[];
  /** Play a finding's passage through its system on Hear. */
  follow_system: boolean;
}

export type SoundState = "ready" | "absent" | "lost";

export interface Sound {
  state: SoundState;
  device?: string | null;
  /** One line: what it plays at, or why nothing plays. */
  message: string;
}

export interface StartInfo {
  version: string;
  recent: RecentSession[];
  preferences: Preferences;
  sound: Sound;
  /** Paths given when the program was started. */
  open_paths: string[];
  /** Playback systems in the order in which they are shown, those of the user last. */
  systems: SystemInfo[];
  deliveries: Delivery[];
  exports: ExportFormat[];
  session: SessionView;
}

// ------------------------------------------------------------------------------------------------------------ work

/** A step of long work: several may be under way at once; `id` names one of them. */
export interface ProgressEvent {
  /** What is done, for people: "Measuring mix.wav". */
  step: string;
  id: number;
  /** 0 to 1. */
  part: number;
  kind: "begin" | "advance" | "end";
}

export type OnProgress = (event: ProgressEvent) => void;

export type AudioFormat = "wav" | "aiff" | "flac";
/** Bits a sample; 32 is floating point. */
export type Depth = 16 | 24 | 32;

export interface RenderOptions {
  path: string;
  format: AudioFormat;
  depth: Depth;
  /** Without it an existing file fails with code "exists". */
  overwrite: boolean;
}

export interface Rendered {
  path: string;
  /** The written file, measured again, with `verification`. */
  document: Document;
  /** What was done to the samples, in words. */
  steps: string[];
}

/** The mix, the mix with the settings, or a reference by id. */
export type Which = "A" | "B" | { r: string };

// ------------------------------------------------------------------------------------------------------- listening

export type Side = "A" | "B" | "R";

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
  bounce: { mix?: string | null; path: string };
  /** The sound device came, went or changed. */
  sound: Sound;
  /** Another program asks to open these. */
  open: { paths: string[] };
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
