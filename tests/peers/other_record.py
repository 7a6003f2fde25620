#!/usr/bin/env python3
"""Another record as reference: is what lies outside the references' range moved towards it, and all else left alone?

    tests/peers/other_record.py FOLDER [--plumb target/release/plumb] [--mixes 12] [--references 1,3,5] [--seed 1] [--out rows.json]

FOLDER holds songs named author-title.ending, at least six authors. Each mix is matched to sets of other authors' songs (--length
seconds of each). Held against the ranges of the set, before and after, by the program's own meters (`comparison` of the JSON):

* out of range before: is it nearer to the range after (moved), or further away (away)?
* inside before: is it still inside (else: pushed out)?

Then tone, width and loudness of the mix are brought to the middle of the ranges by filters made here, and it is matched again: its
third octaves, measured here and at equal loudness, must change by less than 0.5 dB.

Needs ffmpeg and numpy. Prints a table; exits 1 if anything was moved away, pushed out or changed for nothing.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import numpy as np

RATE = 44100
START_S = 10
# What counts as the same, dB: band levels of a re-rendered file agree to 0.2; the loudness range and the spread of levels hang on a few
# passages; width is a ratio of two levels; at the ends of the spectrum there is little sound to measure.
NOISE_DB = {"loudness_range": 0.5, "level_spread": 0.4, "width": 0.5, "rumble": 0.6, "tone at the ends": 0.6, "width at the ends": 1.0}
OTHER_NOISE_DB = 0.2
# Out of range by less than this is not worth a move.
LITTLE_DB = 0.3
MOST_CHANGE_DB = 0.5
THIRDS = 1000.0 * 2.0 ** (np.arange(-15, 13) / 3.0)


def decode(path, start=None, length=None):
    """Stereo float samples at RATE."""
    cut = (["-ss", str(start)] if start else []) + (["-t", str(length)] if length else [])
    raw = subprocess.run(["ffmpeg", "-v", "error", *cut, "-i", path, "-f", "f32le", "-ac", "2", "-ar", str(RATE), "-"],
                         capture_output=True, check=True).stdout
    return np.frombuffer(raw, "<f4").reshape(-1, 2).astype(float)


def save(path, samples):
    """32-bit float WAV, by ffmpeg."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ac", "2", "-ar", str(RATE), "-i", "-", "-c:a", "pcm_f32le", path],
                   input=samples.astype("<f4").tobytes(), check=True)


