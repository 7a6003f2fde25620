#!/usr/bin/env python3
"""Is masking heard in the mix alone: build-up planted in stems, sides raised over the centre, and the same mix as it was?

    tests/peers/masked_mix.py STEMS [--plumb target/release/plumb] [--seconds 40] [--raise-db 6] [--parts 2] [--out rows.json]

STEMS holds one folder per song with a WAV file per stem (a file called mix.wav is left out). The stems are summed and cut into parts of
--seconds; each part is checked with another part of the same song, as it was, as the reference:

* clean: as it was;
* low_mid: the loudest two stems between 200 and 500 Hz that are neither drums, bass nor voice (by name), raised there by --raise-db;
* centre: the side raised by --raise-db, where it lies no more than 20 dB below the mid from 280 Hz to 4.5 kHz.

A plant counts if it changes what it should by 1 dB at least: the level of the mix between 200 and 500 Hz, or of its sides. All files are
scaled to peaks of -6 dBFS. Prints, for masking.low_mid and masking.centre, the share of plants that give a warning or more
(sensitivity) and of clean parts that do (false alarms). Needs numpy and soundfile.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import tempfile

import numpy as np
import soundfile

OTHERS = re.compile(r"kick|bass|snare|hat|hih|cymb|ride|crash|tom|conga|bongo|perc|drum|clap|shak|beat|voc|vox|voice|choir|rest", re.I)
CODES = ("masking.low_mid", "masking.centre")


def shaped(samples, rate, low_hz, high_hz, gain_db):
    """Raised between two frequencies, with skirts of half an octave; no phase is turned."""
    spectrum = np.fft.rfft(samples, axis=0)
    hz = np.maximum(np.fft.rfftfreq(len(samples), 1 / rate), 1e-3)
    outside = np.maximum(np.log2(low_hz / hz), np.log2(hz / high_hz)).clip(0, 0.5) / 0.5
    gain = 10 ** (gain_db / 20 * (0.5 + 0.5 * np.cos(np.pi * outside)))
    return np.fft.irfft(spectrum * gain[:, None], len(samples), axis=0)


def level_db(samples, rate, low_hz, high_hz):
    """Power between two frequencies, dB."""
    power = np.abs(np.fft.rfft(samples, axis=0)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / rate)
    return 10 * np.log10(power[(hz >= low_hz) & (hz < high_hz)].sum() + 1e-20)


def parts_of(folder, seconds, count):
    """Rate, and for each part a map of stems in stereo."""
    stems, rate = {}, None
    for path in sorted(glob.glob(os.path.join(folder, "*.wav"))):
        if os.path.basename(path) != "mix.wav":
            x, rate = soundfile.read(path, always_2d=True)
            stems[os.path.basename(path)] = x if x.shape[1] == 2 else np.repeat(x, 2, 1)
    if len(stems) < 2:
        return rate, []
    length = min(len(x) for x in stems.values())
    size = int(min(seconds * rate, length / 2))
    starts = np.linspace(0, length - size, max(2, count)).astype(int)
    return rate, [{name: x[s:s + size] for name, x in stems.items()} for s in starts] if size > 8 * rate else []


def build_up(stems, rate, gain_db):
    """The mix with its accompaniment raised in the low mids; none where that changes too little."""
    mix = sum(stems.values())
    loud = sorted((n for n in stems if not OTHERS.search(n)), key=lambda n: -level_db(stems[n], rate, 200, 500))[:2]
    changed = mix + sum(shaped(stems[n], rate, 200, 500, gain_db) - stems[n] for n in loud)
    return changed if level_db(changed, rate, 200, 500) > level_db(mix, rate, 200, 500) + 1 else None


def wide(mix, rate, gain_db):
    """The mix with its sides raised; none where there are hardly any."""
    mid, side = mix.mean(1), (mix[:, 0] - mix[:, 1]) / 2
    if level_db(side[:, None], rate, 280, 4500) < level_db(mid[:, None], rate, 280, 4500) - 20:
        return None
    side = side * 10 ** (gain_db / 20)
    return np.stack([mid + side, mid - side], 1)


def check(plumb, folder, mix, reference, rate):
    """Codes with a warning or more, and the two checks as they came out."""
    paths = []
    for name, samples in (("mix", mix), ("reference", reference)):
        paths.append(os.path.join(folder, name + ".wav"))
        soundfile.write(paths[-1], samples * 0.5 / max(1e-9, np.abs(samples).max()), rate, subtype="PCM_24")
    told = subprocess.run([plumb, "check", paths[0], "--reference", paths[1], "--json", "-"], capture_output=True, text=True)
    if told.returncode not in (0, 1):
        raise SystemExit(told.stderr)
    doc = json.loads(told.stdout)
    checks = {c["code"]: {k: c.get(k) for k in ("status", "value", "limit", "limit_source")} for c in doc["checks"] if c["code"] in CODES}
    return {c for c in CODES if checks[c]["status"] in ("warn", "fail")}, checks, doc["comparison"]["basis"]


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("stems")
    ask.add_argument("--plumb", default="target/release/plumb")
    ask.add_argument("--seconds", type=float, default=40)
    ask.add_argument("--raise-db", type=float, default=6)
    ask.add_argument("--parts", type=int, default=2)
    ask.add_argument("--out")
    a = ask.parse_args()
    rows = []
    for song in sorted(glob.glob(os.path.join(a.stems, "*"))):
        rate, parts = parts_of(song, a.seconds, a.parts)
        for i, stems in enumerate(parts):
            reference = sum(parts[(i + 1) % len(parts)].values())
            mix = sum(stems.values())
            cases = {"clean": mix, "low_mid": build_up(stems, rate, a.raise_db), "centre": wide(mix, rate, a.raise_db)}
            for plant, samples in cases.items():
                if samples is None:
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    found, checks, basis = check(a.plumb, folder, samples, reference, rate)
                rows.append({"song": os.path.basename(song), "part": i, "plant": plant, "found": sorted(found), "basis": basis, **checks})
                print(json.dumps(rows[-1]), flush=True)
    for code in CODES:
        share = lambda plant: [code in r["found"] for r in rows if r["plant"] == plant]
        planted, clean = share(code.split(".")[1]), share("clean")
        if planted and clean:
            print(f"{code}: sensitivity {np.mean(planted):.2f} of {len(planted)}, false alarms {np.mean(clean):.2f} of {len(clean)}")
    if a.out:
        json.dump(rows, open(a.out, "w"), indent=1)


if __name__ == "__main__":
    main()
