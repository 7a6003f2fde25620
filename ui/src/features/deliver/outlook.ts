// What a platform does with a master: its published rule read against the document's loudness and peak. Pure.

import type { Status } from "../../bindings/document";
import type { Delivery } from "../../host/host";
import { MINUS, NBSP, number, signed } from "../../shared/format";

export interface Outlook {
  /** What the platform plays it at differs by, dB: negative is turned down. None where it sets no level. */
  turned: number | null;
  /** Ceiling that holds for this master, dBTP. */
  ceiling: number | null;
  status: Status;
  text: string;
}

export interface Master {
  lufs: number | null;
  peak: number | null;
  rate: number;
  bits: number;
}

/** Ceiling for a master of this loudness: some services ask for more room where it is loud. */
export function ceilingOf(d: Delivery, lufs: number | null): number | null {
  const rule = d.true_peak;
  if (!rule) return null;
  const loud = rule.louder_than_lufs !== null && rule.louder_than_lufs !== undefined && lufs !== null && lufs > rule.louder_than_lufs;
  return loud ? (rule.louder_ceiling_dbtp ?? rule.ceiling_dbtp) : rule.ceiling_dbtp;
}

/** What the platform changes the level by: never more than its rule lets it turn up. */
export function turnedBy(d: Delivery, m: Master): number | null {
  const rule = d.loudness;
  if (!rule || m.lufs === null) return null;
  const wanted = rule.target_lufs - m.lufs;
  if (wanted <= 0 || rule.turned_up === "always") return wanted;
  if (rule.turned_up === "never" || rule.turned_up === "unknown") return 0;
  const room = (d.true_peak?.ceiling_dbtp ?? 0) - (m.peak ?? 0);
  return Math.max(0, Math.min(wanted, room));
}

function formatText(d: Delivery, m: Master): string | null {
  const f = d.format;
  const rates = f.rates_hz ?? [];
  if (rates.length > 0 && !rates.includes(m.rate)) return `To ${rates.map((r) => number(r / 1000, r % 1000 ? 1 : 0)).join(" or ")}${NBSP}kHz${f.max_bits ? `, ${f.max_bits}${NBSP}bit, dithered` : ""}`;
  if (f.min_rate_hz && m.rate < f.min_rate_hz) return `Asks at least ${number(f.min_rate_hz / 1000, 1)}${NBSP}kHz`;
  if (f.max_rate_hz && m.rate > f.max_rate_hz) return `Takes at most ${number(f.max_rate_hz / 1000, 0)}${NBSP}kHz`;
  if (f.max_bits && m.bits > f.max_bits) return `To ${f.max_bits}${NBSP}bit, dithered`;
  if (f.min_bits && m.bits < f.min_bits) return `Asks at least ${f.min_bits}${NBSP}bit`;
  return null;
}

/** Room for rounding of a measured peak, dB. */
const PEAK_ROOM_DB = 0.05;

export function outlookOf(d: Delivery, m: Master): Outlook {
  const ceiling = ceilingOf(d, m.lufs);
  const turned = turnedBy(d, m);
  const rule = d.loudness;
  const base = { turned, ceiling };
  if (m.lufs === null) return { ...base, status: "skipped", text: "Known once the result is measured" };
  if (rule?.required) {
    const off = m.lufs - rule.target_lufs;
    if (Math.abs(off) > (rule.tolerance_lu ?? 1)) return { ...base, status: "note", text: `Refused at ${number(m.lufs, 1)}; a copy ${signed(-off, 1)}${NBSP}dB fits` };
  }
  if (ceiling !== null && m.peak !== null && m.peak > ceiling + PEAK_ROOM_DB) {
    const loud = d.true_peak?.louder_than_lufs;
    const why = ceiling !== d.true_peak?.ceiling_dbtp && loud !== null && loud !== undefined ? ` above ${number(loud, 0)}${NBSP}LUFS` : "";
    return { ...base, status: "warn", text: `Asks ${number(ceiling, 1)}${why}` };
  }
  const format = formatText(d, m);
  if (format) return { ...base, status: "note", text: format };
  if (turned !== null && rule && turned < rule.target_lufs - m.lufs - 0.1) return { ...base, status: "note", text: `${number(rule.target_lufs - m.lufs - turned, 1)}${NBSP}dB softer than others` };
  if (d.vinyl) return { ...base, status: "note", text: `Side silent below ${number(d.vinyl.mono_below_hz, 0)}${NBSP}Hz` };
  return { ...base, status: "pass", text: turned !== null && turned < -0.1 ? "As asked, turned down" : "As asked" };
}

/** The one ceiling that meets all chosen targets, where the present one does not. */
export function commonCeiling(deliveries: Delivery[], m: Master): number | null {
  const asked = deliveries.map((d) => ceilingOf(d, m.lufs)).filter((c): c is number => c !== null);
  if (asked.length === 0 || m.peak === null) return null;
  const lowest = Math.min(...asked);
  return m.peak > lowest + PEAK_ROOM_DB ? lowest : null;
}

export function lufsText(d: Delivery): string {
  if (!d.loudness) return d.vinyl ? "by length" : "none";
  return `${number(d.loudness.target_lufs, 0)}${NBSP}LUFS`;
}

export function peakText(ceiling: number | null, d: Delivery): string {
  if (ceiling === null) return d.vinyl ? `mono < ${number(d.vinyl.mono_below_hz, 0)}${NBSP}Hz` : "–";
  return `≤ ${ceiling === 0 ? "0.0" : number(ceiling, 1).replace("-", MINUS)}`;
}
