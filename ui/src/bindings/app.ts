// Written by `npm run bindings` from the core's schema; do not edit.

import type { BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Settings, Stereo } from "./settings";
export type { BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Settings, Stereo } from "./settings";
import type { Amounts, Band, Band2, BandTone, BandWidth, BassLine, CarriedBy, ChannelLevels, ChannelPeak, ChannelPeak2, ChannelRole, Check, Click, Data, Data10, Data11, Data12, Data13, Data14, Data15, Data2, Data3, Data4, Data5, Data6, Data7, Data8, Data9, Db, Dbtp, Dimension, Edge, Edge2, Evidence, Expectation, Finding, Fix, Gap, Group, Hz, Image, Input, Layout, Lu, Lufs, Masking, MaskingBasis, MatchMode, MatchedTone, MatrixCell, Maximum, Measurements, MissingBand, Moment, Move, MoveOutcome, Outcome, Outlier, Pair, Picture, Place, Points, Proposal, Quantity, Range, ReferenceName, ReferenceResidual, Region, RegionHeard, Remedy, Resum, Ring, Role, RoleBasis, Seconds, SectionComparison, Series, SourceInfo, Spread, Stage, Status, StemFacts, StemMove, StemResult, StemSettings, Sunk, SystemScore, TimeRange, Together, TranslationTrade, Uncertain, Verdict, VerdictLevel } from "./document";
export type { Amounts, Band, Band2, BandTone, BandWidth, BassLine, CarriedBy, ChannelLevels, ChannelPeak, ChannelPeak2, ChannelRole, Check, Click, Data, Data10, Data11, Data12, Data13, Data14, Data15, Data2, Data3, Data4, Data5, Data6, Data7, Data8, Data9, Db, Dbtp, Dimension, Edge, Edge2, Evidence, Expectation, Finding, Fix, Gap, Group, Hz, Image, Input, Layout, Lu, Lufs, Masking, MaskingBasis, MatchMode, MatchedTone, MatrixCell, Maximum, Measurements, MissingBand, Moment, Move, MoveOutcome, Outcome, Outlier, Pair, Picture, Place, Points, Proposal, Quantity, Range, ReferenceName, ReferenceResidual, Region, RegionHeard, Remedy, Resum, Ring, Role, RoleBasis, Seconds, SectionComparison, Series, SourceInfo, Spread, Stage, Status, StemFacts, StemMove, StemResult, StemSettings, Sunk, SystemScore, TimeRange, Together, TranslationTrade, Uncertain, Verdict, VerdictLevel } from "./document";

/**
 * Which way a finding went.
 */
export type Trend = "better" | "same" | "worse";
/**
 * What a file was held against.
 */
export type Basis2 = "neutral" | "references" | "same_session";
/**
 * What a figure rests on.
 */
export type Basis = "measured" | "partly" | "estimated";
/**
 * What the window can act on.
 */
export type Code = "cancelled" | "exists" | "missing" | "unreadable" | "setting" | "sound" | "bug";
/**
 * What a file is to a session.
 */
export type Kind = "mix" | "reference" | "stems" | "session" | "unreadable";
/**
 * Kinds of files that are written.
 */
export type AudioFormat = "wav" | "aiff" | "flac";
/**
 * What happened to a step.
 */
export type ProgressKind = "begin" | "advance" | "end" | "found";
/**
 * Which stage the user asked for.
 */
export type StageChoice = "mix" | "master" | "auto";
/**
 * What is listened to.
 */
export type Side = "A" | "B" | "R";
/**
 * Whether there is something to play on.
 */
export type SoundState = "ready" | "absent" | "lost";
/**
 * What is drawn or saved: the mix, the mix with its settings, or a reference.
 */
export type Which =
  | MixSide
  | {
      /**
       * The id.
       */
      r: string;
    };
/**
 * The mix without and with its settings.
 */
export type MixSide = "A" | "B";

/**
 * Everything that crosses, as one schema.
 */
export interface Wire {
  bounce: Bounce;
  changes: Changes;
  document: Document;
  fault: Fault;
  files: Sorted;
  guess: Guess;
  master: Master;
  open: Open;
  outlooks: Outlooks;
  preferences: Preferences;
  progress: ProgressEvent;
  render_options: RenderOptions;
  rendered: Rendered;
  session: SessionView;
  settings: Settings;
  side: Side;
  sound: Sound;
  start: StartInfo;
  which: Which;
}
/**
 * A mix was bounced again.
 */
