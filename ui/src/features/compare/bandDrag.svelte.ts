// Dragging over any spectrum plays that band alone; the pointer's frequency is read off on the way.

import type { Listening } from "../listen/listen.svelte";
import { clamp, type Scale } from "../../shared/scale";

export interface BandDrag {
  readonly hz: number | null;
  readonly band: [number, number] | null;
  move: (e: PointerEvent, x: Scale) => void;
  down: (e: PointerEvent, x: Scale) => void;
  up: (e: PointerEvent) => void;
  leave: () => void;
}

export function bandDrag(listening: Listening): BandDrag {
  let hz = $state<number | null>(null);
  let from = $state<number | null>(null);
  const frequencyAt = (e: PointerEvent, x: Scale): number => {
    const box = (e.currentTarget as Element).getBoundingClientRect();
    return clamp(x.invert(e.clientX - box.left), 20, 20_000);
  };
  const band = $derived<[number, number] | null>(from !== null && hz !== null && Math.max(from, hz) / Math.min(from, hz) > 1.05 ? [Math.min(from, hz), Math.max(from, hz)] : null);
  return {
    get hz() {
      return hz;
    },
    get band() {
      return band ?? listening.solo;
    },
    move(e, x) {
      hz = frequencyAt(e, x);
    },
    down(e, x) {
      if (e.button !== 0 || !listening.ok) return;
      (e.currentTarget as Element).setPointerCapture(e.pointerId);
      from = hz = frequencyAt(e, x);
    },
    up() {
      if (from === null) return;
      const chosen = band;
      from = null;
      if (chosen) listening.hear(null, { band: chosen });
      else if (listening.solo) listening.setSolo(null);
    },
    leave() {
      if (from === null) hz = null;
    },
  };
}
