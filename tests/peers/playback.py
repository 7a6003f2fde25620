#!/usr/bin/env python3
"""Do the two forms of the playback model agree on real music?

Renders files as heard on every system (`plumb translate --render`, the sample form), measures the renders here by third octaves, and holds
them against what the scoring (the spectrum form) says is heard there, both free of an overall level. A system without any response goes
through both too: what the two analyses (frames of 3 s here, so that every band is resolved; shorter ones in the scoring) make differently of
the music itself is taken out. The bar is for bands that can be heard there: those whose mean lies no more than 20 dB below the threshold of
hearing. What is further down (the lowest bands of a tablet) is told beside it: there the scoring's spectrum, whose bins are 1.4 Hz apart, sees
the skirts of stronger notes beside a band, which frames of 3 s do not.

usage: playback.py FILE|DIR... [--plumb PATH] [--seconds N] [--system NAME,...]
needs numpy, soundfile and ffmpeg
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import soundfile as sf

BANDS = np.array([20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000,
                  5000, 6300, 8000, 10000, 12500, 16000, 20000])
# A band this far below another within an octave holds what the analysis window leaks from there, dB.
LEAKAGE_DB = -40
# The bar, dB.
BAR_DB = 0.5
# Threshold of hearing at BANDS, dB SPL (ISO 226:2003; the last two above its range, by ISO 389-7), and how far below it a mean may lie while
# its loudest moments are still heard, dB.
THRESHOLD = np.array([78.5, 68.7, 59.5, 51.1, 44.0, 37.5, 31.5, 26.5, 22.1, 17.9, 14.4, 11.4, 8.6, 6.2, 4.4, 3.0, 2.2, 2.4, 3.5, 1.7, -1.3, -4.2,
                      -6.0, -5.4, -1.5, 6.0, 12.6, 13.9, 12.3, 40.2, 70.4])
BELOW_DB = 20


def third_octaves(path):
    """Mean power per band over frames of 3 s, dB."""
    x, rate = sf.read(path, always_2d=True)
    n = 1 << round(np.log2(rate * 3))
    window = np.hanning(n + 1)[:n]
    # Every moment counts the same, those at the ends too, which are faded.
    x = np.pad(x, ((n // 2, n), (0, 0)))
    frames = range(0, len(x) - n, n // 2)
    power = np.array([sum(np.abs(np.fft.rfft(window * x[i:i + n, c])) ** 2 for c in range(x.shape[1])) for i in frames])
    width = rate / n
    k = np.arange(power.shape[1])
    share = np.array([np.clip(np.minimum(f * 2 ** (1 / 6) / width, k + .5) - np.maximum(f * 2 ** (-1 / 6) / width, k - .5), 0, 1) for f in BANDS])
    return 10 * np.log10((power @ share.T).mean(0) + 1e-30)


def without_response(plumb, path):
    """A system that changes nothing: studio headphones with a flat response, in silence."""
    system = json.loads(subprocess.run([plumb, "systems", "show", "studio_headphones"], capture_output=True, text=True, check=True).stdout)
    system.update(name="flat", noise=[])
    system["response"]["mean_db"] = [0.0] * len(BANDS)
    path.write_text(json.dumps(system))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("files", nargs="+")
    ap.add_argument("--plumb", default="plumb")
    ap.add_argument("--seconds", type=float, default=60)
    ap.add_argument("--system")
    a = ap.parse_args()
    files = [p for f in map(pathlib.Path, a.files) for p in (sorted(f.iterdir()) if f.is_dir() else [f])]
    worst, unheard = {}, {}
    for file in files:
        with tempfile.TemporaryDirectory() as d:
            mix = f"{d}/mix.wav"
            # What the two analyses see of the ends differs.
            fades = "afade=d=2,areverse,afade=d=2,areverse"
            subprocess.run(["ffmpeg", "-v", "error", "-t", str(a.seconds), "-i", str(file), "-af", fades, "-ac", "2", "-c:a", "pcm_s24le", mix], check=True)
            flat = pathlib.Path(d, "flat.json")
            without_response(a.plumb, flat)
            known = [line.split()[0] for line in subprocess.check_output([a.plumb, "systems", "list"], text=True).splitlines()]
            names = a.system.split(",") if a.system else known
            command = [a.plumb, "translate", mix, "--render", f"{d}/heard", "--json", f"{d}/out.json", "--system", ",".join([*names, str(flat)])]
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode not in (0, 1):
                sys.exit(f"{file}: {run.stderr}")
            said = {s["system"]: np.array(s["mix_db_spl"]) for s in json.load(open(f"{d}/out.json"))["translation"]["systems"]}
            off = {name: third_octaves(f"{d}/heard/mix.{name}.wav") - values for name, values in said.items()}
            for name in names:
                near = np.array([said[name][max(0, b - 3):b + 4].max() for b in range(len(BANDS))])
                keep = (said[name] > near + LEAKAGE_DB) & (said["flat"] > said["flat"].max() - 80)
                difference = off[name] - off["flat"]
                difference = np.abs(difference - np.median(difference[keep]))
                difference[~keep] = 0
                audible = said[name] > THRESHOLD - BELOW_DB
                for table, bands in ((worst, audible), (unheard, ~audible)):
                    off_db = np.where(bands, difference, 0)
                    if off_db.max() >= table.get(name, (0, 0))[0]:
                        table[name] = (off_db.max(), BANDS[off_db.argmax()])
        print(file.name, {s: round(float(v), 2) for s, (v, _) in worst.items()}, file=sys.stderr)
    for system, (off, hz) in worst.items():
        print(f"{system:20} {off:5.2f} dB at {hz:g} Hz {'' if off <= BAR_DB else 'over the bar'}, unheard {unheard[system][0]:.2f} dB at {unheard[system][1]:g} Hz")
    sys.exit(int(max((off for off, _ in worst.values()), default=0) > BAR_DB))


if __name__ == "__main__":
    main()