export interface Bounce {
  /**
   * Id of the new version.
   */
  mix?: string | null;
  /**
   * Its file.
   */
  path: string;
}
/**
 * What separates two checks of versions of one mix.
 */
export interface Changes {
  /**
   * Findings of the older version that the newer one does not have.
   */
  mended: Change[];
  /**
   * Findings of the newer version that the older one did not have.
   */
  new: Change[];
  /**
   * Findings of both.
   */
  remaining: Change[];
}
/**
 * A finding in one or both versions.
 */
export interface Change {
  /**
   * Value in the newer version; none where it is not found there.
   */
  after?: number | null;
  /**
   * Frequencies, \[low, high\] Hz.
   *
   * @minItems 2
   * @maxItems 2
   */
  band_hz?: [number, number] | null;
  /**
   * Value in the older version; none where it was not found there.
   */
  before?: number | null;
  /**
   * Code of the finding.
   */
  code: string;
  status: Status;
  /**
   * Playback system, for findings about translation.
   */
  system?: string | null;
  /**
   * What a listener hears.
   */
  title: string;
  trend: Trend;
  /**
   * Unit of the values.
   */
  unit: string;
  where: Place;
}
/**
 * Everything that is known about one file after a job.
 */
export interface Document {
  /**
   * Result of every check that ran.
   */
  checks: Check[];
  /**
   * The file against its references or the neutral range.
   */
  comparison?: Comparison | null;
  /**
   * What was not passed, in order of weight.
   */
  findings: Finding[];
  input: Input;
  judgement: Verdict;
  /**
   * Masking: between stems, or estimated from the mix alone.
   */
  masking?: Masking | null;
  measurements: Measurements;
  /**
   * Proposed settings (match).
   */
  proposal?: Proposal | null;
  /**
   * [`SCHEMA`].
   */
  schema: string;
  /**
   * Every change made to the data on the way, in words: nothing is silent.
   */
  steps: string[];
  /**
   * Version of the tool.
   */
  tool_version: string;
  /**
   * What is left of the file on playback systems, beside its references.
   */
  translation?: Translation | null;
  verdict: VerdictLevel;
  /**
   * What they brought (match).
   */
  verification?: Verification | null;
}
/**
 * A file against its references or the neutral range.
 */
export interface Comparison {
  /**
   * The same in words: "R1–R3", "the neutral range".
   */
  against: string;
  basis: Basis2;
  /**
   * Tone against the reference whose music is most like the file's; none without one.
   */
  matched?: MatchedTone | null;
  /**
   * References that stand apart.
   */
  outliers: Outlier[];
  /**
   * Everything that is one number: loudness, dynamics, width.
   */
  quantities: Quantity[];
  /**
   * The references, in the order given.
   */
  references: ReferenceName[];
  /**
   * Narrow ranges that stand out, the highest first.
   */
  rings: Ring[];
  /**
   * How alike the music of file and reference is: roughness of the matched difference, dB (below 1.5 mostly the same
   * session, above 3 mostly another record); none without a reference.
   */
  roughness_db?: number | null;
  /**
   * Sections of like energy compared with each other.
   */
  sections: SectionComparison[];
  /**
   * Tone per third octave.
   */
  tone: BandTone[];
  /**
   * Width per third octave; empty for mono files and against the neutral range.
   */
  width: BandWidth[];
}
/**
 * A mix on all systems.
 */
export interface Translation {
  /**
   * What it was held against: "R1–R3", "the neutral range".
   */
  against: string;
  /**
   * The systems.
   */
  systems: SystemHeard[];
}
/**
 * A mix on one system.
 */
