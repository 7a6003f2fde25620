// What is outlined on the map, and where its names stand.

import type { Region, TimeRange } from "../../bindings/document";

/** One outlined passage. */
export interface Outline {
  id: string;
  label: string;
  band_hz: [number, number];
  time: TimeRange;
  /** The longest of its name, which is the one that bears it. */
  named: boolean;
}

const touch = (a: TimeRange, b: TimeRange): boolean => a.start_s < b.end_s && b.start_s < a.end_s;

/** Regions as outlines: those of one name whose bands meet, octave by octave, are one. */
export function outlinesOf(regions: Region[]): Outline[] {
  const out: Outline[] = [];
  const sorted = [...regions].sort((a, b) => a.label.localeCompare(b.label) || (a.band_hz[0] ?? 0) - (b.band_hz[0] ?? 0));
  for (const r of sorted) {
    const [low, high] = [r.band_hz[0] ?? 20, r.band_hz[1] ?? 20_000];
    for (const time of r.time) {
      const below = out.find((o) => o.label === r.label && Math.abs(o.band_hz[1] / low - 1) < 0.02 && touch(o.time, time));
      if (below) {
        below.band_hz = [below.band_hz[0], high];
        below.time = { start_s: Math.min(below.time.start_s, time.start_s), end_s: Math.max(below.time.end_s, time.end_s) };
      } else out.push({ id: `${r.label} ${low} ${time.start_s}`, label: r.label, band_hz: [low, high], time, named: false });
    }
  }
  const longest = new Map<string, Outline>();
  const length = (o: Outline): number => o.time.end_s - o.time.start_s;
  for (const o of out) {
    const known = longest.get(o.label);
    if (!known || length(o) > length(known)) longest.set(o.label, o);
  }
  for (const o of longest.values()) o.named = true;
  return out;
}

export interface Label {
  text: string;
  chosen: boolean;
  x: number;
  y: number;
}

const LINE = 19;
/** Width of a character of a name, px, generously. */
const CHARACTER = 6.6;

/** Names where they are wanted, or the next line below that is free: none lies on another or sticks out. */
export function placed(labels: Label[], width: number, height: number): Label[] {
  const wide = (l: Label): number => l.text.length * CHARACTER + 12;
  const out: Label[] = [];
  for (const l of [...labels].sort((a, b) => Number(b.chosen) - Number(a.chosen) || a.y - b.y)) {
    const x = Math.max(0, Math.min(l.x, width - wide(l)));
    const isFree = (y: number): boolean => !out.some((o) => Math.abs(o.y - y) < LINE && o.x < x + wide(l) && x < o.x + wide(o));
    const lines = Array.from({ length: Math.ceil(height / LINE) }, (_, i) => l.y + i * LINE).filter((y) => y + LINE <= height);
    out.push({ ...l, x, y: lines.find(isFree) ?? l.y });
  }
  return out;
}
