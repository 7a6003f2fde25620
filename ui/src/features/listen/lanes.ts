// The findings lane: which finding lies in which of the four sub-lanes above the waveform.

import type { Status, TimeRange } from "../../bindings/document";
import type { Row } from "../check/rows";

export interface Bar {
  /** Findings with this very span, the gravest first. */
  rows: Row[];
  status: Status;
  lane: number;
  start_s: number;
  end_s: number;
}

export const LANES = 4;

const ORDER: Record<Status, number> = { fail: 0, warn: 1, note: 2, pass: 3, skipped: 4 };

function sameSpan(a: TimeRange, b: TimeRange): boolean {
  return Math.abs(a.start_s - b.start_s) < 0.05 && Math.abs(a.end_s - b.end_s) < 0.05;
}

/** Places that would touch on the screen are one bar: a peak finding may have a thousand. */
function joined(times: TimeRange[], gap_s: number): TimeRange[] {
  const out: TimeRange[] = [];
  for (const t of [...times].sort((a, b) => a.start_s - b.start_s)) {
    const last = out[out.length - 1];
    if (last && t.start_s - last.end_s < gap_s) last.end_s = Math.max(last.end_s, t.end_s);
    else out.push({ ...t });
  }
  return out;
}

/** Bars by lane, faults first. Findings with the same span share one; what holds throughout has no place and no bar;
 *  what finds no free lane lies in the last. `gap_s` is the room that two bars of one lane keep. */
export function lanesOf(rows: Row[], duration: number, gap_s: number): Bar[] {
  const sorted = [...rows].sort((a, b) => ORDER[a.finding.status] - ORDER[b.finding.status]);
  const bars: Bar[] = [];
  for (const row of sorted) {
    for (const t of joined(row.finding.time, gap_s)) {
      if (t.start_s <= 0.5 && t.end_s >= duration - 0.5) continue;
      const shared = bars.find((b) => sameSpan(b, t));
      if (shared) {
        if (!shared.rows.includes(row)) shared.rows.push(row);
        continue;
      }
      bars.push({ rows: [row], status: row.finding.status, lane: -1, start_s: t.start_s, end_s: t.end_s });
    }
  }
  for (const bar of bars) {
    const free = (lane: number): boolean => bars.every((o) => o.lane !== lane || o.end_s + gap_s < bar.start_s || o.start_s > bar.end_s + gap_s);
    const lane = Array.from({ length: LANES }, (_, i) => i).find(free);
    bar.lane = lane ?? LANES - 1;
  }
  return bars;
}
