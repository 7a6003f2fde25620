import { expect, test } from "vitest";
import { area, dbTicks, frequencyGrid, frequencyTicks, linear, log, logSpaced, niceTicks, path, smooth, timeTicks } from "../../src/shared/scale";

test("scales go there and back", () => {
  for (const x of [log(20, 20_000, 40, 900), linear(-60, 6, 300, 10)]) {
    for (const v of [25, 200, 1000]) expect(x.invert(x(v))).toBeCloseTo(v, 6);
  }
  expect(log(20, 20_000, 0, 300)(2000)).toBeCloseTo(200, 9);
});

test("frequency labels never touch, and go in the order that was agreed", () => {
  for (const width of [170, 200, 300, 400, 600, 1400]) {
    const x = log(20, 20_000, 0, width);
    const ticks = frequencyTicks(x, 20, 20_000);
    ticks.slice(1).forEach((hz, i) => expect(x(hz) - x(ticks[i] ?? 0), `${width} px, ${hz} Hz`).toBeGreaterThanOrEqual(38));
  }
  expect(frequencyTicks(log(20, 20_000, 0, 1400), 20, 20_000)).toHaveLength(10);
  const narrow = frequencyTicks(log(20, 20_000, 0, 420), 20, 20_000);
  expect(narrow).not.toContain(50);
  expect(narrow).toContain(1000);
});

test("grids stay inside their axis", () => {
  expect(frequencyGrid(20, 20_000)[0]).toBe(20);
  expect(frequencyGrid(20, 20_000).at(-1)).toBe(20_000);
  expect(dbTicks(-18, 12, 6)).toEqual([-18, -12, -6, 0, 6, 12]);
  expect(niceTicks(0, 22_000, 5).at(-1)).toBeLessThanOrEqual(22_000);
  expect(timeTicks(0, 10_800, 8)).toHaveLength(7);
});

test("frequencies of a curve are those the core answers for", () => {
  const hz = logSpaced(241);
  expect(hz[0]).toBe(20);
  expect(hz[240]).toBeCloseTo(20_000, 6);
  expect((hz[120] ?? 0) ** 2).toBeCloseTo(20 * 20_000, 4);
});

/** Highest and lowest y of an SVG path's points and handles. */
function reach(d: string): [number, number] {
  const y = [...d.matchAll(/-?\d+\.\d (-?\d+\.\d)/g)].map((m) => Number(m[1]));
  return [Math.min(...y), Math.max(...y)];
}

test("smooth curves never overshoot their points", () => {
  const points = [0, 0, 10, 10, -3, 40, 40].map((y, i) => [i * 10, y] as const);
  const [low, high] = reach(smooth(points));
  expect(low).toBeGreaterThanOrEqual(-3);
  expect(high).toBeLessThanOrEqual(40);
});

test("gaps stay gaps and areas close", () => {
  expect(path([[0, 1], [1, Number.NaN], [2, 3]])).toBe("M0.0 1.0M2.0 3.0");
  const d = area([[0, 1], [10, 2], [20, 3]], [[0, 5], [10, 6], [20, 7]]);
  expect(d.endsWith("Z")).toBe(true);
  expect(d).toContain("L20.0 7.0");
  expect(d).not.toMatch(/-\d/);
});
