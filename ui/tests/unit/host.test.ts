import { expect, test } from "vitest";
import { eqCurve, transferCurve } from "../../src/host/recorded/curves";
import { columnsOf } from "../../src/host/recorded/recording";
import { emptySession, emptySettings, RecordedSession } from "../../src/host/recorded/session";
import { changesOf } from "../../src/host/recorded/recorded";
import { logSpaced } from "../../src/shared/scale";
import { demo, mix } from "./recorded";

test("the stand-in curves have their known gains", () => {
  const N = 481;
  const near = (hz: number): number => logSpaced(N).reduce((best, f, i, all) => (Math.abs(f - hz) < Math.abs((all[best] ?? 0) - hz) ? i : best), 0);
  const bell = eqCurve([{ kind: "bell", freq_hz: 1000, gain_db: -6, q: 1 }], N);
  expect(bell[near(1000)]).toBeCloseTo(-6, 2);
  expect(bell[0]).toBeCloseTo(0, 1);
  const shelf = eqCurve([{ kind: "high_shelf", freq_hz: 2000, gain_db: 8, q: 0.707 }], N);
  expect(shelf[N - 1]).toBeCloseTo(8, 0);
  expect(shelf[near(2000)]).toBeCloseTo(4, 1);
  const pass = eqCurve([{ kind: "high_pass", freq_hz: 100, q: Math.SQRT1_2 }], N);
  expect(pass[near(100)]).toBeCloseTo(-3.01, 1);
  expect((pass[near(50)] ?? 0) - (pass[near(25)] ?? 0)).toBeGreaterThan(11);
  const both = eqCurve([{ kind: "bell", freq_hz: 1000, gain_db: -6, q: 1, part: "side" }], N);
  expect(Math.max(...both)).toBe(0);
});

test("a compressor's curve bends at its threshold", () => {
  const d = { threshold_db: -30, ratio: 2, knee_db: 0, attack_ms: 10, release_ms: 100, makeup_db: 0 };
  const c = transferCurve(d, 61);
  expect(c[20]).toBeCloseTo(-40);
  expect(c[60]).toBeCloseTo(-15);
});

test("waveforms come in the columns that were asked for", () => {
  const duration = mix.duration_s;
  const all = columnsOf(mix.wave, duration, 0, duration, 300);
  expect(all).toHaveLength(900);
  for (let i = 0; i < 300; i++) {
    expect(all[i * 3 + 1] ?? 0).toBeGreaterThanOrEqual(all[i * 3] ?? 0);
    expect(all[i * 3 + 2] ?? 0).toBeLessThanOrEqual(Math.max(all[i * 3 + 1] ?? 0, -(all[i * 3] ?? 0)) + 0.02);
  }
});

test("undo goes back step by step, and a drag is one of them", () => {
  const s = new RecordedSession();
  s.reset({ ...emptySession(), title: "one" });
  s.change("Rename", { title: "two" });
  const at = (gain: number): void => void s.change("Bell 200 Hz", { settings: { ...emptySettings(), output_gain_db: gain } }, gain > 1);
  [1, 2, 3].forEach(at);
  expect(s.view.settings.output_gain_db).toBe(3);
  expect(s.undo().settings.output_gain_db).toBe(0);
  expect(s.undo().title).toBe("one");
  expect(s.view.can_undo).toBe(false);
  s.redo();
  expect(s.redo().settings.output_gain_db).toBe(3);
  expect(s.view.can_redo).toBe(false);
});

test("versions are held against each other finding by finding", () => {
  const [now, before] = demo.mixes;
  if (!now || !before) throw new Error("two versions wanted");
  const c = changesOf(before.check, now.check);
  expect(c.mended.map((x) => x.code)).toContain("headroom.clipped");
  expect(c.new.length + c.remaining.length).toBe(now.check.findings.length);
  expect(c.mended.length + c.remaining.length).toBe(before.check.findings.length);
  const [gone] = c.mended;
  expect(gone).toEqual(expect.objectContaining({ trend: "better", after: null, before: before.check.findings.find((f) => f.code === gone?.code && (f.system ?? null) === gone.system)?.value ?? null }));
  expect(c.new.every((x) => x.trend === "worse" && x.before === null)).toBe(true);
});

test("a finding of both versions goes the way of its status, then of its lean", () => {
  const [now] = demo.mixes;
  const finding = now?.check.findings.find((f) => f.status === "warn");
  if (!now || !finding) throw new Error("a warning wanted");
  const holding = (status: typeof finding.status, lean: number | null): typeof now.check => ({ ...now.check, findings: [{ ...finding, status, lean }] });
  const trend = (before: typeof now.check, after: typeof now.check): string | undefined => changesOf(before, after).remaining[0]?.trend;
  expect(trend(holding("warn", 2), holding("fail", 1))).toBe("worse");
  expect(trend(holding("warn", 1), holding("note", 2))).toBe("better");
  expect(trend(holding("warn", -2), holding("warn", 1))).toBe("better");
  expect(trend(holding("warn", 1), holding("warn", -1.2))).toBe("worse");
  expect(trend(holding("warn", 1), holding("warn", 1.05))).toBe("same");
  expect(trend(holding("warn", null), holding("warn", 3))).toBe("same");
});
