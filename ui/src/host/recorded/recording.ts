// The shape of recordings/*.json (written by scripts/record.mjs) and how they are found.

import type { Document } from "../../bindings/document";
import type { Amounts, Delivery, ExportFormat, SystemInfo } from "../host";

export interface RecordedMix {
  id: string;
  name: string;
  file: string;
  path: string;
  format: string;
  duration_s: number;
  modified: string;
  /** Base64 of signed bytes: min, max, rms per column. */
  wave: string;
  /** Parts of it seen from near. */
  closeups: { start_s: number; end_s: number; wave: string }[];
  check: Document;
  /** What `plumb check` printed. */
  text: string;
}

export interface RecordedProposal {
  amounts: Amounts;
  /** The match. */
  document: Document;
  /** A check of the file that its settings render. */
  measured: Document;
}

export interface Recording {
  title: string;
  mixes: RecordedMix[];
  references: { id: string; label: string; name: string; path: string; wave: string; odd: string | null }[];
  stems: { folder: string; files: { path: string; name: string; role: string }[] } | null;
  proposals: RecordedProposal[];
  fixed_wave: string | null;
  exports: Record<string, string>;
  explain: Record<string, string>;
  catalogue: { version: string; systems: SystemInfo[]; deliveries: Delivery[]; exports: ExportFormat[] };
}

const FILES = import.meta.glob<Recording>("../../../recordings/*.json", { import: "default" });

/** A recording by name. */
export async function recordingOf(name: string): Promise<Recording> {
  const load = FILES[`../../../recordings/${name}.json`];
  if (!load) throw new Error(`no recording called ${name}; there are ${Object.keys(FILES).join(", ")}`);
  return load();
}

/** The columns of a recorded waveform between two moments. */
export function columnsOf(wave: string, duration: number, start: number, end: number, count: number): Float32Array {
  const raw = atob(wave);
  const n = Math.floor(raw.length / 3);
  const byte = (i: number): number => {
    const v = raw.charCodeAt(i);
    return (v > 127 ? v - 256 : v) / 127;
  };
  const out = new Float32Array(count * 3);
  for (let c = 0; c < count; c++) {
    const from = Math.floor(((start + ((end - start) * c) / count) / duration) * n);
    const to = Math.max(from + 1, Math.floor(((start + ((end - start) * (c + 1)) / count) / duration) * n));
    let [min, max, power] = [0, 0, 0];
    for (let i = Math.max(0, from); i < Math.min(n, to); i++) {
      min = Math.min(min, byte(i * 3));
      max = Math.max(max, byte(i * 3 + 1));
      power += byte(i * 3 + 2) ** 2;
    }
    out.set([min, max, Math.sqrt(power / (to - from))], c * 3);
  }
  return out;
}
