// Written by `npm run bindings` from the core's schema; do not edit.

/**
 * Shape of an equaliser band; all second order (RBJ Audio EQ Cookbook).
 */
export type EqKind = "bell" | "low_shelf" | "high_shelf" | "high_pass" | "low_pass";
/**
 * What a band or gain works on.
 */
export type Part = "stereo" | "mid" | "side";

/**
 * A complete set of settings. The default changes nothing, bit for bit.
 */
export interface Settings {
  /**
   * Compression per band; none leaves dynamics alone.
   */
  dynamics?: Dynamics | null;
  /**
   * Equaliser bands, in order.
   */
  eq?: EqBand[];
  /**
   * Gain before everything, dB.
   */
  input_gain_db?: number;
  /**
   * Look-ahead true-peak limiter; none leaves peaks alone.
   */
  limiter?: Limiter | null;
  /**
   * Gain before the limiter, dB: what brings the file to its loudness.
   */
  output_gain_db?: number;
  /**
   * [`SCHEMA`].
   */
  schema: string;
  /**
   * Stereo settings; none leaves the image alone.
   */
  stereo?: Stereo | null;
  /**
   * Version of the tool that made the settings.
   */
  tool_version: string;
}
/**
 * Compression in bands split by linear-phase-free (minimum-phase, all-pass-summing) crossovers.
 */
export interface Dynamics {
  /**
   * One compressor per band, lowest first.
   */
  bands: BandDynamics[];
  /**
   * Crossover frequencies, Hz, rising; one fewer than `bands`.
   */
  crossovers_hz: number[];
}
/**
 * A feed-forward compressor in the log domain (Giannoulis, Massberg, Reiss, JAES 60(6), 2012).
 */
export interface BandDynamics {
  /**
   * Attack, ms.
   */
  attack_ms: number;
  /**
   * Soft knee, dB.
   */
  knee_db: number;
  /**
   * Gain after compression, dB.
   */
  makeup_db: number;
  /**
   * Ratio, 1 (nothing) to 20. Below 1 (down to 0.2) expands upwards above the threshold: 0.5 doubles level
   * differences, to at most 12 dB of added gain.
   */
  ratio: number;
  /**
   * Why.
   */
  reason?: string;
  /**
   * Release, ms.
   */
  release_ms: number;
  /**
   * Threshold, dBFS of the peak level of the band's louder channel (a full-scale sine is 0).
   */
  threshold_db: number;
}
/**
 * One equaliser band.
 */
export interface EqBand {
  /**
   * 0 to 1.
   */
  confidence?: number;
  /**
   * Centre or corner frequency, Hz, 10 to 0.49 of the sample rate.
   */
  freq_hz: number;
  /**
   * Gain, dB, −24 to +24; ignored by the passes.
   */
  gain_db?: number;
  kind: EqKind;
  part?: Part;
  /**
   * Q, 0.1 to 20 (0.707 is Butterworth).
   */
  q: number;
  /**
   * Why the band is there, in a few words.
   */
  reason?: string;
}
/**
 * Look-ahead true-peak limiter.
 */
export interface Limiter {
  /**
   * Ceiling, dBTP.
   */
  ceiling_dbtp: number;
  /**
   * Look-ahead, ms.
   */
  lookahead_ms: number;
  /**
   * Release, ms; lengthened by the programme where that lowers distortion.
   */
  release_ms: number;
}
/**
 * Stereo image: side gain by frequency, and a frequency below which the side is removed.
 */
export interface Stereo {
  /**
   * The side is high-passed here (24 dB an octave), Hz; none keeps the bass as wide as it is.
   */
  mono_below_hz?: number | null;
  /**
   * Why.
   */
  reason?: string;
  /**
   * Further side gain by frequency: minimum-phase bands on the side only.
   */
  side_bands?: EqBand[];
  /**
   * Gain of the side at all frequencies, dB.
   */
  side_gain_db?: number;
}
