#!/usr/bin/env python3
"""Speed and memory of plumb beside its peers, as whole processes on the same files.

    tests/peers/speed.py [--plumb target/release/plumb] [--mix FILE --reference FILE] [--runs 3] [--long]

Needs ffmpeg. Matchering is measured if this Python can import it. Without --mix, a four-minute song is made from noise and
tones; give real music for figures to quote. --long adds a three-hour file (2 GB of disk while it runs).
Prints a Markdown table; exits 1 if a bar is missed.
"""
import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time

# A check plays the file on all playback systems.
CHECK_BAR, MATCH_BAR, MATCH_MB, LONG_MB = 1.6, 0.5, 150, 300
SONG = (
    "aevalsrc='0.25*sin(2*PI*55*t)*(0.4+0.6*exp(-6*mod(t,0.5)))+0.1*sin(2*PI*440*t)*(1+sin(0.7*t))/2+0.12*(random(0)-0.5)*exp(-9*mod(t,0.25))"
    "|0.25*sin(2*PI*55*t)*(0.4+0.6*exp(-6*mod(t,0.5)))+0.1*sin(2*PI*554*t)*(1+cos(0.5*t))/2+0.12*(random(1)-0.5)*exp(-9*mod(t,0.25))'"
    ":s=44100:d={seconds}"
)


def run(command):
    """Wall time in seconds, peak resident memory in MB and exit code of one process."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - start
    # Exit 1 of plumb means that it found something, which is no failure.
    if child.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} failed: {message.decode(errors='replace')[-400:]}")
    # Linux counts in kilobytes, macOS in bytes.
    return took, usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def side_by_side(runs, commands):
    """Best wall time and highest memory of each command; runs alternate so that all meet the same machine."""
    best = {name: (float("inf"), 0.0) for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            took, memory = run(command)
            best[name] = (min(best[name][0], took), max(best[name][1], memory))
    return best


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *arguments], check=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--plumb", default="target/release/plumb")
    options.add_argument("--mix")
    options.add_argument("--reference")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--long", action="store_true")
    args = options.parse_args()
    rows, missed = [], []

    def row(what, value, bar, unit):
        rows.append(f"| {what} | {value:.2f} {unit} | at most {bar:g} {unit} |" if bar else f"| {what} | {value:.2f} {unit} | |")
        if bar and value > bar:
            missed.append(what)

    with tempfile.TemporaryDirectory() as folder:
        def path(name):
            return os.path.join(folder, name)

        mix, reference, flac = path("mix.wav"), path("reference.wav"), path("mix.flac")
        if args.mix:
            # Looped to four minutes, so that figures of different machines speak of the same amount of work.
            ffmpeg("-stream_loop", "-1", "-i", args.mix, "-t", "240", "-ar", "44100", "-ac", "2", mix)
            ffmpeg("-stream_loop", "-1", "-i", args.reference or args.mix, "-t", "240", "-ar", "44100", "-ac", "2", reference)
        else:
            ffmpeg("-f", "lavfi", "-i", SONG.format(seconds=240), mix)
            ffmpeg("-i", mix, "-af", "equalizer=f=200:t=q:w=0.7:g=3,volume=-2dB", reference)
        ffmpeg("-i", mix, flac)

        check = side_by_side(args.runs, {
            "plumb check": [args.plumb, "check", flac, "--json", path("check.json")],
            "ffmpeg ebur128=peak=true": ["ffmpeg", "-nostats", "-hide_banner", "-i", flac, "-filter_complex", "ebur128=peak=true", "-f", "null", "-"],
        })
        match = {"plumb match": [args.plumb, "match", mix, "--reference", reference, "--output", path("out.wav"), "--force"]}
        if importlib.util.find_spec("matchering"):
            code = "import sys, matchering as m; m.process(target=sys.argv[1], reference=sys.argv[2], results=[m.pcm24(sys.argv[3])])"
            match["matchering"] = [sys.executable, "-c", code, mix, reference, path("peer.wav")]
        match = side_by_side(args.runs, match)
        for name, (took, memory) in {**check, **match}.items():
            row(f"{name}: time", took, None, "s")
            row(f"{name}: memory", memory, MATCH_MB if name == "plumb match" else None, "MB")
        row("check / ffmpeg", check["plumb check"][0] / check["ffmpeg ebur128=peak=true"][0], CHECK_BAR, "x")
        if "matchering" in match:
            row("match / matchering", match["plumb match"][0] / match["matchering"][0], MATCH_BAR, "x")
        if args.long:
            long = path("long.flac")
            ffmpeg("-stream_loop", "-1", "-i", flac, "-t", "10800", long)
            row("three hours, check: memory", run([args.plumb, "check", long, "--json", path("long.json")])[1], LONG_MB, "MB")
            took, memory = run([args.plumb, "match", long, "--reference", reference, "--output", path("long.wav"), "--force"])
            row("three hours, match: memory", memory, LONG_MB, "MB")
            row("three hours, match: time", took, None, "s")

    print("| four minutes, 44.1 kHz stereo | here | bar |\n| --- | --- | --- |")
    print("\n".join(rows))
    for what in missed:
        print(f"missed: {what}", file=sys.stderr)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
