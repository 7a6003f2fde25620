// Stands in for the core's curves in the recorded host: RBJ's Audio EQ Cookbook, and the static curve of a feed-forward
// compressor with a soft knee (Giannoulis, Massberg, Reiss, JAES 60(6), 2012). The app asks the core.

import type { BandDynamics, EqBand } from "../../bindings/settings";
import { logSpaced } from "../../shared/scale";

const RATE = 48_000;

interface Biquad {
  b: [number, number, number];
  a: [number, number, number];
}

function biquad(band: EqBand): Biquad {
  const w = (2 * Math.PI * band.freq_hz) / RATE;
  const [sin, cos] = [Math.sin(w), Math.cos(w)];
  const alpha = sin / (2 * band.q);
  const A = 10 ** ((band.gain_db ?? 0) / 40);
  const r = 2 * Math.sqrt(A) * alpha;
  switch (band.kind) {
    case "bell":
      return { b: [1 + alpha * A, -2 * cos, 1 - alpha * A], a: [1 + alpha / A, -2 * cos, 1 - alpha / A] };
    case "low_shelf":
      return { b: [A * (A + 1 - (A - 1) * cos + r), 2 * A * (A - 1 - (A + 1) * cos), A * (A + 1 - (A - 1) * cos - r)], a: [A + 1 + (A - 1) * cos + r, -2 * (A - 1 + (A + 1) * cos), A + 1 + (A - 1) * cos - r] };
    case "high_shelf":
      return { b: [A * (A + 1 + (A - 1) * cos + r), -2 * A * (A - 1 + (A + 1) * cos), A * (A + 1 + (A - 1) * cos - r)], a: [A + 1 - (A - 1) * cos + r, 2 * (A - 1 - (A + 1) * cos), A + 1 - (A - 1) * cos - r] };
    case "high_pass":
      return { b: [(1 + cos) / 2, -(1 + cos), (1 + cos) / 2], a: [1 + alpha, -2 * cos, 1 - alpha] };
    case "low_pass":
      return { b: [(1 - cos) / 2, 1 - cos, (1 - cos) / 2], a: [1 + alpha, -2 * cos, 1 - alpha] };
  }
}

function gainDb({ b, a }: Biquad, hz: number): number {
  const w = (2 * Math.PI * hz) / RATE;
  const power = ([x, y, z]: [number, number, number]): number => (x + y * Math.cos(w) + z * Math.cos(2 * w)) ** 2 + (y * Math.sin(w) + z * Math.sin(2 * w)) ** 2;
  return 10 * Math.log10(power(b) / power(a));
}

/** Gain of all bands that work on the sum, dB. */
export function eqCurve(bands: EqBand[], count: number): Float32Array {
  const filters = bands.filter((b) => b.part !== "side").map(biquad);
  return Float32Array.from(logSpaced(count), (hz) => filters.reduce((sum, f) => sum + gainDb(f, hz), 0));
}

/** Output level at input levels from -60 to 0 dBFS. */
export function transferCurve(d: BandDynamics, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const level = -60 + (60 * i) / (count - 1);
    const over = level - d.threshold_db;
    const slope = 1 / d.ratio - 1;
    const knee = d.knee_db;
    const gain = 2 * over < -knee ? 0 : 2 * Math.abs(over) <= knee && knee > 0 ? (slope * (over + knee / 2) ** 2) / (2 * knee) : slope * over;
    return level + gain + d.makeup_db;
  });
}
