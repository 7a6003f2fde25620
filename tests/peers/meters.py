#!/usr/bin/env python3
"""Plumb's meters beside ffmpeg's and libebur128's on real music.

    tests/peers/meters.py FOLDER... [--plumb target/release/plumb] [--every N]

Needs ffmpeg, and for loudness to be judged to 0.02 LU the Python packages pyebur128, numpy and scipy: ffmpeg prints loudness to 0.1 or
0.01 LU only. All read the same samples, decoded once by ffmpeg to a WAV of 32-bit floats. Integrated loudness is held against
libebur128; loudness range against ffmpeg, which like EBU Tech 3342 v4 takes ten short-term values a second (libebur128 takes one);
true peak against an interpolation of the highest places at 64 points a sample by FFT, shown beside ffmpeg's. Prints every file and
the worst of each; exits 1 if a bar is missed.
"""
import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile

# ffmpeg counts loudness in steps of 0.1 LU for the range.
LOUDNESS_LU, RANGE_LU, PEAK_DB = 0.02, 0.15, 0.05
KINDS = (".wav", ".flac", ".aif", ".aiff", ".mp3", ".ogg", ".opus", ".m4a")


def plumb(program, path):
    out = subprocess.run([program, "check", path, "--json", "-"], capture_output=True, text=True)
    if out.returncode not in (0, 1):
        sys.exit(f"{path}: {out.stderr.strip()}")
    m = json.loads(out.stdout)["measurements"]
    return m["loudness"]["integrated"], m["loudness"]["range"], m["true_peak"]["max"]["level"]


def ffmpeg(path):
    out = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostats", "-i", path, "-filter_complex", "ebur128=peak=true:metadata=1,ametadata=print:file=-",
         "-f", "null", "-"], capture_output=True, text=True)
    last = lambda key: float(re.findall(rf"lavfi\.r128\.{key}=(\S+)", out.stdout)[-1])
    peak = re.findall(r"Peak:\s+(\S+) dBFS", out.stderr)[-1]
    return last("I"), last("LRA"), float(peak)


def samples(path):
    import scipy.io.wavfile
    import numpy
    rate, data = scipy.io.wavfile.read(path)
    return rate, numpy.atleast_2d(data.T).astype("float64")


def libebur128(rate, data):
    import pyebur128
    r = pyebur128.R128State(len(data), rate, pyebur128.MeasurementMode.MODE_I)
    interleaved = data.T.reshape(-1).copy()
    # In parts, as a file would be read.
    step = rate
    for at in range(0, data.shape[1], step):
        part = interleaved[at * len(data):(at + step) * len(data)].copy()
        r.add_frames(part, len(part) // len(data))
    return pyebur128.get_loudness_global(r)


def true_peak(data, most=300, reach=512):
    """Highest point of the waveform, dBTP: 64 points a sample by FFT around the highest points of a look at 4 points a sample."""
    import numpy
    from scipy import signal
    taper = numpy.ones(2 * reach)
    ramp = 0.5 - 0.5 * numpy.cos(numpy.pi * (numpy.arange(reach // 2) + 0.5) / (reach // 2))
    taper[:reach // 2], taper[-(reach // 2):] = ramp, ramp[::-1]
    best = 0.0
    for channel in data:
        x = numpy.concatenate([numpy.zeros(2 * reach), channel, numpy.zeros(2 * reach)])
        coarse = numpy.abs(signal.resample_poly(x, 4, 1).astype("float32"))
        # The highest in each stretch of 16 samples, then the highest of those.
        stretches = coarse[:len(coarse) // 64 * 64].reshape(-1, 64)
        for at in numpy.argsort(-stretches.max(1))[:most]:
            start = int(at) * 16 + 8 - reach
            if start >= 0 and start + 2 * reach <= len(x):
                dense = numpy.abs(signal.resample(x[start:start + 2 * reach] * taper, 128 * reach))
                best = max(best, dense[48 * reach:80 * reach].max())
    return 20 * math.log10(best) if best > 0 else -math.inf


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folders", nargs="+")
    options.add_argument("--plumb", default="target/release/plumb")
    options.add_argument("--every", type=int, default=1)
    args = options.parse_args()
    files = sorted(os.path.join(d, n) for f in args.folders for d, _, names in os.walk(f) for n in names if n.lower().endswith(KINDS))
    worst = {"loudness": (0.0, ""), "range": (0.0, ""), "true peak": (0.0, "")}
    print(f"{'file':40}  {'I plumb':>9} {'lib':>9} {'ffmpeg':>8}  {'LRA':>7} {'ffmpeg':>7}  {'TP plumb':>8} {'64x':>8} {'ffmpeg':>7}")
    with tempfile.TemporaryDirectory() as folder:
        wav = os.path.join(folder, "a.wav")
        for path in files[::args.every]:
            subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", path, "-map", "0:a:0", "-c:a", "pcm_f32le", wav], check=True)
            i, lra, tp = plumb(args.plumb, wav)
            fi, fl, ftp = ffmpeg(wav)
            rate, data = samples(wav)
            li = libebur128(rate, data)
            truth = true_peak(data)
            name = os.path.basename(path)
            print(f"{name[:40]:40}  {i:9.3f} {li:9.3f} {fi:8.2f}  {lra:7.3f} {fl:7.3f}  {tp:8.3f} {truth:8.3f} {ftp:7.1f}", flush=True)
            for kind, error in (("loudness", i - li), ("range", lra - fl), ("true peak", tp - truth)):
                worst[kind] = max(worst[kind], (abs(error), f"{name} {error:+.4f}"))
    bars = {"loudness": LOUDNESS_LU, "range": RANGE_LU, "true peak": PEAK_DB}
    for kind, (_, what) in worst.items():
        print(f"worst {kind}: {what} (at most {bars[kind]})")
    sys.exit(any(worst[kind][0] > bars[kind] for kind in bars))


if __name__ == "__main__":
    main()
