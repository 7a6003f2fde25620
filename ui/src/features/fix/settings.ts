// Settings as the editor handles them: every field present, small changes by name. Pure.

import type { BandDynamics, Dynamics, EqBand, Limiter, Settings, Stereo } from "../../bindings/settings";
import type { Document } from "../../bindings/document";
import { clamp } from "../../shared/scale";
import { fineFrequency, NBSP, number, signed } from "../../shared/format";

export interface FullSettings extends Settings {
  eq: EqBand[];
  input_gain_db: number;
  output_gain_db: number;
  dynamics: Dynamics | null;
  stereo: Stereo | null;
  limiter: Limiter | null;
}

/** All fields, with the core's defaults where the file leaves them out. */
export function full(s: Settings): FullSettings {
  return { ...s, eq: s.eq ?? [], input_gain_db: s.input_gain_db ?? 0, output_gain_db: s.output_gain_db ?? 0, dynamics: s.dynamics ?? null, stereo: s.stereo ?? null, limiter: s.limiter ?? null };
}

/** Settings that change nothing. */
export function neutral(s: Settings): FullSettings {
  return { schema: s.schema, tool_version: s.tool_version, eq: [], input_gain_db: 0, output_gain_db: 0, dynamics: null, stereo: null, limiter: null };
}

export const KINDS: { kind: EqBand["kind"]; title: string }[] = [
  { kind: "bell", title: "Bell" },
  { kind: "low_shelf", title: "Low shelf" },
  { kind: "high_shelf", title: "High shelf" },
  { kind: "high_pass", title: "High-pass" },
  { kind: "low_pass", title: "Low-pass" },
];

export const PARTS: { part: NonNullable<EqBand["part"]>; title: string }[] = [
  { part: "stereo", title: "L+R" },
  { part: "mid", title: "Mid" },
  { part: "side", title: "Side" },
];

export function kindTitle(kind: EqBand["kind"]): string {
  return KINDS.find((k) => k.kind === kind)?.title ?? kind;
}

export function isPass(kind: EqBand["kind"]): boolean {
  return kind === "high_pass" || kind === "low_pass";
}

/** What a band may be; the core refuses what lies outside. */
export const LIMITS = { freq: [20, 20_000], gain: [-24, 24], q: [0.1, 20] } as const;

export function limited(band: EqBand): EqBand {
  return {
    ...band,
    freq_hz: clamp(band.freq_hz, LIMITS.freq[0], LIMITS.freq[1]),
    gain_db: clamp(band.gain_db ?? 0, LIMITS.gain[0], LIMITS.gain[1]),
    q: clamp(band.q, LIMITS.q[0], LIMITS.q[1]),
  };
}

export function withBand(s: FullSettings, index: number, band: EqBand): FullSettings {
  return { ...s, eq: s.eq.map((b, i) => (i === index ? limited(band) : b)) };
}

export function withoutBand(s: FullSettings, index: number): FullSettings {
  return { ...s, eq: s.eq.filter((_, i) => i !== index) };
}

/** A new bell, put where it belongs in frequency. */
export function withNewBand(s: FullSettings, freq_hz: number, gain_db: number): { settings: FullSettings; index: number } {
  const band = limited({ kind: "bell", part: "stereo", freq_hz, gain_db, q: 1, reason: "", confidence: 1 });
  return { settings: { ...s, eq: [...s.eq, band] }, index: s.eq.length };
}

/** As an undo step and a screen reader name it: "Bell 232 Hz". */
export function bandLabel(b: EqBand): string {
  return `${kindTitle(b.kind)} ${fineFrequency(b.freq_hz)}`;
}

/** Value text of a node. */
export function bandSpoken(b: EqBand, index: number): string {
  const hz = b.freq_hz >= 1000 ? `${number(b.freq_hz / 1000, 2)} kilohertz` : `${number(b.freq_hz, 0)} hertz`;
  const gain = isPass(b.kind) ? "" : `, ${(b.gain_db ?? 0) < 0 ? "minus" : "plus"} ${Math.abs(b.gain_db ?? 0).toFixed(1)} decibels`;
  return `Band ${index + 1}, ${kindTitle(b.kind).toLowerCase()}, ${hz}${gain}, Q ${number(b.q, 2)}`;
}

export function gainText(b: EqBand): string {
  return isPass(b.kind) ? `12${NBSP}dB/oct` : `${signed(b.gain_db ?? 0, 1)}${NBSP}dB`;
}

/** Compression in four bands that does nothing yet: what "add" gives. */
export function restingDynamics(): Dynamics {
  const band = (): BandDynamics => ({ threshold_db: -24, ratio: 1, knee_db: 6, attack_ms: 20, release_ms: 120, makeup_db: 0, reason: "" });
  return { crossovers_hz: [120, 900, 5000], bands: [band(), band(), band(), band()] };
}

export function restingLimiter(): Limiter {
  return { ceiling_dbtp: -1, lookahead_ms: 5, release_ms: 120 };
}

/** Edges of the dynamics bands, Hz. */
export function bandEdges(d: Dynamics): [number, number][] {
  const edges = [20, ...d.crossovers_hz, 20_000];
  return d.bands.map((_, i) => [edges[i] ?? 20, edges[i + 1] ?? 20_000]);
}

export interface BandResult {
  before: number | null;
  after: number | null;
  unit: string;
  outcome: "kept" | "scaled_back" | "dropped" | null;
  what: string;
}

/** What a proposal's band was to mend and what it brought: moves carry the reason of their band. */
export function resultOf(doc: Document | null, band: EqBand): BandResult | null {
  const move = doc?.proposal?.moves.find((m) => m.why === band.reason && band.reason !== "");
  if (!move) return null;
  const outcome = doc?.verification?.moves.find((m) => m.id === move.id);
  return {
    before: move.expectation.before ?? null,
    after: outcome ? (outcome.measured ?? null) : null,
    unit: move.expectation.unit,
    outcome: outcome?.outcome ?? null,
    what: move.expectation.quantity,
  };
}
