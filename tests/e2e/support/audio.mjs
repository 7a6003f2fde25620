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

/** Integrated loudness of a file, LUFS, and its highest true peak, dBTP, as ffmpeg's ebur128 measures them. */
export function measured(path) {
  const args = ["-hide_banner", "-nostats", "-i", path, "-af", "ebur128=framelog=verbose:peak=true", "-f", "null", "-"];
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

/** First frame that is not silent. */
export function onset([left, right], over = 1e-4) {
  for (let i = 0; i < left.length; i++) if (Math.abs(left[i]) > over || Math.abs(right[i]) > over) return i;
  return -1;
}

/** Looks for parts of this many frames in `whole`: a function that gives, for a part, the frame with the highest correlation (0 to 1), and
 *  the gain of the part there. */
export function finder(whole, length) {
  const size = 2 ** Math.ceil(Math.log2(length + whole.length));
  const [wr, wi] = [new Float64Array(size), new Float64Array(size)];
  wr.set(whole);
  fft(wr, wi);
  // Energy under the part wherever it may lie, by a running sum.
  const sums = new Float64Array(whole.length + 1);
  for (let i = 0; i < whole.length; i++) sums[i + 1] = sums[i] + whole[i] * whole[i];
  return (part) => {
    const [re, im] = [new Float64Array(size), new Float64Array(size)];
    re.set(part);
    fft(re, im);
    // The inverse transform of W times P*, by way of a forward transform of its conjugate.
    for (let i = 0; i < size; i++) [re[i], im[i]] = [wr[i] * re[i] + wi[i] * im[i], wr[i] * im[i] - wi[i] * re[i]];
    fft(re, im);
    const own = part.reduce((sum, v) => sum + v * v, 0);
    let best = { frame: 0, correlation: -1, gain: 0 };
    for (let at = 0; at + length <= whole.length; at++) {
      const there = sums[at + length] - sums[at];
      const dot = re[at] / size;
      const correlation = there > 0 && own > 0 ? dot / Math.sqrt(there * own) : 0;
      if (correlation > best.correlation) best = { frame: at, correlation, gain: dot / there };
    }
    return best;
  };
}

/** Frames of silence, one after the other, that music does not have: the card was not served in time. */
const DROPPED = 24;

/** Whether a stretch of samples holds a gap of a card that was not served in time. */
export function isDropped(samples) {
  let run = 0;
  for (const v of samples) {
    run = v === 0 ? run + 1 : 0;
    if (run >= DROPPED) return true;
  }
  return false;
}

/** Moments, in seconds, at which all channels of a recording have a gap. */
export function gapsOf([left, right], rate) {
  const gaps = [];
  let run = 0;
  for (let i = 0; i < left.length; i++) {
    run = left[i] === 0 && right[i] === 0 ? run + 1 : 0;
    if (run === DROPPED) gaps.push(i / rate);
  }
  return gaps;
}

/** Mean power in each third octave, dB, by averaged transforms of 8192 frames; stretches with drop-outs are left out. */
export function thirdOctaves(samples, rate, centres) {
  const size = 8192;
  const power = new Float64Array(size / 2);
  let count = 0;
  for (let at = 0; at + size <= samples.length; at += size / 2) {
    if (isDropped(samples.subarray(at, at + size))) continue;
    count++;
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
