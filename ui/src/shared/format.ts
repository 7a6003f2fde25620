// How numbers, times and bands are written. The same words as the core's reports (tests hold both against each other);
// the window writes them itself only because axes, tables and tooltips need them by the hundred.

import type { Status, TimeRange } from "../bindings/document";

export const NBSP = "\u00a0";
export const MINUS = "\u2212";
const DASH = "\u2013";

const COUNTED = ["runs", "places", "clicks", "samples", "gaps", "dropouts"];

/** A number with a real minus; minus infinity as such. */
export function number(value: number, decimals: number): string {
  if (value === -Infinity) return `${MINUS}∞`;
  if (!Number.isFinite(value)) return DASH;
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** As `number`, with a plus where it is a difference. */
export function signed(value: number, decimals: number): string {
  const text = number(value, decimals);
  return value > 0 && Number.isFinite(value) && Number(text) !== 0 ? `+${text}` : text;
}

function decimals(unit: string, value: number): number {
  if (unit === "s" && Math.abs(value) < 10) return 2;
  if (["dB", "dBTP", "dBFS", "LUFS", "LU", "dB/oct", "kHz", "s"].includes(unit)) return 1;
  if (unit === "" || unit === "correlation" || unit === "corr.") return 2;
  if (["bit", "Hz", "%", "runs", "places", "clicks", "samples", "gaps"].includes(unit)) return 0;
  if (Number.isInteger(value) || Math.abs(value) >= 100) return 0;
  return 1;
}

function isDifference(code: string, unit: string): boolean {
  const family = code.split(".")[0] ?? "";
  return unit === "dBTP" || unit === "corr." || ((unit === "dB" || unit === "LU") && ["tonal", "translation", "masking"].includes(family));
}

/** Number and unit apart, because they are set in different weights. */
export function valueAndUnit(code: string, value: number | null | undefined, unit: string): [string, string] {
  if (value === null || value === undefined) {
    const silent = ["dB", "dBFS", "dBTP", "LUFS", "LU"].includes(unit);
    return silent ? [`${MINUS}∞`, unit] : [DASH, ""];
  }
  let shown = unit;
  let v = value;
  if (unit === "Hz" && Math.abs(value) >= 1000) [v, shown] = [value / 1000, "kHz"];
  if (unit === "correlation") shown = "corr.";
  const places = decimals(shown, v);
  const text = isDifference(code, shown) ? signed(v, places) : number(v, places);
  const one = v === 1 && COUNTED.includes(shown) ? shown.replace(/s$/, "") : shown;
  return [text, one];
}

/** Number and unit with a no-break space between them. */
export function quantity(code: string, value: number | null | undefined, unit: string): string {
  const [text, shown] = valueAndUnit(code, value, unit);
  return shown === "" ? text : text + NBSP + shown;
}

/** The limit in words, on the side that the value leans to; none where there is no limit. */
export function limitText(code: string, value: number | null | undefined, limit: number | null | undefined, unit: string, lean?: number | null): string | null {
  if (limit === null || limit === undefined) return null;
  if (limit === 0 && COUNTED.includes(unit)) return "none allowed";
  const [text, limitUnit] = valueAndUnit(code, limit, unit);
  const [, valueUnit] = valueAndUnit(code, value, unit);
  const full = limitUnit !== valueUnit && limitUnit !== "" ? text + NBSP + limitUnit : text;
  const above = lean ? lean > 0 : value === null || value === undefined || value >= limit;
  return `${above ? "at most" : "at least"} ${full}`;
}

function clock(whole: number): string {
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A moment: 0:16, 12:05, 1:02:03. */
export function moment(seconds: number): string {
  return clock(Math.round(Math.max(0, seconds)));
}

/** A moment to the millisecond. */
export function exactMoment(seconds: number): string {
  const ms = Math.round(Math.max(0, seconds) * 1000);
  if (ms === 0) return moment(0);
  return `${clock(Math.floor(ms / 1000))}.${String(ms % 1000).padStart(3, "0")}`;
}

/** The transport's time: hundredths, never changing its width within a song. */
export function transportTime(seconds: number): string {
  const cs = Math.floor(Math.max(0, seconds) * 100);
  return `${clock(Math.floor(cs / 100))}.${String(cs % 100).padStart(2, "0")}`;
}

/** A length of time: 3:52, 0.10 s. */
export function length(seconds: number): string {
  return seconds < 10 ? `${number(seconds, 2)}${NBSP}s` : moment(seconds);
}

/** One stretch: 1:57–2:09; the exact moment for less than a second. */
export function stretch(t: TimeRange): string {
  return t.end_s - t.start_s < 1 ? exactMoment(t.start_s) : `${moment(t.start_s)}${DASH}${moment(t.end_s)}`;
}

/** Places in time, short. */
export function places(times: TimeRange[], duration: number): string {
  const [first] = times;
  const last = times[times.length - 1];
  if (!first || !last) return "throughout";
  if (times.length === 1 && first.start_s <= 0.5 && first.end_s >= duration - 0.5 && duration > 1) return "throughout";
  if (times.length <= 2) return times.map(stretch).join(", ");
  return `${times.length} places, ${moment(first.start_s)}${DASH}${moment(last.end_s)}`;
}

/** All places in time up to a number that a person will read. */
export function allPlaces(times: TimeRange[], most: number): string {
  const text = times.slice(0, most).map(stretch).join(", ");
  return times.length > most ? `${text} and ${times.length - most} more` : text;
}

function kilo(hz: number): string {
  return number(hz / 1000, 1).replace(/\.0$/, "");
}

/** A frequency: 232 Hz, 6.8 kHz. */
export function frequency(hz: number): string {
  if (hz >= 1000) return `${kilo(hz)}${NBSP}kHz`;
  return `${number(hz, hz < 30 && hz % 1 > 0.05 ? 1 : 0)}${NBSP}Hz`;
}

/** A frequency to read off a handle: three digits that mean something. */
export function fineFrequency(hz: number): string {
  return hz >= 1000 ? `${number(hz / 1000, 2)}${NBSP}kHz` : `${number(hz, hz < 100 ? 1 : 0)}${NBSP}Hz`;
}

/** A frequency on an axis: 200, 1k. */
export function tick(hz: number): string {
  return hz >= 1000 ? `${kilo(hz)}k` : String(Math.round(hz));
}

/** A band: 180–320 Hz, 1.8–4.2 kHz, 800 Hz–1.2 kHz. */
export function band(hz: readonly number[]): string {
  const [low = 0, high = 0] = hz;
  if (Math.round(low) === Math.round(high)) return frequency(low);
  if (low >= 1000 && high >= 1000) return `${kilo(low)}${DASH}${kilo(high)}${NBSP}kHz`;
  if (low < 1000 && high < 1000) return `${number(low, 0)}${DASH}${number(high, 0)}${NBSP}Hz`;
  return `${frequency(low)}${DASH}${frequency(high)}`;
}

const NOTES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

/** The nearest note of the equal-tempered scale at A4 = 440 Hz: "A♯3". */
export function note(hz: number): string {
  const midi = Math.round(69 + 12 * Math.log2(hz / 440));
  return `${NOTES[((midi % 12) + 12) % 12]}${Math.floor(midi / 12) - 1}`;
}

/** The lean in words: "2.1 range widths too much". */
export function leanText(lean: number | null | undefined): string {
  if (lean === null || lean === undefined) return "no lean measured";
  if (Math.abs(lean) <= 0.5) return "inside the range";
  const more = Math.abs(lean) >= 3.2 ? " or more" : "";
  return `${number(Math.abs(lean), 1)} range widths${more} ${lean > 0 ? "too much" : "too little"}`;
}

const STATUS: Record<Status, string> = { fail: "fault", warn: "warning", note: "note", pass: "pass", skipped: "not run" };

/** The word for a status. */
export function statusWord(status: Status): string {
  return STATUS[status];
}

const WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/** A whole number in words up to twelve. */
export function count(n: number): string {
  return WORDS[n] ?? String(n);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** First letter small, unless the word is a name or an abbreviation. */
export function small(text: string): string {
  const second = text.charAt(1);
  return second !== "" && second === second.toLowerCase() && /[a-z]/.test(second) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** The middle of a long name left out, so that both its beginning and its ending can be read. */
export function shortened(name: string, most: number): string {
  const chars = [...name];
  if (chars.length <= most) return name;
  const tail = Math.floor(most / 3);
  return `${chars.slice(0, most - tail - 1).join("")}…${chars.slice(chars.length - tail).join("")}`;
}

/** What a mix was held against, short enough for a legend. */
export function againstText(against: string): string {
  return against.replace(/^the neutral range.*$/, "the neutral range");
}

/** One or many: plural(2, "note") is "2 notes". */
export function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** File name without folders. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}

/** File name without folders and ending. */
export function stem(path: string): string {
  return fileName(path).replace(/\.[^.]+$/, "");
}

/** The folder of a path, with its separator; empty for a bare name. */
export function folder(path: string): string {
  return path.slice(0, path.length - fileName(path).length);
}