export interface SystemHeard {
  basis: Basis;
  bass_line: BassLine;
  group: Group;
  /**
   * How much a bump in the upper mids lifts presence against the mids here, LU; none where the system does not play it in full.
   */
  harshness_lu?: Uncertain | null;
  /**
   * How much more the place lifts 2 to 5 kHz than 0.5 to 1.5 kHz, dB: what it adds to harshness by itself.
   */
  harshness_place_db: number;
  /**
   * Part of the programme's loudness that the noise of the place leaves, 0 to 1.
   */
  left_in_noise: number;
  /**
   * A-weighted level of the programme, dBA.
   */
  level_dba: number;
  /**
   * Third octaves at the listener, dB SPL, 20 Hz to 20 kHz: the mix.
   */
  mix_db_spl: number[];
  /**
   * Change of loudness because left and right are added or heard by both ears, beyond the references, LU.
   */
  mono_lu: number;
  /**
   * How much a bump in the low mids lifts them against the mids here, LU; none where the system does not play them in full.
   */
  mud_lu?: Uncertain | null;
  /**
   * How much more it lifts 150 to 400 Hz than 0.6 to 2.5 kHz, dB: what it adds to mud by itself.
   */
  mud_place_db: number;
  /**
   * The noise at the listener's ears, dB SPL; none where it is silent.
   */
  noise_db_spl?: number[] | null;
  /**
   * As it stands in a sentence: "on a phone".
   */
  place: string;
  /**
   * The same with the references' sound.
   */
  references_db_spl: number[];
  /**
   * The six regions.
   */
  regions: RegionHeard[];
  /**
   * 0 to 100.
   */
  score: number;
  /**
   * Power that too much sub costs the subwoofers, dB; none where the system has none or the mix leaves them idle.
   */
  sub_power_db?: Uncertain | null;
  sunk: Sunk;
  /**
   * Name of the system.
   */
  system: string;
  /**
   * What the score is made of: points taken off.
   */
  taken_off: Points[];
  /**
   * For people.
   */
  title: string;
}
/**
 * The verified result of a match.
 */
export interface Verification {
  /**
   * The result against the same references as the input: what reports draw as "after".
   */
  comparison?: Comparison | null;
  /**
   * Integrated loudness of the result, LUFS.
   */
  integrated_lufs?: number | null;
  /**
   * Limiter: share of the time with more than 1 dB of gain reduction, 0 to 1.
   */
  limiter_active_share: number;
  /**
   * Limiter: most gain reduction, dB.
   */
  limiter_max_db: number;
  /**
   * Where the limiter worked hardest.
   */
  limiter_where: TimeRange[];
  /**
   * Codes of findings that were there before and are gone.
   */
  mended: string[];
  /**
   * Every move with its outcome, also those tried and dropped.
   */
  moves: MoveOutcome[];
  /**
   * Codes of findings that are new in the result (should be empty).
   */
  new_findings: string[];
  /**
   * Distance to each reference before and after.
   */
  residuals: ReferenceResidual[];
  /**
   * Steps of verification in words: renders made, what was changed between them.
   */
  steps: string[];
  /**
   * What moves for playback systems brought and cost, measured in the result; none where there are none.
   */
  translation?: TranslationTrade | null;
  /**
   * True peak of the result, dBTP.
   */
  true_peak_dbtp?: number | null;
}
/**
 * Why something could not be done.
 */
export interface Fault {
  code: Code;
  /**
   * What to try.
   */
  hint: string;
  /**
   * What happened, on one line.
   */
  what: string;
  /**
   * The file or setting concerned.
   */
  where?: string | null;
}
/**
 * Files sorted by what they are to the session.
 */
export interface Sorted {
  /**
   * Mixes, the newest last.
   */
  mixes?: string[];
  /**
   * Files, folders and profiles to hold the mix against.
   */
  references?: string[];
  /**
   * Stems, or folders of them.
   */
  stems?: string[];
}
/**
 * A file and what it is likely to be.
 */
export interface Guess {
  kind: Kind;
  /**
   * Why it cannot be read.
   */
  message?: string | null;
  /**
   * The file or folder.
   */
  path: string;
}
/**
 * What would be delivered.
 */
export interface Master {
  /**
   * Bits a sample.
   */
  bits: number;
  /**
   * Integrated loudness, LUFS; none until it is measured, and for silence.
   */
  integrated_lufs?: number | null;
  /**
   * Hz.
   */
  sample_rate: number;
  /**
   * Highest true peak, dBTP.
   */
  true_peak_dbtp?: number | null;
}
/**
 * Files that another program asks to open.
 */
export interface Open {
  /**
   * The files.
   */
  paths: string[];
}
/**
 * What all platforms and media would do with it.
 */
export interface Outlooks {
  /**
   * The one ceiling that meets all that were chosen, dBTP; none if the master meets them already.
   */
  common_ceiling_dbtp?: number | null;
  /**
   * In the order in which they are shown.
   */
  deliveries: Outlook[];
}
/**
 * What one platform or medium would do with it.
 */
export interface Outlook {
  /**
   * The ceiling that holds for this master, dBTP.
   */
  ceiling_dbtp?: number | null;
  /**
   * Name of the platform or medium.
   */
  name: string;
  status: Status;
  /**
   * The same in a few words.
   */
  text: string;
  /**
   * What it changes the level by, dB: negative is turned down; none where it sets no level.
   */
  turned_db?: number | null;
}
/**
 * What the window keeps between starts.
 */
