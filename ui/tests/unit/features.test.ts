import { expect, test } from "vitest";
import type { Region } from "../../src/bindings/document";
import { keyOfEvent } from "../../src/features/keys/actions";
import { matchScore } from "../../src/features/keys/match";
import { lanesOf, LANES } from "../../src/features/listen/lanes";
import { groupsOf } from "../../src/features/check/rows";
import { grouped } from "../../src/features/listen/systems";
import { type Label, outlinesOf, placed } from "../../src/features/masking/outlines";
import { cellOf } from "../../src/features/translate/cells";
import { toneCurves } from "../../src/features/compare/tone";
import { measuredAfter } from "../../src/features/fix/measured";
import * as s from "../../src/features/fix/settings";
import { frameOf, FRAME_VALUES } from "../../src/host/host";
import { demo, mix } from "./recorded";

const doc = mix.check;

test("bars of the findings lane never lie on each other", () => {
  const rows = groupsOf(doc, []).groups.flatMap((g) => g.rows);
  const bars = lanesOf(rows, doc.input.duration_s, 0.1);
  expect(bars.length).toBeGreaterThan(3);
  for (const a of bars) {
    expect(a.lane).toBeLessThan(LANES);
    for (const b of bars) if (a !== b && a.lane === b.lane && a.lane < LANES - 1) expect(a.end_s < b.start_s || b.end_s < a.start_s, `${a.rows[0]?.key} and ${b.rows[0]?.key}`).toBe(true);
  }
});

test("a thousand places of one finding become as many bars as can be told apart", () => {
  const [row] = groupsOf(doc, []).groups.flatMap((g) => g.rows);
  if (!row) throw new Error("no finding in the recording");
  const time = Array.from({ length: 1000 }, (_, i) => ({ start_s: i * 10, end_s: i * 10 + 0.1 }));
  const bars = lanesOf([{ ...row, finding: { ...row.finding, time } }], 10_800, 60);
  expect(bars).toHaveLength(1);
  expect(lanesOf([{ ...row, finding: { ...row.finding, time } }], 10_800, 5)).toHaveLength(1000);
});

test("keys are written as the actions name them", () => {
  const key = (key: string, code: string, mods: Partial<KeyboardEvent> = {}): string => keyOfEvent({ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...mods });
  expect(key("a", "KeyA")).toBe("A");
  expect(key("R", "KeyR", { shiftKey: true })).toBe("Shift+R");
  expect(key("!", "Digit1", { shiftKey: true })).toBe("Shift+1");
  expect(key("&", "Digit1")).toBe("&");
  expect(key("?", "Slash", { shiftKey: true })).toBe("?");
  expect(key(" ", "Space")).toBe("Space");
  expect(key("Z", "KeyZ", { ctrlKey: true, shiftKey: true })).toBe("Ctrl+Shift+Z");
  expect(key("z", "KeyZ", { metaKey: true })).toBe("Ctrl+Z");
  expect(key("!", "Digit1", { ctrlKey: true, shiftKey: true })).toBe("Ctrl+Shift+1");
});

test("finding by name asks for every word and prefers beginnings", () => {
  expect(matchScore("xyz", "Low mids are heavy")).toBe(0);
  expect(matchScore("low heavy", "Low mids are heavy")).toBeGreaterThan(0);
  expect(matchScore("mid", "Low mids are heavy")).toBeGreaterThan(matchScore("eav", "Low mids are heavy"));
  expect(matchScore("", "anything")).toBe(1);
});

test("every system has a group and none is lost", () => {
  const groups = grouped(demo.catalogue.systems);
  expect(groups.flatMap((g) => g.systems)).toHaveLength(demo.catalogue.systems.length);
  expect(groups.map((g) => g.title)).toEqual(["Small", "On the head", "Rooms", "Car", "Large"]);
});

test("a cell carries the core's finding where it reports one, in the region it reports", () => {
  const muddy = doc.findings.find((f) => f.code === "translation.muddy");
  const system = doc.translation?.systems.find((x) => x.system === muddy?.system);
  if (!system) throw new Error("no muddy system in the recording");
  const cells = system.regions.map((r) => cellOf(system, r, doc.findings));
  expect(cells.find((c) => c.finding?.code === "translation.muddy")?.region).toBe("low_mids");
  for (const c of cells) if (c.sure) expect(Math.sign(c.low)).toBe(Math.sign(c.high));
  const others = system.regions.map((r) => cellOf(system, r, doc.findings.filter((f) => f.system !== system.system)));
  expect(others.every((c) => c.finding === null)).toBe(true);
});

