// Written by `npm run bindings` from the core's schema; do not edit.

import type { BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Settings, Stereo } from "./settings";
export type { BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Settings, Stereo } from "./settings";

/**
 * How a check came out.
 */
export type Status = "skipped" | "pass" | "note" | "warn" | "fail";
/**
 * What a file was held against.
 */
export type Basis = "neutral" | "references" | "same_session";
/**
 * Where a finding is best mended.
 */
export type Place = "mix" | "master";
/**
 * What a channel feeds.
 */
export type ChannelRole = "mono" | "left" | "right" | "centre" | "lfe" | "left_surround" | "right_surround";
/**
 * Channels of a file in file order, mono to 5.1.
 */
export type Layout = ChannelRole[];
/**
 * Whether the file is ready for its next step.
 */
export type VerdictLevel = "ready" | "ready_with_notes" | "not_ready";
/**
 * What the file is taken for; decides the limits.
 */
export type Stage = "mix" | "master";
/**
 * Where masking is known from.
 */
export type MaskingBasis = "stems" | "estimate";
/**
 * What plays in a stem.
 */
export type Role =
  | "vocals"
  | "backing_vocals"
  | "drums"
  | "kick"
  | "snare"
  | "cymbals"
  | "percussion"
  | "bass"
  | "guitar"
  | "keys"
  | "strings"
  | "winds"
  | "lead"
  | "effects"
  | "other";
/**
 * Where a role was taken from.
 */
export type RoleBasis = "user" | "name" | "sound";
/**
 * in Hz; null is minus infinity (silence)
 */
export type Hz = number | null;
/**
 * in dB; null is minus infinity (silence)
 */
export type Db = number | null;
/**
 * in s; null is minus infinity (silence)
 */
export type Seconds = number | null;
/**
 * in LUFS; null is minus infinity (silence)
 */
export type Lufs = number | null;
/**
 * in LU; null is minus infinity (silence)
 */
export type Lu = number | null;
/**
 * in dBTP; null is minus infinity (silence)
 */
export type Dbtp = number | null;
/**
 * What kind of reference the evidence says was given.
 */
export type MatchMode = "same_session" | "other_record";
/**
 * What a match can change.
 */
export type Dimension = "tone" | "dynamics" | "width" | "loudness" | "translation";
/**
 * What a figure rests on.
 */
export type Basis2 = "measured" | "partly" | "estimated";
/**
 * What carries the bass line on a system.
 */
export type CarriedBy = "fundamentals" | "harmonics";
/**
 * Kind of place, for grouping.
 */
export type Group = "small" | "headphones" | "room" | "car" | "stage";
/**
 * What became of a move once it was measured.
 */
export type Outcome = "kept" | "scaled_back" | "dropped";

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
 * Result of one check. Every check that ran has one, passed or not.
 */
export interface Check {
  /**
   * Stable code, as `tonal.muddy`.
   */
  code: string;
  /**
   * 0 to 1: how sure the check is of its status.
   */
  confidence: number;
  /**
   * Signed distance from the middle of the allowed range in range widths: too little negative, too much
   * positive, ±0.5 the edge of the range, clamped to ±3.2. For a one-sided limit the width is the step from warn to fail.
   */
  lean?: number | null;
  /**
   * The limit that was not to be passed.
   */
  limit?: number | null;
  /**
   * Where the limit comes from; for a skipped check, why it was skipped.
   */
  limit_source: string;
  status: Status;
  /**
   * Unit of value and limit, as "dB", "LUFS", "Hz", "runs"; empty for a plain number.
   */
  unit: string;
  /**
   * Measured value; none where nothing could be measured.
   */
  value?: number | null;
}
/**
 * A file against its references or the neutral range.
 */