export interface Preferences {
  /**
   * Whether a finding is heard on its playback system.
   */
  follow_system?: boolean;
  /**
   * Keys chosen for actions, by the action's name.
   */
  keys?: {
    [k: string]: string;
  };
  /**
   * A, B and R at one loudness.
   */
  level_match?: boolean;
  render?: RenderPreference;
  /**
   * Shortcuts of a single key.
   */
  single_keys?: boolean;
  /**
   * Targets that were ticked, by name.
   */
  targets?: string[];
}
/**
 * Format of the last render.
 */
export interface RenderPreference {
  /**
   * Bits a sample; 32 is floating point.
   */
  depth: number;
  format: AudioFormat;
}
/**
 * News of a step of a job.
 */
export interface ProgressEvent {
  /**
   * What was found of the mix already, if that is the news; step, id and part say nothing then.
   */
  found?: Early | null;
  /**
   * Names the step within the job; several may be under way at once.
   */
  id: number;
  kind: ProgressKind;
  /**
   * How far it has come, 0 to 1.
   */
  part: number;
  /**
   * The step in words.
   */
  step: string;
}
/**
 * What a check can say of a mix before it has been held against anything but its own limits.
 */
export interface Early {
  /**
   * Findings that no reference, stem or playback system decides, the heaviest first. They may still change.
   */
  findings: Finding[];
  /**
   * Integrated loudness, LUFS; none for silence.
   */
  integrated_lufs?: number | null;
  /**
   * Highest true peak, dBTP; none for silence.
   */
  true_peak_dbtp?: number | null;
}
/**
 * Where a render goes, and in which form.
 */
export interface RenderOptions {
  /**
   * Bits a sample: 16, 24, or 32 (floating point, WAV alone).
   */
  depth: number;
  format: AudioFormat;
  /**
   * Whether a file of that name may be replaced.
   */
  overwrite: boolean;
  /**
   * The file.
   */
  path: string;
}
/**
 * A render.
 */
export interface Rendered {
  document: Document;
  /**
   * The file.
   */
  path: string;
  /**
   * What was done to the samples, in words.
   */
  steps: string[];
}
/**
 * The session as the window shows it.
 */
export interface SessionView {
  /**
   * Findings that are meant to be so.
   */
  accepted: Accepted[];
  /**
   * The snapshot whose settings are the current ones.
   */
  active_snapshot?: number | null;
  amounts: Amounts;
  /**
   * Whether there is something to do again.
   */
  can_redo: boolean;
  /**
   * Whether there is something to undo.
   */
  can_undo: boolean;
  /**
   * Highest true peak, dBTP; none for the core's own.
   */
  ceiling_dbtp?: number | null;
  /**
   * Id of the version that is looked at.
   */
  current_mix?: string | null;
  /**
   * Whether there are changes that were not saved.
   */
  dirty: boolean;
  /**
   * Whether `check` answers at once.
   */
  document_ready: boolean;
  /**
   * Versions of the mix, the newest first.
   */
  mixes: MixVersion[];
  /**
   * Name of the system that is heard through; none is direct.
   */
  playback_system?: string | null;
  /**
   * Whether the settings are a proposal for the current mix, or came with the session.
   */
  proposal_ready: boolean;
  /**
   * What would be done again.
   */
  redo_label?: string | null;
  /**
   * What it is held against, R1 first.
   */
  references: ReferenceFile[];
  /**
   * Where it was saved.
   */
  saved_to?: string | null;
  settings: Settings;
  /**
   * Settings kept beside each other.
   *
   * @minItems 4
   * @maxItems 4
   */
  snapshots: [Snapshot | null, Snapshot | null, Snapshot | null, Snapshot | null];
  stage: StageChoice;
  /**
   * Its stems.
   */
  stems?: Stems | null;
  /**
   * Loudness to reach: the name of a platform, LUFS as text, or none: the references decide.
   */
  target?: string | null;
  /**
   * Name of the session; empty until it is given one.
   */
  title: string;
  /**
   * What would be undone.
   */
  undo_label?: string | null;
}
/**
 * A finding that is meant to be so.
 */
export interface Accepted {
  /**
   * Code of the finding.
   */
  code: string;
  /**
   * Playback system of the finding, if it has one.
   */
  system?: string | null;
}
/**
 * One bounce of the mix.
 */
