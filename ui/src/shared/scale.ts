// Scales of the charts: value to pixel and back, ticks, and paths of series. Pure.

/** Where a value lies, in pixels. */
export type Scale = ((value: number) => number) & { invert: (pixel: number) => number };

/** Even scale from [a, b] to pixels [p, q]. */
export function linear(a: number, b: number, p: number, q: number): Scale {
  const to = (v: number): number => p + ((v - a) / (b - a)) * (q - p);
  return Object.assign(to, { invert: (x: number) => a + ((x - p) / (q - p)) * (b - a) });
}

/** Log scale from [a, b] to pixels [p, q]; both ends above 0. */
export function log(a: number, b: number, p: number, q: number): Scale {
  const span = Math.log(b / a);
  const to = (v: number): number => p + (Math.log(Math.max(v, 1e-9) / a) / span) * (q - p);
  return Object.assign(to, { invert: (x: number) => a * Math.exp(((x - p) / (q - p)) * span) });
}

/** Frequencies of `count` points evenly spaced in log frequency, both ends included: what `eq_curve` answers for. */
export function logSpaced(count: number, low = 20, high = 20_000): number[] {
  return Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
}

const TICKS = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];
/** Which labels go first when there is no room. */
const DROPPED = [50, 200, 2000, 5000, 20_000, 500, 10_000];

/** Labelled frequencies between `low` and `high` of which no two come nearer than `gap` pixels. */
export function frequencyTicks(x: (hz: number) => number, low: number, high: number, gap = 38): number[] {
  let ticks = TICKS.filter((hz) => hz >= low && hz <= high);
  // The last label ends at the axis and carries the unit: it reaches farther to the left.
  const reach = (hz: number): number => (hz === high ? gap * 1.45 : gap);
  const tight = (): boolean => ticks.some((hz, i) => i > 0 && x(hz) - x(ticks[i - 1] ?? 0) < reach(hz));
  for (const victim of DROPPED) {
    if (!tight()) break;
    ticks = ticks.filter((hz) => hz !== victim);
  }
  return ticks;
}

/** All grid lines of a log frequency axis: 20, 30 … 100, 200 … */
export function frequencyGrid(low: number, high: number): number[] {
  const out: number[] = [];
  for (let decade = 10; decade <= high; decade *= 10) {
    for (let k = 1; k <= 9; k++) if (decade * k >= low && decade * k <= high) out.push(decade * k);
  }
  return out;
}

/** Round steps from `low` to `high`, at most `most` of them. */
export function niceTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 3, 5, 10].find((k) => k * power >= rough) ?? 10) * power;
  const out: number[] = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + 1e-9; v += step) out.push(Math.abs(v) < 1e-9 ? 0 : v);
  return out;
}

/** Steps of a decibel axis: 1, 2, 3, 6, 12 … */
export function dbTicks(low: number, high: number, most: number): number[] {
  const step = [1, 2, 3, 6, 12, 24].find((s) => (high - low) / s <= most) ?? 48;
  const out: number[] = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + 1e-9; v += step) out.push(v === 0 ? 0 : v);
  return out;
}

/** Steps of a time axis: seconds that a clock shows well. */
export function timeTicks(start: number, end: number, most: number): number[] {
  const rough = (end - start) / Math.max(1, most);
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].find((s) => s >= rough) ?? 7200;
  const out: number[] = [];
  for (let t = Math.ceil(start / step) * step; t <= end; t += step) out.push(t);
  return out;
}

/** SVG path of points; a gap where y is not finite. */
export function path(points: Iterable<readonly [number, number]>): string {
  let d = "";
  let pen = false;
  for (const [x, y] of points) {
    if (!Number.isFinite(y)) {
      pen = false;
      continue;
    }
    d += `${pen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = true;
  }
  return d;
}

/** A smooth SVG path through points that rise in x (monotone cubic, Fritsch and Carlson: never overshoots a point). */
export function smooth(points: (readonly [number, number])[]): string {
  const p = points.filter(([, y]) => Number.isFinite(y));
  if (p.length < 3) return path(p);
  const dx = (i: number): number => (p[i + 1]?.[0] ?? 0) - (p[i]?.[0] ?? 0);
  const slope = (i: number): number => ((p[i + 1]?.[1] ?? 0) - (p[i]?.[1] ?? 0)) / (dx(i) || 1);
  const n = p.length;
  const m: number[] = p.map((_, i) => {
    if (i === 0) return slope(0);
    if (i === n - 1) return slope(n - 2);
    const [a, b] = [slope(i - 1), slope(i)];
    return a * b <= 0 ? 0 : (2 * a * b) / (a + b);
  });
  let d = `M${(p[0]?.[0] ?? 0).toFixed(1)} ${(p[0]?.[1] ?? 0).toFixed(1)}`;
  for (let i = 0; i < n - 1; i++) {
    const [x0, y0] = p[i] as [number, number];
    const [x1, y1] = p[i + 1] as [number, number];
    const h = (x1 - x0) / 3;
    d += `C${(x0 + h).toFixed(1)} ${(y0 + h * (m[i] ?? 0)).toFixed(1)} ${(x1 - h).toFixed(1)} ${(y1 - h * (m[i + 1] ?? 0)).toFixed(1)} ${x1.toFixed(1)} ${y1.toFixed(1)}`;
  }
  return d;
}

/** Closed area between two smooth curves over the same x. */
export function area(upper: (readonly [number, number])[], lower: (readonly [number, number])[]): string {
  const back = smooth([...lower].map(([x, y]) => [-x, y] as const).reverse());
  // Reversed in x so that the curve runs leftwards; signs are put back in the text.
  const left = back.replace(/(M|L|C| )(-?\d+\.\d) (-?\d+\.\d)/g, (_, cmd: string, x: string, y: string) => `${cmd}${(-Number(x)).toFixed(1)} ${y}`);
  return `${smooth(upper)}L${left.slice(1)}Z`;
}

export function clamp(v: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, v));
}