def thirds_db(samples):
    """Long-term third octaves of both channels together, dB, relative to their K-weighted sum (roughly equal loudness)."""
    size, window = 16384, np.hanning(16384)
    spectrum = np.zeros(size // 2 + 1)
    for start in range(0, len(samples) - size, size // 2):
        spectrum += (np.abs(np.fft.rfft(samples[start:start + size] * window[:, None], axis=0)) ** 2).sum(axis=1)
    hz = np.fft.rfftfreq(size, 1 / RATE)
    bands = np.array([spectrum[(hz >= f * 2 ** (-1 / 6)) & (hz < f * 2 ** (1 / 6))].sum() for f in THIRDS]) + 1e-20
    weight = np.where(THIRDS > 1500, 2.5, 1.0) * (THIRDS / (THIRDS + 38)) ** 4
    return 10 * np.log10(bands / (bands * weight).sum())


def filtered(samples, hz, gains_db):
    """One channel through a linear-phase filter that follows gains given at frequencies."""
    at = np.log2(np.maximum(np.fft.rfftfreq(16384, 1 / RATE), 10))
    taps = np.roll(np.fft.irfft(10 ** (np.interp(at, np.log2(hz), np.clip(gains_db, -24, 24)) / 20)), 8192) * np.hanning(16384)
    size = 1 << (len(samples) + len(taps) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(taps, size), size)[8192:8192 + len(samples)]


def to_middle(args, samples, references, path):
    """Brings tone and width per band and the loudness to the middle of the ranges of the references, in rounds; saves and returns the result."""
    for _ in range(4):
        save(path, samples)
        found = json.loads(run([args.plumb, "check", path, "--json", "-"], references))["comparison"]
        hz = [b["hz"] for b in found["tone"]]
        tone = [b["range"]["centre"] - b["level_db"] for b in found["tone"]]
        width = {b["hz"]: b["range"]["centre"] - b["side_mid_db"] for b in found["width"] if b["side_mid_db"] is not None}
        mid, side = samples.mean(1), (samples[:, 0] - samples[:, 1]) / 2
        mid = filtered(mid, hz, tone)
        side = filtered(side, hz, [t + np.clip(width.get(f, 0), -12, 12) for f, t in zip(hz, tone)])
        loudness = next(q for q in found["quantities"] if q["id"] == "loudness")
        before = np.sqrt(np.mean(samples ** 2))
        samples = np.stack([mid + side, mid - side], 1)
        samples *= before / np.sqrt(np.mean(samples ** 2)) * 10 ** ((loudness["range"]["centre"] - loudness["value"]) / 20)
    save(path, samples)
    return samples


def run(command, references):
    for reference in references:
        command += ["--reference", reference]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} failed: {done.stderr.strip()}")
    return done.stdout


def match(args, mix, references, out):
    return json.loads(run([args.plumb, "match", mix, "--output", out, "--force", "--json", "-"], references))


def outside(value, limits):
    return max(0.0, value - limits["high"]) or min(0.0, value - limits["low"])


def distances(comparison):
    """Every quantity of a comparison with how far it lies outside its range."""
    place = lambda kind, hz: (kind if 30 < hz < 17000 else kind + " at the ends", hz)
    found = {place("tone", b["hz"]): b["outside_db"] for b in comparison["tone"]}
    found |= {place("width", b["hz"]): outside(b["side_mid_db"], b["range"]) for b in comparison["width"] if b["side_mid_db"] is not None}
    found |= {(q["id"], None): outside(q["value"], q["range"]) for q in comparison["quantities"] if q["value"] is not None}
    return found


def judge(document):
    """Per kind of quantity: how many were out of range, moved, unmoved, moved away, and how many were pushed out."""
    before, after = distances(document["comparison"]), distances(document["verification"]["comparison"])
    rows = {}
    for key in before.keys() & after.keys():
        row = rows.setdefault(key[0], {"inside": 0, "pushed": 0, "outside": 0, "moved": 0, "unmoved": 0, "away": 0, "was": 0.0, "is": 0.0})
        was, now, noise = abs(before[key]), abs(after[key]), NOISE_DB.get(key[0], OTHER_NOISE_DB)
        if was == 0:
            row["inside"] += 1
            row["pushed"] += now > noise
        else:
            row["was"] += was
            row["is"] += now
            row["away"] += now > was + noise or (before[key] * after[key] < 0 and now > noise)
            if was > LITTLE_DB:
                row["outside"] += 1
                row["moved"] += now < was - min(OTHER_NOISE_DB, 0.5 * was)
                row["unmoved"] += abs(now - was) <= min(OTHER_NOISE_DB, 0.5 * was)
    worst = {f"{k[0]} {k[1] or ''}".strip(): (round(before[k], 2), round(after[k], 2))
             for k in before.keys() & after.keys() if abs(after[k]) > abs(before[k]) + NOISE_DB.get(k[0], OTHER_NOISE_DB)}
    return rows, worst


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder")
    options.add_argument("--plumb", default="target/release/plumb")
    options.add_argument("--mixes", type=int, default=12)
    options.add_argument("--references", default="1,3,5")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--length", type=int, default=60, help="seconds of each song")
    options.add_argument("--no-inside", action="store_true", help="leave out the mixes brought to the middle")
    options.add_argument("--out")
    args = options.parse_args()
    songs = sorted(n for n in os.listdir(args.folder) if not n.startswith(".") and os.path.isfile(os.path.join(args.folder, n)))
    draw = random.Random(args.seed)
    mixes = draw.sample(songs, min(args.mixes, len(songs)))
    cases, changes, taken_for_session = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        def excerpt(name):
            path = os.path.join(folder, os.path.splitext(name)[0] + ".wav")
            if not os.path.exists(path):
                samples = decode(os.path.join(args.folder, name), START_S, args.length)
                if len(samples) < 20 * RATE:
                    samples = decode(os.path.join(args.folder, name), None, args.length)
                save(path, samples)
            return path

        out = os.path.join(folder, "out.wav")
        for mix in mixes:
            others = [s for s in songs if s.split("-")[0] != mix.split("-")[0]]
            for count in map(int, args.references.split(",")):
                references = [excerpt(s) for s in draw.sample(others, count)]
                document = match(args, excerpt(mix), references, out)
                mode = document["proposal"]["mode"]
                rows, worst = judge(document)
                case = {"mix": mix, "references": [os.path.basename(r) for r in references], "mode": mode, "rows": rows, "worst": worst,
                        "moves": [f"{m['outcome']}: {m['what']}" for m in document["verification"]["moves"]],
                        "notes": document["proposal"]["notes"], "steps": document["verification"]["steps"]}
                cases.append(case)
                if mode != "other_record":
                    taken_for_session.append((mix, count))
                if not args.no_inside:
                    middle = os.path.join(folder, "middle.wav")
                    samples = to_middle(args, decode(excerpt(mix)), references, middle)
                    again = match(args, middle, references, out)
                    if again["proposal"]["mode"] == "other_record":
                        level = thirds_db(samples)
                        change = np.abs(thirds_db(decode(out)) - level)[level > level.max() - 60]
                        case["inside_change_db"] = float(change.max())
                        case["inside_outside"] = {f"{k[0]} {k[1] or ''}".strip(): round(v, 2) for k, v in distances(again["comparison"]).items() if v}
                        case["inside_moves"] = [f"{m['outcome']}: {m['what']}" for m in again["verification"]["moves"]]
                        changes.append(change.max())
                print(json.dumps(case), file=sys.stderr, flush=True)
    kinds = sorted({k for c in cases for k in c["rows"]}, key=lambda k: (k.split()[0] not in ("tone", "width"), k))
    print("| quantity | out of range | moved | not moved | away | mean distance | inside | pushed out |\n|" + " --- |" * 8)
    total = 0
    for kind in kinds:
        row = {f: sum(c["rows"].get(kind, {}).get(f, 0) for c in cases) for f in ("inside", "pushed", "outside", "moved", "unmoved", "away", "was", "is")}
        n = max(1, row["outside"])
        total += row["away"] + row["pushed"]
        print(f"| {kind} | {row['outside']} | {row['moved']} | {row['unmoved']} | {row['away']} | {row['was'] / n:.2f} → {row['is'] / n:.2f} | {row['inside']} | {row['pushed']} |")
    print(f"\n{len(cases)} matches; {len(taken_for_session)} taken for the same session")
    if changes:
        print(f"brought to the middle first: largest change of a third octave {max(changes):.2f} dB, mean {np.mean(changes):.2f} dB, "
              f"{sum(c >= MOST_CHANGE_DB for c in changes)} of {len(changes)} at {MOST_CHANGE_DB} dB or above")
    if args.out:
        json.dump(cases, open(args.out, "w"), indent=1)
    sys.exit(1 if total or any(c >= MOST_CHANGE_DB for c in changes) else 0)


if __name__ == "__main__":
    main()