export interface Comparison {
  /**
   * The same in words: "R1–R3", "the neutral range".
   */
  against: string;
  basis: Basis;
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
 * The tone of the file against one reference, passages that play the same compared with each other.
 */
export interface MatchedTone {
  /**
   * How much more of the band the file has than the reference, dB; an overall level may remain in it.
   */
  excess_db: number[];
  /**
   * Band centres, Hz.
   */
  hz: number[];
  /**
   * Label of the reference.
   */
  label: string;
  /**
   * RMS of the second difference of `excess_db` over frequency, dB: an equaliser changes a spectrum smoothly, other
   * music does not.
   */
  roughness_db: number;
  /**
   * Standard deviation of the scatter of `excess_db` over the matched passages, dB.
   */
  sd_db: number[];
  /**
   * How much more side against mid the file has than the reference, dB; none where either has too little side.
   */
  side_excess_db?: number | null;
  /**
   * Standard deviation of the error of `side_excess_db`, dB.
   */
  side_sd_db?: number | null;
}
/**
 * A reference that stands apart from the others.
 */
export interface Outlier {
  /**
   * By how much, in the quantity's unit, from the middle of the others.
   */
  distance: number;
  /**
   * Label of the reference.
   */
  label: string;
  /**
   * In which quantity.
   */
  quantity: string;
  /**
   * In words: "R4 is 4.1 dB brighter than the others".
   */
  text: string;
}
/**
 * One quantity of the file against its range.
 */
export interface Quantity {
  /**
   * Stable name, as `loudness_range`, `plr`, `side_mid`.
   */
  id: string;
  /**
   * What it is, for people.
   */
  label: string;
  range: Range;
  /**
   * Unit.
   */
  unit: string;
  /**
   * Value of the file; none where it could not be measured.
   */
  value?: number | null;
}
/**
 * A range of allowed values: the middle of the references and how far they spread.
 */
export interface Range {
  /**
   * The middle (median of the references).
   */
  centre: number;
  /**
   * Upper edge.
   */
  high: number;
  /**
   * Lower edge.
   */
  low: number;
}
/**
 * One reference of the set.
 */
export interface ReferenceName {
  /**
   * Short label, "R1", "R2"…
   */
  label: string;
  /**
   * File name without folders.
   */
  name: string;
}
/**
 * A narrow range that stands out of its surroundings (without references) or of the references' floor.
 */
export interface Ring {
  /**
   * By how much it stands out, dB.
   */
  excess_db: number;
  /**
   * Centre, Hz.
   */
  hz: number;
  /**
   * Q of the bell that describes it best.
   */
  q: number;
}
/**
 * A section of the file and the reference sections of like energy that it was held against.
 */
export interface SectionComparison {
  /**
   * Tone against the middle of the references' sections of the same energy, both at equal loudness, third octaves of
   * [`crate::measure::energy_map::BANDS_HZ`], dB; null where either has no sound.
   */
  difference_db: (number | null)[];
  /**
   * "quiet", "middle" or "loud".
   */
  energy: string;
  /**
   * Loudness relative to the file's loudest part, dB.
   */
  level_db: number;
  /**
   * Where in the file.
   */
  time: TimeRange[];
}
/**
 * A stretch of a file, from `start_s` up to `end_s`, in seconds from its first frame.
 */
export interface TimeRange {
  /**
   * End, seconds; never before the start.
   */
  end_s: number;
  /**
   * First moment, seconds.
   */
  start_s: number;
}
/**
 * The tone of one third-octave band against its range, both at equal loudness.
 */
export interface BandTone {
  /**
   * Level minus the middle of the range, dB: positive is too much.
   */
  difference_db: number;
  /**
   * Centre of the band, Hz.
   */
  hz: number;
  /**
   * Level of the file, dB, relative to its own overall level.
   */
  level_db: number;
  /**
   * How much of the difference lies outside the range, dB.
   */
  outside_db: number;
  range: Range;
}
/**
 * The width of one third-octave band against its range.
 */
export interface BandWidth {
  /**
   * Centre of the band, Hz.
   */
  hz: number;
  range: Range;
  /**
   * Side against mid, dB.
   */
  side_mid_db: number;
}
/**
 * A check that was not passed, told so that somebody can act on it.
 */
export interface Finding {
  /**
   * Where in frequency, \[low, high\] Hz.
   *
   * @minItems 2
   * @maxItems 2
   */
  band_hz?: [number, number] | null;
  /**
   * Code of the check.
   */
  code: string;
  /**
   * 0 to 1.
   */
  confidence: number;
  /**
   * Further numbers.
   */
  evidence: Evidence[];
  /**
   * What to do; none only where nothing can be done.
   */
  fix?: Fix | null;
  /**
   * Lean as in [`Check::lean`].
   */
  lean?: number | null;
  /**
   * The limit.
   */
  limit?: number | null;
  /**
   * Where the limit comes from, in a few words: "over R1–R3".
   */
  limit_source: string;
  status: Status;
  /**
   * Playback system, for translation findings.
   */
  system?: string | null;
  /**
   * Where in time; empty means throughout.
   */
  time: TimeRange[];
  /**
   * What a listener hears, at most six words.
   */
  title: string;
  /**
   * Unit of value and limit.
   */
  unit: string;
  /**
   * Measured value.
   */
  value?: number | null;
  where: Place;
  /**
   * One sentence: why it matters here.
   */
  why: string;
}
/**
 * One piece of evidence: a labelled number.
 */
export interface Evidence {
  /**
   * What was measured.
   */
  label: string;
  /**
   * Its unit.
   */
  unit: string;
  /**
   * The number; null where it is minus infinity.
   */
  value?: number | null;
}
/**
 * What to do about a finding.
 */
export interface Fix {
  /**
   * Centre frequency of the move, Hz, if it has one.
   */
  freq_hz?: number | null;
  /**
   * Gain of the move, dB, if it has one.
   */
  gain_db?: number | null;
  /**
   * Q of the move, if it has one.
   */
  q?: number | null;
  /**
   * One move in a mixer's words, imperative, with a number: "Bell 232 Hz, −2.4 dB, Q 1.1".
   */
  text: string;
}
/**
 * The file that was looked at.
 */
export interface Input {
  /**
   * Length, seconds.
   */
  duration_s: number;
  format: SourceInfo;
  /**
   * As the user named it.
   */
  path: string;
}
/**
 * What is known of a stream before (and, for some fields, only after) it has been read.
 */
export interface SourceInfo {
  /**
   * Bits a sample as the file declares them; none for lossy codecs.
   */
  bits_per_sample?: number | null;
  /**
   * Codec, as "pcm_s24le", "flac", "mp3", "aac".
   */
  codec: string;
  /**
   * Container, as "wav", "rf64", "flac", "mp4"; "memory" in tests.
   */
  container: string;
  /**
   * Whether samples are stored as floating point.
   */
  float: boolean;
  /**
   * Frames that the file announces; none where it does not say.
   */
  frames?: number | null;
  layout: Layout;
  /**
   * Whether the codec throws information away.
   */
  lossy: boolean;
  /**
   * Name to show, without folders.
   */
  name: string;
  /**
   * Sample rate, Hz.
   */
  sample_rate: number;
  /**
   * WAV format tag as written (1 PCM, 3 float, 0xFFFE extensible); none for other containers.
   */
  wav_format_tag?: number | null;
}
/**
 * The verdict and what it was judged as.
 */
export interface Verdict {
  level: VerdictLevel;
  /**
   * One sentence of at most eight words.
   */
  sentence: string;
  stage: Stage;
  /**
   * Why that stage was chosen: "as asked", or the evidence that made it look like a master.
   */
  stage_reason: string;
}
/**
 * Masking in a mix.
 */
export interface Masking {
  basis: MaskingBasis;
  /**
   * What each stem loses to each other.
   */
  matrix?: MatrixCell[];
  /**
   * Who masks whom, the worst first.
   */
  pairs: Pair[];
  picture: Picture;
  /**
   * What was proposed for the stems and what it brought; none where nothing is critical.
   */
  remedy?: Remedy | null;
  /**
   * The stems, in the order in which they were named.
   */
  stems?: StemFacts[];
  /**
   * Whether the stems sum to the mix; none if no mix was given.
   */
  sum?: Resum | null;
}
/**
 * What one stem loses to one other.
 */
export interface MatrixCell {
  /**
   * Loudness lost beside that stem alone over all octaves, LU.
   */
  lost_lu: number;
  /**
   * Who loses.
   */
  maskee: string;
  /**
   * To whom.
   */
  masker: string;
}
/**
 * One stem covering another in an octave.
 */
export interface Pair {
  /**
   * The ratio measured after the remedy.
   */
  after?: number | null;
  /**
   * The ratio if the masker were 3 dB softer: what level explains.
   */
  after_3_db_down: number;
  /**
   * The ratio beside this masker alone.
   */
  alone: number;
  /**
   * The octave, Hz.
   *
   * @minItems 2
   * @maxItems 2
   */
  band_hz: [number, number];
  /**
   * Whether no more than a tenth is left (with the model's own uncertainty) and this masker answers for it.
   */
  critical: boolean;
  /**
   * Loudness lost in the whole mix, LU.
   */
  lost_lu: number;
  /**
   * File name of the stem that is covered.
   */
  maskee: string;
  /**
   * File name of the stem that covers.
   */
  masker: string;
  /**
   * Masked-to-unmasked ratio of the maskee in the whole mix: no more than this share of its loudness in the octave is left in a
   * fourth part of its strongest moments there.
   */
  ratio: number;
  /**
   * Share of this masker in what excites the ear there beside the maskee.
   */
  share: number;
  /**
   * When; given for critical pairs.
   */
  time: TimeRange[];
}
/**
 * Loudness lost over time and frequency, for a picture.
 */
export interface Picture {
  /**
   * Width of a column, s.
   */
  column_s: number;
  /**
   * Loss of all stems that matter there together, in LU, column after column; at most `most_lu`. From the mix alone it is the
   * loss beyond what is usual.
   */
  lost_lu: number[];
  /**
   * Where the scale ends, LU.
   */
  most_lu: number;
  /**
   * Stretches worth a look.
   */
  regions: Region[];
  /**
   * Centres of the rows, Hz, lowest first.
   */
  rows_hz: number[];
}
/**
 * An outlined part of a [`Picture`].
 */
export interface Region {
  /**
   * Octave, Hz.
   *
   * @minItems 2
   * @maxItems 2
   */
  band_hz: [number, number];
  /**
   * What is there: "drums over vocals".
   */
  label: string;
  /**
   * When.
   */
  time: TimeRange[];
}
/**
 * What is proposed for the stems, and what it brought in the mix summed again.
 */
export interface Remedy {
  /**
   * What could not be brought back within the limits, and why.
   */
  beyond: string[];
  /**
   * Moves that were tried and dropped.
   */
  dropped: StemMove[];
  /**
   * Moves that are kept.
   */
  moves: StemMove[];
  /**
   * The covered stems before and after, measured in the stems as rendered.
   */
  results: StemResult[];
  /**
   * Settings of each stem that is changed, as they were carried out.
   */
  settings: StemSettings[];
  together: Together;
}
/**
 * One move on one stem.
 */
export interface StemMove {
  /**
   * Centre frequency of an equaliser band, Hz.
   */
  freq_hz?: number | null;
  /**
   * Gain, dB.
   */
  gain_db: number;
  /**
   * New place, −1 (left) to 1 (right), by gains of 1 ± place: the mono sum of what stood in the middle stays as it is.
   */
  pan?: number | null;
  part?: Part;
  /**
   * Q of an equaliser band.
   */
  q?: number | null;
  /**
   * File name of the stem that is changed.
   */
  stem: string;
  /**
   * In a mixer's words: "Fader −4.0 dB", "Bell 1.0 kHz, −3.0 dB, Q 1.0", "Pan 40 % left".
   */
  what: string;
  /**
   * For whose sake, and why it may go so far; for a dropped move, why it was dropped.
   */
  why: string;
}
/**
 * A covered stem before and after.
 */
export interface StemResult {
  /**
   * Ratio measured in the rendered stems.
   */
  after?: number | null;
  /**
   * The octave, Hz.
   *
   * @minItems 2
   * @maxItems 2
   */
  band_hz: [number, number];
  /**
   * Ratio before.
   */
  before: number;
  /**
   * The same as both ears hear it between loudspeakers, before and after; given where a stem was panned for it.
   *
   * @minItems 2
   * @maxItems 2
   */
  between_speakers?: [number, number] | null;
  /**
   * File name of the stem that was covered.
   */
  maskee: string;
}
/**
 * Settings of one stem.
 */
export interface StemSettings {
  /**
   * What they cost or give the stem alone: loudness after less loudness before, LU; null for silence.
   */
  change_lu?: number | null;
  /**
   * Place after them, −1 (left) to 1 (right); 0 where the stem stays.
   */
  pan?: number;
  settings: Settings;
  /**
   * File name of the stem.
   */
  stem: string;
}
/**
 * The mix before and after.
 */
export interface Together {
  /**
   * Critical pairs after.
   */
  critical_after: number;
  /**
   * Critical pairs before.
   */
  critical_before: number;
  /**
   * Loudness of the sum after, LUFS.
   */
  lufs_after?: number | null;
  /**
   * Loudness of the sum before, LUFS; null for silence.
   */
  lufs_before?: number | null;
}
/**
 * One stem.
 */
export interface StemFacts {
  /**
   * Loudness relative to the mix, LU; null for silence.
   */
  level_lu?: number | null;
  /**
   * File name.
   */
  name: string;
  role: Role;
  role_from: RoleBasis;
  /**
   * Where that usually lies for this role, LU; none where nothing is published.
   *
   * @minItems 2
   * @maxItems 2
   */
  usual_lu?: [number, number] | null;
}
/**
 * How the sum of the stems compares with the mix.
 */
export interface Resum {
  /**
   * Gain of the mix over the sum of the stems, dB.
   */
  gain_db: number;
  /**
   * Whether the mix has the opposite polarity.
   */
  inverted: boolean;
  /**
   * Where most of the rest lies: octaves (Hz) with their share of it, largest first; empty if the stems sum to the mix.
   */
  missing: MissingBand[];
  /**
   * The mix.
   */
  mix: string;
  /**
   * Whether the stems sum to the mix, but for a constant gain and offset.
   */
  nulls: boolean;
  /**
   * By how much the mix is late, samples; negative if it is early.
   */
  offset_samples: number;
  /**
   * Level of what is left when one is taken from the other, dB relative to the mix; null for nothing.
   */
  residual_db?: number | null;
  /**
   * All of it in a sentence.
   */
  text: string;
  /**
   * When it lies there.
   */
  time: TimeRange[];
}
/**
 * An octave in which mix and stems differ.
 */
export interface MissingBand {
  /**
   * Edges, Hz.
   *
   * @minItems 2
   * @maxItems 2
   */
  band_hz: [number, number];
  /**
   * Level of the rest there relative to the mix there, dB.
   */
  level_db: number;
}
/**
 * Everything measured of one file.
 */
export interface Measurements {
  band_levels: Data11;
  clipping: Data6;
  dc: Data7;
  duration: Seconds;
  dynamics: Data9;
  edges: Data8;
  format: Data15;
  /**
   * Frames measured.
   */
  frames: number;
  glitch: Data12;
  hum: Data13;
  invalid: Data;
  layout: Layout;
  loudness: Data3;
  noise: Data14;
  peak_to_loudness: Data2;
  sample_peak: Data4;
  /**
   * Sample rate, Hz.
   */
  sample_rate: number;
  spectrum: Data10;
  /**
   * The stereo image; none for mono.
   */
  stereo?: Image | null;
  true_peak: Data5;
}
/**
 * Levels per octave over time.
 *
 * # What it measures
 * How lively each part of the spectrum is: peaks of its envelope above its mean, and the spread of its levels.
 * # Definition
 * Hann-windowed frames of 2048 samples at 44.1 and 48 kHz (the nearest power of two in time at other rates), half overlapped; power
 * of mid plus side in octaves around 63, 125, … 16000 Hz. Longer windows are means of as many frames as fit, back to back. Quantiles at
 * [`PROBABILITIES`], nearest rank, classes of 0.1 dB, over frames (windows) whose level over all bands lies above −70 dBFS.
 * # Unit and range
 * dB re a full-scale constant.
 * # On silence, short, mono
 * Silence: −∞, crest 0. Shorter than a frame: one frame filled up with silence. Mono: side 0.
 * # Limits
 * Frames cannot show what is faster than about 20 ms, so a click counts with its energy, not with its height.
 * # References
 * IEC 61260-1:2014 for octave bands (base 2 here).
 */
export interface Data11 {
  /**
   * The bands, lowest first.
   */
  bands: Band2[];
}
/**
 * One octave.
 */
export interface Band2 {
  centre: Hz;
  crest: Db;
  level: Db;
  /**
   * Spread of the levels of frames (about 45 ms), 0.4 s and 3 s.
   */
  spreads: Spread[];
}
/**
 * How the levels of windows of one length spread over time.
 */
export interface Spread {
  /**
   * Levels below which 1, 5, 10, 25, 50, 75, 90, 95 and 99 % of the windows lie, dBFS; see [`PROBABILITIES`].
   */
  levels: Db[];
  /**
   * Length of a window, seconds.
   */
  window_s: number;
}
/**
 * Flat tops: runs of equal samples at the top of the waveform.
 *
 * # What it measures
 * Where the waveform was cut off, at whatever level: a file clipped and turned down afterwards is found like one at full scale.
 * # Definition
 * A run is at least 3 samples in a row that agree within 1.25·10⁻⁴ of their level, lie above both neighbours, of which at
 * least one is lower by 10⁻³ of the level (a smooth crest cannot be), and lie within 1 dB of the highest sample of that channel and polarity.
 * Runs of one channel and polarity within 0.1 % of each other share a level; up to four levels are kept.
 * `repeats` counts how often the very highest sample value is reached again, which limiters and clippers do and music does not.
 * # Unit and range
 * Numbers of runs; dB re full scale; seconds.
 * # On silence, short, mono
 * Silence has none. Any length and channel count.
 * # Limits
 * Clipping that was filtered, resampled or lossily coded afterwards has no flat tops left. A bare square wave has them by nature.
 * # References
 * Mourgela, Reiss et al., "Exploring trends in audio mixes and masters", 2024 (clipping in 57 % of 218,109 uploads).
 */
export interface Data6 {
  /**
   * Runs per channel.
   */
  channel_runs: number[];
  level: Db;
  /**
   * Longest run, milliseconds.
   */
  longest_ms: number;
  /**
   * How often the highest sample value is reached again, most of any channel and polarity.
   */
  repeats: number;
  /**
   * Runs over all channels.
   */
  runs: number;
  /**
   * Samples in them.
   */
  samples: number;
  /**
   * Where, joined when less than half a second apart.
   */
  times: TimeRange[];
}
/**
 * Constant offset (DC).
 *
 * # What it measures
 * How far the middle of the waveform lies from zero, per channel. An offset eats headroom on one side, clicks at every edit
 * and start, and makes compressors and saturators work unevenly.
 * # Definition
 * Mean of all samples of the channel; full scale is 1. `rms` is the root mean square of the samples without their mean.
 * # Unit and range
 * Fraction of full scale, −1 to 1 (floating-point files may pass it).
 * # On silence, short, mono
 * Silence and empty files: 0. In a file shorter than a second a low note can look like an offset.
 * # Limits
 * An offset that changes sign within the file averages out.
 * # References
 * IEC 61606-1:2009, 6.3.4 (DC offset of converters).
 */
export interface Data7 {
  /**
   * Samples per channel.
   */
  frames: number;
  /**
   * Offset per channel in file order, fraction of full scale.
   */
  offset: number[];
  /**
   * RMS per channel without the offset, fraction of full scale.
   */
  rms: number[];
}
/**
 * Levels and their spread.
 *
 * # What it measures
 * The mean level, how far peaks stand above it, and how much the level moves at the pace of notes (50 ms), beats (400 ms) and
 * phrases (3 s).
 * # Definition
 * RMS = √(mean x²) over all samples; crest = 20 log10(max|x| / RMS). Dynamic range (TT-DR): blocks of 3 s, RMS of a block
 * √(2·mean x²); DR = −20 log10(√(mean of squares of the loudest 20 % of block RMS) / second-highest block peak), per channel, then
 * the mean over channels. The last, shorter block counts. Spread: mean power over all channels in back-to-back windows of 50 ms, 400 ms and
 * 3 s, quantiles (nearest rank, classes of 0.1 dB) over windows above −70 dBFS.
 * # Unit and range
 * dB; levels re a full-scale constant.
 * # On silence, short, mono
 * Silence: −∞, crest and DR 0. Under two blocks (6 s) DR takes the highest peak for lack of a second. Files shorter than a
 * window have no spread for it (−∞).
 * # Limits
 * Other tools give RMS re a full-scale sine, 3.01 dB higher. DR rewards a single uncompressed hit; read it with the spread.
 * # References
 * Algorithmix, "Measuring DR", v1.3 (Pleasurize Music Foundation TT-DR); EBU Tech 3342 for the idea of a gated spread.
 */
export interface Data9 {
  /**
   * Per channel in file order.
   */
  channels: ChannelLevels[];
  crest: Db;
  dynamic_range: Db;
  rms: Db;
  /**
   * Spread of the levels of 50 ms, 400 ms and 3 s.
   */
  spreads: Spread[];
}
/**
 * Levels of one channel.
 */
export interface ChannelLevels {
  crest: Db;
  dynamic_range: Db;
  rms: Db;
}
/**
 * Beginning and end of the file.
 *
 * # What it measures
 * Whether sound starts from and ends in silence, and how much silence there is.
 * # Definition
 * See [`Edge`]. `programme` is the RMS of all channels over the stretches of 8192 frames that are not silent.
 * # Unit and range
 * dB re full scale, seconds.
 * # On silence, short, mono
 * A silent file has silence as long as itself at both ends and levels of −∞. Files shorter than 60 ms are measured as far as they go.
 * # Limits
 * Tells levels, not intentions: a loop made to be repeated is cut at both ends.
 * # References
 * Delivery advice of mastering studios: 1–2 s of space before and after, tails not cut.
 */
export interface Data8 {
  end: Edge;
  programme: Db;
  start: Edge;
}
/**
 * One end of the file, seen from outside: "first" is the sample next to the boundary.
 */
export interface Edge {
  beside: Db;
  boundary: Db;
  first: Db;
  inside: Db;
  silence: Seconds;
  step: Db;
}
/**
 * Traces of earlier formats.
 *
 * # What it measures
 * The long-term spectrum as the ear's codec sees it, the steepest edge above which nothing comes again, and the step of the amplitude grid.
 * # Definition
 * Spectrum: Hann frames of 2048 samples (at 44.1 and 48 kHz), one in four, those above −70 dBFS; per bin the mean over frames of the
 * power (channels added), averaged in bands of 250 Hz; and beside it the mean of the levels in dB, which falls where frames have holes, as lossy
 * coders leave them. Edge: the frequency from 5 kHz up with the largest drop in either, after which no band rises by more than 6 dB.
 * Grid: in runs of 1024 samples the smallest step of which all differences between neighbours are multiples; `bits` = log2(2 / step) over
 * the runs that agree on one step, if they are the majority.
 * # Unit and range
 * dB re full scale per bin, Hz, bits.
 * # On silence, short, mono
 * Silent and very short files have no spectrum, no edge and no grid.
 * # Limits
 * An edge tells a low-pass, not who made it: old samplers and resampling leave edges too. Bits hidden by dither or by gain changes within
 * every run are not found.
 * # References
 * Hennequin, Royo-Letelier, Moussallam, "Codec independent lossy audio compression detection", ICASSP 2017;
 * D'Alessandro and Shi, "MP3 bit rate quality detection through frequency spectrum analysis", ACM MM&Sec 2009.
 */
export interface Data15 {
  /**
   * Level of each band of 250 Hz from 0 up, dB; empty for silence.
   */
  bands_db: number[];
  /**
   * Bits in use; none where there is no grid (floating point, gain changes).
   */
  bits?: number | null;
  /**
   * The steepest edge, if there is any.
   */
  edge?: Edge2 | null;
  /**
   * Share of the runs judged that lie on that grid.
   */
  grid_share: number;
}
/**
 * Where the spectrum ends as if cut off.
 */
export interface Edge2 {
  drop: Db;
  frequency: Hz;
}
/**
 * Clicks and dropouts.
 *
 * # What it measures
 * Samples that do not belong to the waveform around them: impulses of one to a few samples, and holes in which the waveform stands still.
 * # Definition
 * Click: see [`super::impulse`]. Gap: at least 2.5 ms and at most 0.4 s in which a channel stays within 6.2·10⁻⁵ of one value, sound on
 * both sides. Events are listed as they are; whether they are faults is decided in `diagnose` from their levels against the programme.
 * # Unit and range
 * Seconds, dB re full scale.
 * # On silence, short, mono
 * Silence and files shorter than some milliseconds have none. Channels are looked at one by one.
 * # Limits
 * A click right on a loud attack, or masked by denser clicks, can be missed; a hole filled with noise or faded at its edges is no gap.
 * # References
 * Vaseghi, Advanced Digital Signal Processing and Noise Reduction, 4th ed. 2008, ch. 13 (impulsive noise);
 * Godsill and Rayner, Digital Audio Restoration, 1998, ch. 5 (detection in autoregressive signals).
 */
export interface Data12 {
  /**
   * Clicks in order of time per channel; at most 4096.
   */
  clicks: Click[];
  /**
   * Gaps in order of their ends; at most 4096.
   */
  gaps: Gap[];
}
/**
 * A click in one channel.
 */
export interface Click {
  /**
   * Channel, from 0.
   */
  channel: number;
  prominence: Db;
  size: Db;
  /**
   * When, seconds.
   */
  time_s: number;
}
/**
 * A gap in the waveform of one channel.
 */
export interface Gap {
  abruptness: Db;
  beside: Db;
  /**
   * Channel, from 0.
   */
  channel: number;
  /**
   * End, seconds.
   */
  end_s: number;
  /**
   * Level at which the waveform stands still, fraction of full scale.
   */
  held: number;
  /**
   * How far it still moves, largest less smallest sample; 0 where it stands dead still.
   */
  moves: number;
  /**
   * Begin, seconds.
   */
  start_s: number;
}
/**
 * Mains hum.
 *
 * # What it measures
 * Steady narrow lines at 50 or 60 Hz and their multiples in the quietest low-frequency passage.
 * # Definition
 * All channels, low-passed and brought down to about 1.5 kHz; Hann windows of 1 s every 0.25 s. Of the 24 quietest windows those within
 * 3 dB of the quietest make the passage (three at least). For a mains frequency f within ±0.5 % of 50 or 60 Hz, a harmonic k·f
 * up to k = 8 is a line where its power (over ±2 Hz) in every window of the passage varies by less than 3 dB and stands 12 dB over
 * the median within ±22 Hz around it. f is the one of strongest lines. `level` sums the lines.
 * # Unit and range
 * dB re full scale (RMS), Hz.
 * # On silence, short, mono
 * Digital silence, files under 1.5 s and files without a quiet passage have no lines; `passage` is empty when none could be judged.
 * # Limits
 * A held note exactly on the mains frequency, alone in a quiet passage, looks the same: three lines are therefore asked for in `diagnose`.
 * # References
 * Brandt and Bitzer, "Automatic detection of hum in audio signals", JAES 62(9), 2014, 584–595.
 */
export interface Data13 {
  /**
   * Multiples of the mains frequency at which lines stand.
   */
  harmonics: number[];
  level: Db;
  mains: Hz;
  /**
   * The passage that was judged; empty if there was none.
   */
  passage: TimeRange[];
  power: Db;
  prominence: Db;
}
/**
 * NaN, infinite and absurdly large samples.
 *
 * # What it measures
 * How many samples of a floating-point file are NaN, infinite or larger than +120 dBFS, and where. Players turn them into
 * silence, clicks or full-scale noise.
 * # Definition
 * Count over all channels of samples s for which not |s| ≤ 10⁶. All other meters see 0 in their place.
 * # On silence, short, mono
 * No special case.
 */
export interface Data {
  /**
   * Number of such samples, over all channels.
   */
  samples: number;
  /**
   * Where, joined when less than half a second apart; at most 1000 stretches.
   */
  times: TimeRange[];
}
/**
 * Loudness.
 *
 * # What it measures
 * How loud a listener hears the programme as a whole (integrated), in the last 3 s (short-term), in the last 400 ms
 * (momentary), and by how much it varies (loudness range).
 * # Definition
 * L = −0.691 + 10 log10 Σ Gᵢ·zᵢ with zᵢ the mean square of channel i after K-weighting, G = 1 for front channels,
 * 1.41 for surrounds, 0 for LFE. Integrated: 400 ms blocks every 100 ms, an incomplete last one left out; mean over blocks
 * above −70 LUFS and above the mean of those less 10 LU. Momentary and short-term: windows of 400 ms and 3 s, ungated, series at
 * 10 Hz, maxima over windows every 10 ms. Range: 95th less 10th percentile of short-term values every 100 ms that lie above
 * −70 LUFS and above their mean power less 20 LU, nearest rank. All values are kept, none is put into a histogram class.
 * Window borders lie at the nearest sample below whole multiples of 10 ms.
 * # Unit and range
 * LUFS, LU. Against the EBU test signals within 0.02 LU of what the filter of BS.1770 gives, at every sample rate from 8 kHz on.
 * # On silence, short, mono
 * Silence, and files too short for one window: −∞ (range: 0). Mono counts as one channel, 3.01 LU below the same signal on
 * two; a player that sends it to two loudspeakers makes that up.
 * # Limits
 * A programme in which little lies above the gates has no meaningful range; under 60 s the range is unstable (EBU Tech 3342).
 * # References
 * ITU-R BS.1770-5 (2023), Annex 1; EBU R 128 (2023); EBU Tech 3341 v4 (2023), sections 2.2 and 2.9; EBU Tech 3342 v4 (2023).
 */
export interface Data3 {
  integrated: Lufs;
  max_momentary: Maximum;
  max_short_term: Maximum;
  momentary: Series;
  range: Lu;
  short_term: Series;
}
/**
 * A maximum and when it was reached.
 */
export interface Maximum {
  loudness: Lufs;
  time: Seconds;
}
/**
 * Values at an even step in time. In JSON values have two decimals, and `null` stands for minus infinity (silence). A series of more than
 * 4000 values is joined there: its step is a multiple of the one measured, and each value is the highest of those in its step, unless
 * the series says otherwise.
 *
 * Single precision: ten values a second of a three-hour file take 430 kB.
 */
export interface Series {
  /**
   * Time of the first value (the middle of the stretch it describes), seconds from the start of the file.
   */
  start_s: number;
  /**
   * Time from one value to the next, seconds.
   */
  step_s: number;
  /**
   * The values.
   */
  values: (number | null)[];
}
/**
 * Noise floor.
 *
 * # What it measures
 * How strong and how noise-like the steadiest quiet passage is: hiss, room, amplifier, a noisy plug-in.
 * # Definition
 * Frames of 4096 samples (at 44.1 and 48 kHz), power as mean of the channels. The 40 quietest frames above −110 dBFS are kept. The quiet
 * passage is the largest group of them within 2 dB of each other; it needs five frames. Its mean Hann power spectrum is cut into
 * third octaves from 200 Hz to 16 kHz. `flatness` is the power-weighted mean, over third octaves, of geometric over arithmetic mean
 * of the bins: near 1 for noise (of any colour), far below for tones. `level` sums the medians of the bins, so tones hardly count.
 * # Unit and range
 * dB re full scale; flatness 0 to 1.
 * # On silence, short, mono
 * Digital silence, short files and files without a steady quiet passage have no passage: `passage` is empty, `level` −∞.
 * # Limits
 * Noise under music that never pauses cannot be told from the music. A quiet steady sound that is meant (wind, sea) is noise to this meter.
 * # References
 * Dubnov, "Generalization of spectral flatness measure for non-Gaussian linear processes", IEEE SPL 11(8), 2004.
 */
export interface Data14 {
  /**
   * 0 tonal to 1 noise.
   */
  flatness: number;
  level: Db;
  /**
   * Where the passage lies; empty if there is none.
   */
  passage: TimeRange[];
  power: Db;
  quietest: Db;
}
/**
 * Peak to loudness.
 *
 * # What it measures
 * How much room peaks have above the loudness: of the whole (PLR) and of each 3 s (PSR). Limiting and clipping shrink both.
 * # Definition
 * PLR = true peak − integrated loudness. PSR = highest true peak within a short-term window − its short-term loudness,
 * at 10 Hz, over windows no more than 20 LU below the integrated loudness.
 * # Unit and range
 * LU. Usually 6 to 20; a full-scale stereo sine has 0.
 * # On silence, short, mono
 * Silence and files under 400 ms have no PLR, under 3 s no PSR: none.
 * # Limits
 * A single peak sets PLR; the median of PSR is the steadier figure.
 * # References
 * I. Shepherd, E. Grimm, P. Tanev, M. Edwards, "Advances in the measurement of dynamics" (PSR), AES e-Brief 373, 2017;
 * EBU Tech 3341 v4 (2023) for the windows.
 */
export interface Data2 {
  /**
   * PLR.
   */
  plr?: Lu | null;
  /**
   * Median PSR, and one such window.
   */
  psr_median?: Moment | null;
  /**
   * Lowest PSR and when.
   */
  psr_min?: Moment | null;
  /**
   * The PSR below which a tenth of the windows lie, and one such window.
   */
  psr_p10?: Moment | null;
}
/**
 * A value and the middle of the window it belongs to.
 */
export interface Moment {
  ratio: Lu;
  time: Seconds;
}
/**
 * Sample peak.
 *
 * # What it measures
 * The largest absolute sample value. Fixed-point files reach 0 dBFS; floating-point files may pass it.
 * # Definition
 * 20 log10 max |x\[n\]|, first occurrence.
 * # Unit and range
 * dB re full scale, −∞ to +120.
 * # On silence, short, mono
 * Silence and empty files: −∞ at 0 s.
 * # Limits
 * Says nothing of what lies between the samples: see `true_peak`.
 * # References
 * AES17-2020, 3.12 (full scale).
 */
export interface Data4 {
  /**
   * Per channel in file order.
   */
  channels: ChannelPeak[];
  max: ChannelPeak;
}
/**
 * The highest sample of one channel.
 */
export interface ChannelPeak {
  level: Db;
  time: Seconds;
}
/**
 * Long-term spectrum.
 *
 * # What it measures
 * How the energy of the file is spread over frequency, on the whole and over time.
 * # Definition
 * Hann-windowed frames of 32768 samples at 44.1 and 48 kHz (the nearest power of two in time at other rates; 0.68 to 0.74 s), half
 * overlapped; power of mid plus power of side, (L² + R²)/2, so that a full-scale sine in both channels reads −3.01 dB. Bands of a
 * sixth of an octave, 1000·2^(k/6) Hz, k = −34 to 26, each bin with the share of its width in the band. Means are of power; quantiles by
 * nearest rank in classes of 0.1 dB. Frames below −70 dBFS are left out of all.
 * # Unit and range
 * dB re a full-scale constant per band.
 * # On silence, short, mono
 * Silence: no frames, all −∞. A file shorter than a frame gives one frame filled up with silence. Mono: side 0.
 * # Limits
 * Bins are 1.35 Hz wide and the window spreads a tone over four of them, so the two lowest bands share energy. Bands that
 * reach above Nyquist hold what lies below it.
 * # References
 * P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE Trans. Audio Electroacoust. 15(2), 1967;
 * IEC 61260-1:2014 for fractional-octave bands (base 2 here).
 */
export interface Data10 {
  /**
   * The bands, lowest first.
   */
  bands: Band[];
  /**
   * Frames that were loud enough to count.
   */
  frames: number;
}
/**
 * One sixth of an octave.
 */
export interface Band {
  centre: Hz;
  level: Db;
  p10: Db;
  p50: Db;
  p90: Db;
}
/**
 * The stereo image of a whole file.
 *
 * # What it measures
 * How alike left and right are, how loud each is, and what remains of them when they are added.
 * # Definition
 * Over the whole file and over consecutive windows of [`WINDOW_S`]: mean squares of left and right, and correlation
 * Σ L·R / √(Σ L² · Σ R²). `difference` is the RMS level of L − R. Surround files are judged by their front pair.
 * # Unit and range
 * dBFS (a full-scale sine is −3.01); correlation −1 to +1.
 * # On silence, short, mono
 * Silence: levels −∞, correlation none. The last window may be shorter. Mono files have no data (`None` in [`Data`]).
 * # Limits
 * Correlation of a whole file is that of its loudest parts and of its bass; see [`bands`] for the rest.
 * # References
 * The ordinary product-moment correlation coefficient; meters show the same with a time constant of about a second.
 */
export interface Image {
  /**
   * Correlation of the whole file; none for silence or a silent channel.
   */
  correlation?: number | null;
  correlation_over_time: Series;
  difference: Db;
  left: Db;
  left_over_time: Series;
  right: Db;
  right_over_time: Series;
}
/**
 * True peak.
 *
 * # What it measures
 * The largest value that the continuous signal behind the samples reaches. Converters, resamplers and lossy coders
 * meet that value, not the highest sample.
 * # Definition
 * Band-limited interpolation at 16 points a sample (a Kaiser-windowed half-band filter of 96 points, then a 12-tap one),
 * then the vertex of the parabola through the highest point and its neighbours; per stretch of 100 ms and channel.
 * Points are left out only where the sum of the filter's absolute taps times the largest value in its reach proves that
 * they cannot pass the highest found, so the result is that of evaluating them all.
 * # Unit and range
 * dBTP, −∞ to about +125. Error below 0.02 dB for content up to 0.45 of the sample rate; falling to −6 dB at half of it.
 * # On silence, short, mono
 * Silence and empty files: −∞. The signal is taken as silent before its start and after its end, as a player does; a file
 * that starts or ends on a loud sample may therefore peak there.
 * # Limits
 * Assumes reconstruction by a linear-phase filter, as BS.1770 does; a minimum-phase converter may peak differently.
 * # References
 * ITU-R BS.1770-5 (2023), Annex 2, whose 4-times meter may read up to 0.69 dB low; J. F. Kaiser, "Nonrecursive digital filter
 * design using the I0-sinh window function", Proc. IEEE ISCAS 1974, 20-23.
 */
export interface Data5 {
  /**
   * Per channel in file order.
   */
  channels: ChannelPeak2[];
  max: ChannelPeak2;
  series: Series;
}
/**
 * The highest point of one channel.
 */
export interface ChannelPeak2 {
  level: Dbtp;
  time: Seconds;
}
/**
 * A full proposal.
 */
export interface Proposal {
  amounts: Amounts;
  mode: MatchMode;
  /**
   * The evidence for the mode, in one sentence for the user.
   */
  mode_reason: string;
  /**
   * The moves they are made of, in order of weight.
   */
  moves: Move[];
  /**
   * Things the user should know: what cannot be undone, what was left alone and why.
   */
  notes: string[];
  settings: Settings;
  /**
   * What the moves for playback systems should bring and cost; none where there are none.
   */
  translation?: TranslationTrade | null;
}
/**
 * How much of each dimension's proposal to carry out: 0 leaves it alone, 1 is the proposal, 1.5 the most.
 */
export interface Amounts {
  /**
   * Dynamics.
   */
  dynamics: number;
  /**
   * Loudness.
   */
  loudness: number;
  /**
   * Tone.
   */
  tone: number;
  /**
   * Width.
   */
  width: number;
}
/**
 * One move: a part of the settings with its reason.
 */
export interface Move {
  /**
   * Codes of the findings it answers.
   */
  answers: string[];
  /**
   * Frequencies it works on, \[low, high\] Hz; none for all.
   *
   * @minItems 2
   * @maxItems 2
   */
  band_hz?: [number, number] | null;
  /**
   * 0 to 1.
   */
  confidence: number;
  dimension: Dimension;
  expectation: Expectation;
  /**
   * Stable within one proposal, as "tone-2".
   */
  id: string;
  /**
   * The move in words: "Bell 232 Hz, −2.4 dB, Q 1.1".
   */
  what: string;
  /**
   * The reason in words.
   */
  why: string;
}
/**
 * What a move should do to one quantity.
 */
export interface Expectation {
  /**
   * Before the move.
   */
  before?: number | null;
  /**
   * Expected after it.
   */
  expected?: number | null;
  /**
   * What is measured, as "level 180–320 Hz".
   */
  quantity: string;
  /**
   * Where it should be: the references' middle or the target.
   */
  target?: number | null;
  /**
   * Unit.
   */
  unit: string;
}
/**
 * What moves for playback systems bring there, and what they cost the reference match.
 */
export interface TranslationTrade {
  /**
   * The same with them, dB.
   */
  match_with_db: number;
  /**
   * Tone distance to the reference without these moves, dB: RMS over third octaves of what is missing to references of the session,
   * of what lies outside the range of other records.
   */
  match_without_db: number;
  /**
   * The systems, in the order asked for.
   */
  systems: SystemScore[];
  /**
   * How much translation was weighed, above 0 up to 1.
   */
  weight: number;
}
/**
 * What is kept of a mix on one playback system, 0 to 100.
 */
export interface SystemScore {
  /**
   * Of the mix as it came; none where that was not asked.
   */
  before?: number | null;
  /**
   * As it stands in a sentence: "on a phone".
   */
  place: string;
  /**
   * Name of the system.
   */
  system: string;
  /**
   * With them.
   */
  with: number;
  /**
   * Of the match without the moves for playback systems.
   */
  without: number;
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
  basis: Basis2;
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
 * The bass line on a system.
 */
export interface BassLine {
  beyond_lu: Uncertain;
  carried_by: CarriedBy;
  /**
   * Where it is heard here, Hz.
   *
   * @minItems 2
   * @maxItems 2
   */
  hz: [number, number];
  /**
   * The part of it that is lost because left and right are added, LU.
   */
  mono_lu: number;
}
/**
 * A value with its range over the draws.
 */
export interface Uncertain {
  /**
   * A tenth of the draws lies above.
   */
  high: number;
  /**
   * A tenth of the draws lies below.
   */
  low: number;
  /**
   * Median of the draws.
   */
  value: number;
}
/**
 * One region on one system.
 */
export interface RegionHeard {
  beyond_lu: Uncertain;
  /**
   * Whether anything of the region is heard on this system at all.
   */
  heard: boolean;
  /**
   * Edges, Hz.
   *
   * @minItems 2
   * @maxItems 2
   */
  hz: [number, number];
  /**
   * What the mix loses here against full-range listening in quiet, LU.
   */
  mix_lu: number;
  /**
   * What the references' sound loses here, LU.
   */
  references_lu: number;
  /**
   * Name as in [`REGIONS`].
   */
  region: string;
}
/**
 * Passages that sink in the noise of a place.
 */
export interface Sunk {
  /**
   * How much more these passages lose in the noise than the rest of the mix, LU; 0 where nothing sinks.
   */
  depth_lu: number;
  /**
   * The same of the references, held against the same limit; none where none was measured now.
   */
  references_share?: number | null;
  /**
   * Share of the sounding time that sinks and is 6 LU softer than the softest seconds of the references, 0 to 1.
   */
  share: number;
  /**
   * Where.
   */
  time: TimeRange[];
}
/**
 * Points taken off a score.
 */
export interface Points {
  /**
   * How many.
   */
  points: number;
  /**
   * What for: "tone", "bass_line", "mono", "noise", "sub".
   */
  what: string;
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
 * One move, verified.
 */
export interface MoveOutcome {
  expectation: Expectation;
  /**
   * The move's id.
   */
  id: string;
  /**
   * Part of the proposed amount that was kept, 0 to 1.
   */
  kept: number;
  /**
   * What was measured in the rendered file.
   */
  measured?: number | null;
  outcome: Outcome;
  /**
   * Why it was kept, scaled back or dropped.
   */
  reason: string;
  /**
   * The move in words.
   */
  what: string;
}
/**
 * How far the result is from one reference.
 */
export interface ReferenceResidual {
  /**
   * The same after, LU.
   */
  loudness_after_lu: number;
  /**
   * Loudness difference before, LU.
   */
  loudness_before_lu: number;
  /**
   * The reference's name.
   */
  reference: string;
  /**
   * The same after, dB.
   */
  tone_after_db: number;
  /**
   * RMS third-octave tonal difference at equal loudness before, dB.
   */
  tone_before_db: number;
  /**
   * The same after, dB.
   */
  width_after_db?: number | null;
  /**
   * Difference of the side/mid ratio before, dB; none if either is mono.
   */
  width_before_db?: number | null;
}
