// What a target asks for, in words. What it would do with a master is the core's to say (`Host.outlook`).

import type { Delivery } from "../../host/host";
import { MINUS, NBSP, number } from "../../shared/format";

export function lufsText(d: Delivery): string {
  if (!d.loudness) return d.vinyl ? "by length" : "none";
  return `${number(d.loudness.target_lufs, 0)}${NBSP}LUFS`;
}

export function peakText(ceiling: number | null, d: Delivery): string {
  if (ceiling === null) return d.vinyl ? `mono < ${number(d.vinyl.mono_below_hz, 0)}${NBSP}Hz` : "–";
  return `≤ ${ceiling === 0 ? "0.0" : number(ceiling, 1).replace("-", MINUS)}`;
}
