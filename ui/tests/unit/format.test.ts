import { expect, test } from "vitest";
import { mixerNote, groupsOf } from "../../src/features/check/rows";
import * as f from "../../src/shared/format";
import { demo, mix } from "./recorded";

const plain = (s: string): string => s.replaceAll("\u00a0", " ");

test("every finding reads as the core prints it", () => {
  const { groups } = groupsOf(mix.check, []);
  const rows = groups.flatMap((g) => g.rows);
  expect(rows.length).toBeGreaterThan(5);
  const printed = plain(mix.text);
  for (const r of rows) {
    const { code, value, unit, title } = r.finding;
    expect(printed).toContain(`${title}  [${code}]`);
    const line = [f.quantity(code, value, unit), r.limit].filter(Boolean).join(" · ");
    expect(printed, title).toContain(plain(line));
    if (r.remedy) expect(printed).toContain(plain(r.remedy));
  }
  // In the order in which it prints them.
  const order = rows.map((r) => printed.indexOf(`[${r.finding.code}]`));
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test("the older bounce reads as the core prints it too", () => {
  const hot = demo.mixes[1];
  if (!hot) throw new Error("the recording has one mix only");
  const printed = plain(hot.text);
  for (const r of groupsOf(hot.check, []).groups.flatMap((g) => g.rows)) {
    expect(printed, r.finding.title).toContain(plain([f.quantity(r.finding.code, r.finding.value, r.finding.unit), r.limit].filter(Boolean).join(" · ")));
  }
});

test("values carry their sign where it is part of the reading", () => {
  expect(f.quantity("tonal.muddy", 2.6, "dB")).toBe("+2.6\u00a0dB");
  expect(f.quantity("stereo.wide_bass", -0.21, "correlation")).toBe("−0.21\u00a0corr.");
  expect(f.quantity("dynamics.crushed", 5.8, "dB")).toBe("5.8\u00a0dB");
  expect(f.quantity("glitch.click", 1, "places")).toBe("1\u00a0place");
  expect(f.quantity("format.lossy_source", 16000, "Hz")).toBe("16.0\u00a0kHz");
  expect(f.quantity("stereo.dead_channel", null, "dBFS")).toBe("−∞\u00a0dBFS");
  expect(f.quantity("format.low_rate", null, "Hz")).toBe("–");
});

test("limits say on which side they stand", () => {
  expect(f.limitText("headroom.clipped", 14, 0, "runs", 2)).toBe("none allowed");
  expect(f.limitText("stereo.wide_bass", 0.32, 0.3, "correlation", -0.4)).toBe("at least +0.30");
  expect(f.limitText("headroom.true_peak", 0.3, -1, "dBTP", 1)).toBe("at most −1.0");
  expect(f.limitText("format.low_rate", 800, 44100, "Hz", null)).toBe("at least 44.1\u00a0kHz");
  expect(f.limitText("noise.floor", 1, null, "dB", null)).toBeNull();
});

test("a zero has no sign, whatever side it was rounded from", () => {
  expect(f.number(-0.04, 1)).toBe("0.0");
  expect(f.signed(0.04, 1)).toBe("0.0");
  expect(f.signed(-0.06, 1)).toBe("−0.1");
  expect(f.number(-Infinity, 1)).toBe("−∞");
});

test("times and bands read as a mixer says them", () => {
  expect(f.places([{ start_s: 117, end_s: 129 }], 232)).toBe("1:57–2:09");
  expect(f.places([{ start_s: 137.304, end_s: 137.31 }], 232)).toBe("2:17.304");
  expect(f.places([], 232)).toBe("throughout");
  expect(f.places([{ start_s: 0, end_s: 232 }], 232)).toBe("throughout");
  expect(f.places(Array(11).fill({ start_s: 1, end_s: 3 }), 232)).toBe("11 places, 0:01–0:03");
  expect(f.moment(3723)).toBe("1:02:03");
  expect(f.transportTime(62.489)).toBe("1:02.48");
  expect(f.transportTime(3 * 3600 + 0.999)).toBe("3:00:00.99");
  expect(f.band([180, 320])).toBe("180–320\u00a0Hz");
  expect(f.band([1800, 4200])).toBe("1.8–4.2\u00a0kHz");
  expect(f.band([800, 1200])).toBe("800\u00a0Hz–1.2\u00a0kHz");
});

test("notes are named by the tempered scale", () => {
  expect(f.note(440)).toBe("A4");
  expect(f.note(238)).toBe("A♯3");
  expect(f.note(261.63)).toBe("C4");
  expect(f.note(20)).toBe("D♯0");
});

test("the note to the mixer names what to mend first and every point once", () => {
  const { groups } = groupsOf(mix.check, []);
  const note = mixerNote(mix.check, groups);
  expect(note).toContain("Mend this first: the last note is cut.");
  for (const r of groups[0]?.rows ?? []) expect(note.split(r.finding.title).length - 1, r.finding.title).toBe(1);
});
