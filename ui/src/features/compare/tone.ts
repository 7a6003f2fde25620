// The tone of a file as it is drawn: third octaves, tilted so that published music lies about flat, the middle of the
// range at zero. The same display as in the core's report; the levels are the document's.

import type { BandTone, Comparison } from "../../bindings/document";

/** Tilt of the display, dB an octave of third-octave level: with the 3 dB that bands gain by widening, 4.5 dB in all. */
export const TILT_DB = 1.5;

export interface ToneCurves {
  hz: number[];
  mix: number[];
  low: number[];
  middle: number[];
  high: number[];
  /** Signed distance outside the range, 0 inside. */
  outside: number[];
  after: number[] | null;
  afterOutside: number[] | null;
  /** What is added to a level at `hz[i]` to draw it. */
  offset: number[];
}

const tilted = (hz: number): number => TILT_DB * Math.log2(hz / 1000);

export function toneCurves(before: Comparison, after?: Comparison | null): ToneCurves | null {
  const bands = before.tone.filter((b) => b.hz > 0);
  const core = bands.filter((b) => b.hz >= 100 && b.hz <= 8000);
  if (bands.length < 2 || core.length === 0) return null;
  const zero = core.reduce((sum, b) => sum + b.range.centre + tilted(b.hz), 0) / core.length;
  const offset = bands.map((b) => tilted(b.hz) - zero);
  const curve = (pick: (b: BandTone) => number): number[] => bands.map((b, i) => pick(b) + (offset[i] ?? 0));
  const matching = after ? bands.map((b) => after.tone.find((t) => t.hz === b.hz)) : [];
  const whole = matching.length > 0 && matching.every((t) => t !== undefined);
  return {
    hz: bands.map((b) => b.hz),
    mix: curve((b) => b.level_db),
    low: curve((b) => b.range.low),
    middle: curve((b) => b.range.centre),
    high: curve((b) => b.range.high),
    outside: bands.map((b) => b.outside_db),
    after: whole ? matching.map((t, i) => (t?.level_db ?? 0) + (offset[i] ?? 0)) : null,
    afterOutside: whole ? matching.map((t) => t?.outside_db ?? 0) : null,
    offset,
  };
}

/** Value of a curve at a frequency, between its points on a log axis. */
export function at(hz: number[], values: number[], where: number): number {
  const i = hz.findIndex((f) => f >= where);
  if (i <= 0) return values[i < 0 ? values.length - 1 : 0] ?? 0;
  const [a, b] = [hz[i - 1] ?? 1, hz[i] ?? 1];
  const part = Math.log(where / a) / Math.log(b / a);
  return (values[i - 1] ?? 0) * (1 - part) + (values[i] ?? 0) * part;
}

/** The axis that holds all curves, in steps of 3 dB, at most 36 dB high: what lies below is cut off. */
export function toneSpan(curves: number[][], least = 9): [number, number] {
  const all = curves.flat().filter(Number.isFinite);
  const top = Math.max(least, Math.ceil(Math.max(...all) / 3) * 3);
  const bottom = Math.max(top - 30, Math.min(-12, Math.floor(Math.min(...all) / 3) * 3));
  return [bottom, top];
}
