// What the tests need to know about sound, independent of the program: files through ffmpeg, spectra by a plain transform.

import { execFileSync } from "node:child_process";

/** Samples of a file, or of a stretch of it, one array for each channel, at this rate. */
export function samplesOf(path, rate, start_s = 0, length_s = undefined) {
  const stretch = ["-ss", String(start_s), ...(length_s === undefined ? [] : ["-t", String(length_s)])];
  const args = ["-v", "error", "-i", path, ...stretch, "-ac", "2", "-ar", String(rate), "-f", "f32le", "-"];
  const bytes = execFileSync("ffmpeg", args, { maxBuffer: 1 << 30 });
  const frames = bytes.length / 8;
  const out = [new Float32Array(frames), new Float32Array(frames)];
  for (let i = 0; i < frames; i++) {
    out[0][i] = bytes.readFloatLE(i * 8);
    out[1][i] = bytes.readFloatLE(i * 8 + 4);
  }
  return out;
}

/** Integrated loudness of samples, LUFS, as ffmpeg's ebur128 measures it. */
export function lufsOf([left, right], rate) {
  const bytes = Buffer.alloc(left.length * 8);
  for (let i = 0; i < left.length; i++) {
    bytes.writeFloatLE(left[i], i * 8);
    bytes.writeFloatLE(right[i], i * 8 + 4);
  }
  const args = ["-hide_banner", "-nostats", "-f", "f32le", "-ar", String(rate), "-ac", "2", "-i", "-", "-af", "ebur128=framelog=quiet", "-f", "null", "-"];
  return loudness(execFileSync("sh", ["-c", 'exec ffmpeg "$@" 2>&1', "sh", ...args], { input: bytes, maxBuffer: 1 << 26 }).toString());
}

/** Integrated loudness of a file, LUFS, and its highest true peak, dBTP, as ffmpeg's ebur128 measures them. */
export function measured(path) {
  const args = ["-hide_banner", "-nostats", "-i", path, "-af", "ebur128=framelog=quiet:peak=true", "-f", "null", "-"];
  const said = execFileSync("sh", ["-c", 'exec ffmpeg "$@" 2>&1', "sh", ...args], { maxBuffer: 1 << 26 }).toString();
  return { lufs: loudness(said), peak_dbtp: Number(/Peak:\s+(\S+) dBFS/.exec(said)?.[1]) };
}

function loudness(said) {
  const found = [...said.matchAll(/I:\s+(-?[\d.]+|-inf) LUFS/g)].at(-1);
  if (!found) throw new Error(`no loudness in: ${said}`);
  return Number(found[1]);
}

/** Left and right added, halved. */
export function mono([left, right]) {
  return left.map((l, i) => (l + right[i]) / 2);
}

/** Samples of a channel pair from one frame up to another. */
export function cut(channels, from, to) {
  return channels.map((c) => c.slice(from, to));
}

/** First frame that is not silent. */
export function onset([left, right], over = 1e-4) {
  for (let i = 0; i < left.length; i++) if (Math.abs(left[i]) > over || Math.abs(right[i]) > over) return i;
  return -1;
}

/** Where `part` lies in `whole`: the frame with the highest correlation (0 to 1), and the gain of the part there. */
export function locate(part, whole) {
  const size = 2 ** Math.ceil(Math.log2(part.length + whole.length));
  const [pr, pi, wr, wi] = [0, 0, 0, 0].map(() => new Float64Array(size));
  pr.set(part);
  wr.set(whole);
  fft(pr, pi);
  fft(wr, wi);
  for (let i = 0; i < size; i++) {
    const re = wr[i] * pr[i] + wi[i] * pi[i];
    const im = wi[i] * pr[i] - wr[i] * pi[i];
    wr[i] = re;
    wi[i] = -im;
  }
  fft(wr, wi);
  const energy = (of, from, to) => {
    let sum = 0;
    for (let i = Math.max(0, from); i < Math.min(of.length, to); i++) sum += of[i] * of[i];
    return sum;
  };
  const own = energy(part, 0, part.length);
  // Energy under the part wherever it may lie, by a running sum.
  const sums = new Float64Array(whole.length + 1);
  for (let i = 0; i < whole.length; i++) sums[i + 1] = sums[i] + whole[i] * whole[i];
  let best = { frame: 0, correlation: -1, gain: 0 };
  for (let at = 0; at + part.length <= whole.length; at++) {
    const there = sums[at + part.length] - sums[at];
    const dot = wr[at] / size;
    const correlation = there > 0 && own > 0 ? dot / Math.sqrt(there * own) : 0;
    if (correlation > best.correlation) best = { frame: at, correlation, gain: dot / there };
  }
  return best;
}

/** Mean power in each third octave, dB, by averaged transforms of 8192 frames. */
export function thirdOctaves(samples, rate, centres) {
  const size = 8192;
  const power = new Float64Array(size / 2);
  let count = 0;
  for (let at = 0; at + size <= samples.length; at += size / 2, count++) {
    const re = new Float64Array(size);
    const im = new Float64Array(size);
    for (let i = 0; i < size; i++) re[i] = samples[at + i] * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
    fft(re, im);
    for (let k = 0; k < size / 2; k++) power[k] += re[k] * re[k] + im[k] * im[k];
  }
  return centres.map((hz) => {
    let sum = 0;
    for (let k = 1; k < size / 2; k++) {
      const f = (k * rate) / size;
      if (f >= hz * 2 ** (-1 / 6) && f < hz * 2 ** (1 / 6)) sum += power[k];
    }
    return 10 * Math.log10(sum / Math.max(count, 1));
  });
}

/** Radix-2 transform in place. */
function fft(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let length = 2; length <= n; length <<= 1) {
    const half = length >> 1;
    const [cos, sin] = [Math.cos, Math.sin].map((f) => Float64Array.from({ length: half }, (_, k) => f((-2 * Math.PI * k) / length)));
    for (let start = 0; start < n; start += length) {
      for (let k = 0; k < half; k++) {
        const [a, b] = [start + k, start + k + half];
        const xr = re[b] * cos[k] - im[b] * sin[k];
        const xi = re[b] * sin[k] + im[b] * cos[k];
        re[b] = re[a] - xr;
        im[b] = im[a] - xi;
        re[a] += xr;
        im[a] += xi;
      }
    }
  }
}
