// Makes recordings/<name>.json: what the core says of real files, for the recorded host. Nothing in it is made up; numbers
// are rounded to five digits and what the window does not read is left out, to keep the file small.
//
//   node scripts/record.mjs --plumb ../target/release/plumb                     the built-in song -> recordings/demo.json
//   node scripts/record.mjs --plumb … --mix a.ogg --reference b.ogg --name x    real files -> recordings/local-x.json (not committed)

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ui = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const args = process.argv.slice(2);
const option = (name) => args.flatMap((a, i) => (a === `--${name}` ? [args[i + 1]] : []));
const plumb = path.resolve(option("plumb")[0] ?? path.join(ui, "../target/release/plumb"));
const work = mkdtempSync(path.join(tmpdir(), "plumb-record-"));

/** Runs plumb; exit code 1 says that there are findings. */
function run(...argv) {
  try {
    return execFileSync(plumb, argv, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
  } catch (e) {
    if (e.status === 1) return e.stdout;
    throw e;
  }
}

let count = 0;
function documentOf(...argv) {
  count += 1;
  const file = path.join(work, `${count}.json`);
  const text = run(...argv, "--json", file);
  return { document: slim(JSON.parse(readFileSync(file, "utf8"))), text };
}

/** Without what the window does not read. */
function slim(doc) {
  const m = doc.measurements;
  const unread = ["spectrum", "band_levels", "dynamics", "dc", "glitch", "clipping", "edges", "noise", "hum"];
  doc.measurements = Object.fromEntries(Object.entries(m).filter(([key]) => !unread.includes(key)));
  delete m.loudness.momentary;
  delete m.stereo?.left_over_time;
  delete m.stereo?.right_over_time;
  return JSON.parse(JSON.stringify(doc, (_, v) => (typeof v === "number" && !Number.isInteger(v) ? Number(v.toPrecision(5)) : v)));
}

/** Checks whose chart is the waveform itself, seen from near: recorded finely round the place. */
const NEAR = /^(glitch|edge)\.|^headroom\.clipped$|^noise\.hum$/;

function closeups(file, doc) {
  return doc.findings
    .filter((f) => NEAR.test(f.code) && f.time.length > 0)
    .map(({ time: [t] }) => {
      const room = t.end_s - t.start_s < 1 ? Math.max(0.12, t.end_s - t.start_s) : Math.max(1, (t.end_s - t.start_s) * 0.25);
      const [start_s, end_s] = [Math.max(0, t.start_s - room), Math.min(doc.input.duration_s, t.end_s + room)];
      return { start_s, end_s, wave: waveOf(file, 900, ["-ss", String(start_s), "-t", String(end_s - start_s)]) };
    });
}

/** Samples of a file as mono-sum extremes per column: min, max, rms of all channels, a byte each (127 is full scale). */
function waveOf(file, columns = 2400, part = []) {
  const raw = execFileSync("ffmpeg", ["-v", "error", ...part, "-i", file, "-f", "f32le", "-ac", "2", "-"], { maxBuffer: 1 << 30 });
  const samples = new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength >> 2);
  const frames = samples.length / 2;
  const out = new Int8Array(columns * 3);
  for (let c = 0; c < columns; c++) {
    const [from, to] = [Math.floor((c * frames) / columns), Math.max(Math.floor(((c + 1) * frames) / columns), Math.floor((c * frames) / columns) + 1)];
    let [min, max, sum] = [0, 0, 0];
    for (let i = from * 2; i < to * 2; i++) {
      const v = samples[i] ?? 0;
      min = Math.min(min, v);
      max = Math.max(max, v);
      sum += v * v;
    }
    const byte = (v) => Math.max(-127, Math.min(127, Math.round(v * 127)));
    out.set([byte(min), byte(max), byte(Math.sqrt(sum / ((to - from) * 2)))], c * 3);
  }
  return Buffer.from(out.buffer).toString("base64");
}