export interface MixVersion {
  /**
   * Length, seconds; 0 until it was read.
   */
  duration_s: number;
  /**
   * File name without folders.
   */
  file: string;
  /**
   * "48 kHz, 24 bit, stereo".
   */
  format: string;
  /**
   * Names the version within the session.
   */
  id: string;
  /**
   * Whether the file is gone or was written over.
   */
  missing: boolean;
  /**
   * Last change of the file as this version was, ISO 8601.
   */
  modified: string;
  /**
   * "v2", or the file's name where there is only one version.
   */
  name: string;
  /**
   * The file.
   */
  path: string;
  /**
   * Verdict of its last check.
   */
  verdict?: MixVerdict | null;
}
/**
 * What the list of versions says of a checked one.
 */
export interface MixVerdict {
  /**
   * Findings that it did not have; none where there is no such version.
   */
  added?: number | null;
  /**
   * Findings that are hard faults.
   */
  faults: number;
  level: VerdictLevel;
  /**
   * Findings of the next older checked version that are gone; none where there is no such version.
   */
  mended?: number | null;
  /**
   * The same in a sentence.
   */
  sentence: string;
}
/**
 * A reference of the session.
 */
export interface ReferenceFile {
  /**
   * Names the reference within the session.
   */
  id: string;
  /**
   * "R1", as documents name it.
   */
  label: string;
  /**
   * Whether the file is gone.
   */
  missing: boolean;
  /**
   * File name without its ending.
   */
  name: string;
  /**
   * How it stands apart from the others; none if it does not.
   */
  odd?: string | null;
  /**
   * A file or a profile.
   */
  path: string;
}
/**
 * Settings under a name.
 */
export interface Snapshot {
  /**
   * The name.
   */
  name: string;
  settings: Settings;
}
/**
 * The stems of the mix.
 */
export interface Stems {
  /**
   * Their files.
   */
  files: StemFile[];
  /**
   * The folder that all of them are in.
   */
  folder?: string | null;
  /**
   * What is left when their sum is taken from the mix, dB re the mix; none for nothing, and until it is measured.
   */
  null_db?: number | null;
  /**
   * Whether they sum to the mix; none until it is measured.
   */
  sums?: boolean | null;
}
/**
 * One stem.
 */
export interface StemFile {
  /**
   * File name without folders.
   */
  name: string;
  /**
   * The file.
   */
  path: string;
  /**
   * What plays in it, as documents name it; empty until it is known.
   */
  role: string;
}
/**
 * Whether there is something to play on.
 */
export interface Sound {
  /**
   * Its name.
   */
  device?: string | null;
  gaps: Gaps;
  /**
   * One line for people.
   */
  message: string;
  state: SoundState;
}
/**
 * Where gaps in what was heard came from, as far as can be told from within.
 */
export interface Gaps {
  /**
   * The system let the sound card run dry.
   */
  ran_dry: number;
  /**
   * The files were not read in time.
   */
  read_late: number;
}
/**
 * What the window needs at start.
 */
export interface StartInfo {
  /**
   * What platforms and media ask for, as in `models/delivery`.
   */
  deliveries: unknown[];
  /**
   * Formats for settings.
   */
  exports: ExportFormat[];
  /**
   * Files given when the program was started.
   */
  open_paths: string[];
  preferences: Preferences;
  /**
   * Sessions, the one opened last first.
   */
  recent: RecentSession[];
  session: SessionView;
  sound: Sound;
  /**
   * Playback systems in the order in which they are shown.
   */
  systems: SystemInfo[];
  /**
   * Version of the program.
   */
  version: string;
}
/**
 * A format for settings.
 */
export interface ExportFormat {
  /**
   * Ending of the file, without the dot.
   */
  extension: string;
  /**
   * Name for `export_settings`.
   */
  name: string;
  /**
   * Name for people.
   */
  title: string;
}
/**
 * A session that was open before.
 */
export interface RecentSession {
  /**
   * Whether the file is gone.
   */
  missing: boolean;
  /**
   * When it was open last, ISO 8601.
   */
  opened: string;
  /**
   * Its file.
   */
  path: string;
  /**
   * Its name.
   */
  title: string;
}
/**
 * A playback system.
 */
export interface SystemInfo {
  basis: Basis;
  group: Group;
  /**
   * As findings name it.
   */
  name: string;
  /**
   * What it rests on.
   */
  note: string;
  /**
   * As it stands in a sentence: "on a phone".
   */
  place: string;
  /**
   * Name for people.
   */
  title: string;
}
