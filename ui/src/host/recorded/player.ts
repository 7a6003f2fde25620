// Plays nothing, keeps time: position, loop and side as the engine would, meters from the recorded measurements.

import type { Document, Series, TimeRange } from "../../bindings/document";
import { type PlaybackFrame, type Side, SPECTRUM_HZ } from "../host";

const RATE_MS = 33;

function at(series: Series | undefined, seconds: number): number {
  if (!series) return Number.NEGATIVE_INFINITY;
  const i = Math.round((seconds - series.start_s) / series.step_s);
  return series.values[Math.max(0, Math.min(series.values.length - 1, i))] ?? Number.NEGATIVE_INFINITY;
}

export class Player {
  position = 0;
  playing = false;
  side: Side = "A";
  loop: TimeRange | null = null;
  levelMatch = true;
  #last = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #watchers = new Set<(f: PlaybackFrame) => void>();

  constructor(readonly docs: () => { mix: Document | null; fixed: Document | null }) {}

  watch(onFrame: (f: PlaybackFrame) => void): () => void {
    this.#watchers.add(onFrame);
    this.tell();
    return () => this.#watchers.delete(onFrame);
  }

  play(): void {
    if (this.playing) return;
    this.playing = true;
    this.#last = performance.now();
    this.#timer = setInterval(() => this.#step(), RATE_MS);
    this.tell();
  }

  pause(): void {
    this.playing = false;
    clearInterval(this.#timer);
    this.tell();
  }

  seek(s: number): void {
    this.position = s;
    this.tell();
  }

  #step(): void {
    const now = performance.now();
    this.position += (now - this.#last) / 1000;
    this.#last = now;
    const end = this.docs().mix?.input.duration_s ?? 0;
    if (this.loop && this.position >= this.loop.end_s) this.position = this.loop.start_s;
    if (this.position >= end) {
      this.position = end;
      this.pause();
    }
    this.tell();
  }

  /** Short-term loudness of two documents apart: what level-match turns the louder one down by. */
  gains(): { a: number; b: number; r: number } {
    const { mix, fixed } = this.docs();
    if (!this.levelMatch || !mix) return { a: 0, b: 0, r: 0 };
    const a = mix.measurements.loudness.integrated ?? -23;
    const b = fixed?.measurements.loudness.integrated ?? a;
    const r = mix.comparison?.quantities.find((q) => q.id === "loudness")?.range.centre ?? a;
    const lowest = Math.min(a, b, r);
    return { a: lowest - a, b: lowest - b, r: lowest - r };
  }

  tell(): void {
    const { mix, fixed } = this.docs();
    const m = (this.side === "B" ? (fixed ?? mix) : mix)?.measurements;
    const gains = this.gains();
    const gain = this.side === "A" ? gains.a : this.side === "B" ? gains.b : gains.r;
    const tone = mix?.comparison?.tone ?? [];
    const frame: PlaybackFrame = {
      position_s: this.position,
      playing: this.playing,
      side: this.side,
      short_term_lufs: at(m?.loudness.short_term, this.position) + gain,
      true_peak_dbtp: at(m?.true_peak.series, this.position) + gain,
      correlation: at(m?.stereo?.correlation_over_time, this.position),
      gain_a_db: gains.a,
      gain_b_db: gains.b,
      gain_r_db: gains.r,
      bands_db: [0, 0, 0, 0],
      limiter_db: 0,
      spectrum_db: Float32Array.from(SPECTRUM_HZ, (hz) => tone.find((t) => t.hz >= hz)?.level_db ?? -60),
    };
    for (const w of this.#watchers) w(frame);
  }
}