function systems() {
  const list = run("systems", "list").trim().split("\n").map((l) => l.trim().split(/\s{2,}/));
  return list.map(([name, title, , basis]) => {
    const model = JSON.parse(readFileSync(path.join(ui, "../models/systems", `${name}.json`), "utf8"));
    return { name, title, place: model.place, group: model.group, basis: basis.split(" ")[0], note: `${model.description}.` };
  });
}

function deliveries() {
  const folder = path.join(ui, "../models/delivery");
  const order = ["spotify", "apple-music", "youtube", "tidal", "amazon-music", "deezer", "soundcloud", "aes-td1008", "cd", "vinyl", "ebu-r128", "atsc-a85"];
  return readdirSync(folder)
    .map((f) => JSON.parse(readFileSync(path.join(folder, f), "utf8")))
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .map(({ name, title, medium, loudness, true_peak, format, vinyl, notes }) => ({ name, title, medium, loudness: loudness ?? null, true_peak: true_peak ?? null, format, vinyl: vinyl ? { mono_below_hz: vinyl.mono_below_hz } : null, notes }));
}

const EXPORTS = [
  ["text", "Plain text", "txt"],
  ["json", "Plumbline settings", "json"],
  ["reaper", "REAPER (ReaEQ)", "RfxChain"],
  ["camilladsp", "CamillaDSP", "yml"],
  ["equalizerapo", "Equalizer APO", "txt"],
  ["ffmpeg", "FFmpeg filter", "txt"],
];

function formatText(doc) {
  const f = doc.input.format;
  const depth = f.bits_per_sample ? `${f.bits_per_sample} bit` : f.codec.toUpperCase();
  const channels = f.layout.length === 2 ? "stereo" : f.layout.length === 1 ? "mono" : `${f.layout.length} channels`;
  return `${f.sample_rate / 1000} kHz, ${depth}, ${channels}`;
}

function mixOf(id, name, file, shown, checked) {
  const doc = checked.document;
  return { id, name, file: path.basename(shown), path: shown, format: formatText(doc), duration_s: doc.input.duration_s, modified: "2026-11-20T10:00:00Z", wave: waveOf(file), closeups: closeups(file, doc), check: doc, text: checked.text };
}

function matchArgs(mix, references, amount) {
  return ["match", mix, ...references.flatMap((r) => ["--reference", r]), "--dry-run", ...(amount ? ["--amount", amount] : [])];
}

/** Amounts that are recorded besides the whole proposal. */
const AMOUNTS = [
  [{ tone: 1, dynamics: 1, width: 1, loudness: 1 }, null],
  [{ tone: 0.5, dynamics: 1, width: 1, loudness: 1 }, "tone=0.5"],
];

function record({ title, mixes, references, stems, shownFolder }) {
  const [newest] = mixes;
  const proposals = [];
  let fixed = null;
  if (references.length > 0) {
    for (const [amounts, arg] of AMOUNTS) {
      const { document } = documentOf(...matchArgs(newest.real, references, arg));
      const settings = path.join(work, `settings-${proposals.length}.json`);
      writeFileSync(settings, JSON.stringify(document.proposal.settings));
      const out = path.join(work, `fixed-${proposals.length}.wav`);
      run("apply", newest.real, "--settings", settings, "--output", out, "--force");
      const { document: measured } = documentOf("check", out, ...references.flatMap((r) => ["--reference", r]), "--stage", "mix");
      // The comparison of a result is in its verification; that of the input is in its check.
      delete document.comparison;
      delete measured.comparison;
      if (proposals.length > 0) delete measured.translation;
      proposals.push({ amounts, document, measured });
      if (!fixed) fixed = { wave: waveOf(out), settings };
    }
  }
  const exports = Object.fromEntries(fixed ? EXPORTS.map(([f]) => [f, run("export", fixed.settings, "--format", f)]) : []);
  const codes = [...new Set(mixes.flatMap((m) => m.entry.check.findings.map((f) => f.code)))];
  return {
    title,
    mixes: mixes.map((m) => m.entry),
    references: references.map((r, i) => ({ id: `ref-${i + 1}`, label: `R${i + 1}`, name: path.basename(r).replace(/\.[^.]+$/, ""), path: `${shownFolder}${path.basename(r)}`, wave: waveOf(r), odd: newest.entry.check.comparison?.outliers.find((o) => o.label === `R${i + 1}`)?.text ?? null })),
    stems: stems ? { folder: `${shownFolder}stems`, files: readdirSync(stems).filter((f) => f.endsWith(".wav")).sort().map((f) => ({ path: `${shownFolder}stems/${f}`, name: f, role: newest.entry.check.masking?.stems?.find((s) => s.name === f)?.role ?? "" })) } : null,
    proposals,
    fixed_wave: fixed?.wave ?? null,
    exports,
    explain: Object.fromEntries(codes.map((c) => [c, run("explain", c)])),
    catalogue: { version: run("--version").trim().split(" ").pop(), systems: systems(), deliveries: deliveries(), exports: EXPORTS.map(([name, t, extension]) => ({ name, title: t, extension })) },
  };
}

