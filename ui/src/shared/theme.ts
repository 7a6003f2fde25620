// Colours for canvas and SVG, the same as the custom properties of app.css.

export const COLOUR = {
  bg0: "#0e1013",
  bg1: "#14171b",
  bg2: "#1a1e23",
  bg3: "#232930",
  bg4: "#2e3640",
  line: "#262c33",
  line2: "#3a434d",
  gridMinor: "#20262c",
  gridMajor: "#2b323a",
  gridZero: "#4a545f",
  t1: "#eceef0",
  t2: "#b2bac4",
  t3: "#8b95a1",
  brass: "#d9bc7a",
  mix: "#f1f1ec",
  fixed: "#55c3f2",
  ref: "#d79bc4",
  sys: "#62d2a6",
  noise: "#56606b",
  fail: "#ff6f7d",
  warn: "#ff9f4a",
  low: "#6ea8dc",
  note: "#9db4cc",
} as const;

/** Body and outline of the waveform by what is heard. */
export const WAVE = {
  A: { body: "#9a9fab", peak: "#5f6571" },
  B: { body: "#5f9dbd", peak: "#3a6178" },
  R: { body: "#b58bab", peak: "#6f5569" },
} as const;

const RAMP: [number, number, number][] = [
  [0x14, 0x17, 0x1c],
  [0x21, 0x2a, 0x42],
  [0x4a, 0x42, 0x7a],
  [0x96, 0x54, 0x7c],
  [0xe2, 0x87, 0x5c],
  [0xff, 0xe4, 0xa0],
];

/** Colour of a heat value, 0 to 1: the lightness only rises. */
export function heat(v: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, v)) * (RAMP.length - 1);
  const i = Math.min(RAMP.length - 2, Math.floor(at));
  const a = RAMP[i] ?? [0, 0, 0];
  const b = RAMP[i + 1] ?? a;
  const f = at - i;
  return [0, 1, 2].map((k) => Math.round((a[k] ?? 0) + ((b[k] ?? 0) - (a[k] ?? 0)) * f)) as [number, number, number];
}

export function heatCss(v: number): string {
  return `rgb(${heat(v).join(" ")})`;
}

/** Above this heat text turns to ink. */
export const HEAT_INK = 0.62;