test("tone curves keep the distance to their range", () => {
  const c = doc.comparison;
  const curves = c ? toneCurves(c, demo.proposals[0]?.document.verification?.comparison) : null;
  if (!c || !curves) throw new Error("no comparison in the recording");
  curves.hz.forEach((hz, i) => {
    const band = c.tone.find((t) => t.hz === hz);
    expect((curves.mix[i] ?? 0) - (curves.middle[i] ?? 0)).toBeCloseTo(band?.difference_db ?? 0, 2);
    expect((curves.high[i] ?? 0) - (curves.low[i] ?? 0)).toBeCloseTo((band?.range.high ?? 0) - (band?.range.low ?? 0), 2);
  });
  expect(curves.after).not.toBeNull();
  expect(Math.max(...curves.outside.map(Math.abs))).toBeGreaterThan(Math.max(...(curves.afterOutside ?? []).map(Math.abs)));
});

test("measured after: what is gone passes, what stays keeps its number", () => {
  const measured = demo.proposals[0];
  if (!measured) throw new Error("no proposal in the recording");
  const rows = measuredAfter(doc, { ...measured.measured, verification: measured.document.verification });
  const row = (code: string): (typeof rows)[number] | undefined => rows.find((r) => r.code === code);
  expect(row("tonal.dull")?.status).toBe("pass");
  expect(row("edge.cut_end")?.status).toBe("fail");
  expect(row("stereo.wide_bass")?.after).toBeLessThan(0.3);
  // Without a measurement of the result the verification's list of mended codes decides.
  const proposed = measuredAfter(doc, measured.document);
  expect(proposed.find((r) => r.code === "tonal.muddy")?.status).toBe("pass");
  expect(proposed.find((r) => r.code === "edge.cut_end")?.status).toBe("fail");
});

test("edits keep bands inside what the core takes", () => {
  const base = s.full({ schema: "plumbline-settings/1", tool_version: "0" });
  const { settings, index } = s.withNewBand(base, 5, 99);
  expect(settings.eq[index]).toMatchObject({ freq_hz: 20, gain_db: 24, kind: "bell" });
  const moved = s.withBand(settings, index, { kind: "bell", freq_hz: 232, gain_db: -2.4, q: 1.1 });
  expect(moved.eq[index]).toMatchObject({ freq_hz: 232, gain_db: -2.4 });
  expect(s.bandSpoken(moved.eq[index] as never, 1)).toBe("Band 2, bell, 232 hertz, minus 2.4 decibels, Q 1.10");
  expect(s.withoutBand(moved, index).eq).toHaveLength(0);
  expect(settings.eq[index]?.freq_hz, "the old settings are left as they were").toBe(20);
});

test("a proposed band finds its move and what became of it", () => {
  const p = demo.proposals[0]?.document;
  const band = p?.proposal?.settings.eq?.[0];
  if (!p || !band) throw new Error("no proposed band");
  const result = s.resultOf(p, band);
  expect(result?.outcome).toBe("kept");
  expect(Math.abs(result?.after ?? 99)).toBeLessThan(Math.abs(result?.before ?? 0));
  expect(s.resultOf(p, { ...band, reason: "" })).toBeNull();
});

test("a frame is read off the wire in its order", () => {
  const wire = Float32Array.from({ length: FRAME_VALUES }, (_, i) => i);
  wire[1] = 1;
  wire[2] = 2;
  const frame = frameOf(wire);
  expect(frame).toMatchObject({ position_s: 0, playing: true, side: "R", short_term_lufs: 3, gain_a_db: 6, gain_r_db: 8, bands_db: [9, 10, 11, 12], limiter_db: 13 });
  expect(frame.spectrum_db).toHaveLength(60);
  expect(frame.spectrum_db[0]).toBe(14);
});

test("octaves of one pair that meet are outlined as one, named once", () => {
  const region = (label: string, low: number, high: number, ...time: [number, number][]): Region => ({ label, band_hz: [low, high], time: time.map(([start_s, end_s]) => ({ start_s, end_s })) });
  const found = outlinesOf([region("chords over bass", 707.11, 1414.2, [5, 34]), region("chords over kick", 353.55, 707.11, [5, 34]), region("chords over bass", 353.55, 707.11, [5, 35]), region("low mids over a voice", 150, 560, [1, 3], [9, 15])]);
  expect(found.map((o) => [o.label, ...o.band_hz, o.time.end_s, o.named])).toEqual([
    ["chords over bass", 353.55, 1414.2, 35, true],
    ["chords over kick", 353.55, 707.11, 34, true],
    ["low mids over a voice", 150, 560, 3, false],
    ["low mids over a voice", 150, 560, 15, true],
  ]);
});

test("names on the map do not lie on each other and stay inside", () => {
  const label = (text: string, x: number, y: number, chosen = false): Label => ({ text, x, y, chosen });
  const [a, b, c] = placed([label("Chords over bass", 10, 20), label("Chords over kick", 10, 25, true), label("Low mids over a voice", 390, 20)], 400, 200);
  expect([a?.text, a?.y]).toEqual(["Chords over kick", 25]);
  expect(Math.abs((b?.y ?? 0) - (a?.y ?? 0))).toBeGreaterThanOrEqual(19);
  expect((c?.x ?? 0) + 100).toBeLessThan(400);
});