function demo() {
  const folder = path.join(work, "demo");
  run("demo", folder);
  const at = (f) => path.join(folder, f);
  const shown = "/music/Plumbline demo/";
  // An earlier bounce that ran into full scale: the same song 9 dB hotter, clipped by the fixed point of the file.
  const hot = at("mix, too hot.wav");
  execFileSync("ffmpeg", ["-v", "error", "-y", "-i", at("mix.wav"), "-af", "volume=9dB", "-c:a", "pcm_s24le", hot]);
  const check = (file, ...more) => documentOf("check", file, "--reference", at("reference.wav"), "--stage", "mix", ...more);
  const unmasked = documentOf("unmask", at("stems"), "--mix", at("mix.wav")).document;
  const now = check(at("mix.wav"), "--stems", at("stems"));
  // The check names the pairs; the moves for them, tried and measured, are what unmask adds.
  now.document.masking = { ...now.document.masking, pairs: unmasked.masking.pairs, remedy: unmasked.masking.remedy };
  return record({
    title: "Plumbline demo",
    mixes: [
      { real: at("mix.wav"), entry: mixOf("mix-2", "v2", at("mix.wav"), `${shown}mix.wav`, now) },
      { real: hot, entry: mixOf("mix-1", "v1", hot, `${shown}mix, too hot.wav`, check(hot)) },
    ],
    references: [at("reference.wav")],
    stems: at("stems"),
    shownFolder: shown,
  });
}

function files(mix, references, stems) {
  const checked = documentOf("check", mix, ...references.flatMap((r) => ["--reference", r]), ...(stems ? ["--stems", stems] : []));
  const name = path.basename(mix);
  return record({
    title: name.replace(/\.[^.]+$/, ""),
    mixes: [{ real: mix, entry: mixOf("mix-1", name.replace(/\.[^.]+$/, ""), mix, `/music/${name}`, checked) }],
    references,
    stems: stems ?? null,
    shownFolder: "/music/",
  });
}

const mix = option("mix")[0];
const name = mix ? `local-${option("name")[0] ?? "mix"}` : "demo";
if (!existsSync(plumb)) throw new Error(`no plumb at ${plumb}; name it with --plumb`);
const made = mix ? files(path.resolve(mix), option("reference").map((r) => path.resolve(r)), option("stems")[0] ? path.resolve(option("stems")[0]) : null) : demo();
mkdirSync(path.join(ui, "recordings"), { recursive: true });
const text = JSON.stringify(made).replaceAll(work, "/music").replaceAll(path.join("/music", "demo/"), "/music/Plumbline demo/");
writeFileSync(path.join(ui, "recordings", `${name}.json`), `${text}\n`);
console.log(`recordings/${name}.json: ${Math.round(text.length / 1024)} KiB`);
