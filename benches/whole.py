#!/usr/bin/env python3
"""Measures onair as a whole process beside other programs, and prints what it finds as Markdown.

    whole.py ONAIR DATA [--gib N]

ONAIR is a release build. DATA is a folder to make shows in (N + 6 GiB of disk; 5 if not said), which is
emptied afterwards. Needs hyperfine, ffprobe, mp3val and openssl; mutagen and matplotlib are installed
into DATA by run.sh, whose python this is run with. Emptying the page cache for the cold run needs root;
without, that row is left out.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
NO_MEMORY = {"ONAIR_CACHE_DIR": ""}


def show(folder, episodes, *more):
    subprocess.run([HERE / "make_show.py", folder, str(episodes), *more], check=True)
    return folder


def hyperfine(commands, runs=10, prepare=None, environment=NO_MEMORY):
    """Medians in seconds, of commands that take turns."""
    result = DATA / "hyperfine.json"
    times = {name: [] for name in commands}
    # Taking turns, so that a slow minute of the machine is everybody's.
    rounds = 1 if prepare else 2
    for _ in range(rounds):
        arguments = ["hyperfine", "-N", "--style=none", f"--runs={max(2, runs // rounds)}"]
        arguments += ["--ignore-failure", f"--export-json={result}"]
        arguments += ["--prepare", prepare] if prepare else ["--warmup=1"]
        for name, command in commands.items():
            arguments += ["--command-name", name, shlex.join(map(str, command))]
        subprocess.run(
            arguments,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )
        for entry in json.loads(result.read_text())["results"]:
            times[entry["command"]] += entry["times"]
    return {name: sorted(all_)[len(all_) // 2] for name, all_ in times.items()}


def memory(command, environment=NO_MEMORY):
    """Peak memory in MiB and seconds of one run."""
    said = subprocess.run(
        ["/usr/bin/time", "-f", "%M %e", *map(str, command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ).stderr
    peak, seconds = re.search(r"(\d+) ([\d.]+)\s*$", said).groups()
    return int(peak) / 1024, float(seconds)


def milliseconds(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    print("\n".join(lines) + "\n")


def compare(times, size, first):
    rows = []
    for name, seconds in times.items():
        ratio = f"{seconds / times[first]:.2f}"
        rows.append([name, milliseconds(seconds), f"{size / seconds / 1e9:.2f} GB/s", ratio])
    table(["program", "median", "rate", f"against {first}"], rows)


def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    total = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1])
    sha = "with" if "sha_ni" in flags or "sha2" in flags else "without"
    print(
        f"Machine: {os.cpu_count()} cores ({cpu[1] if cpu else 'unknown'}, {sha} SHA instructions), "
        f"{total / 1024**2:.0f} GiB of memory. All programs read from the page cache unless it says "
        "cold; medians of runs that took turns.\n"
    )


def one_file():
    print("### One MP3 of 112 MB\n")
    for kind in ["cbr", "vbr", "damaged"]:
        folder = show(DATA / kind, 1, "--mib", "107", "--kind", kind)
        mp3 = folder / "audio/1.mp3"
        size = mp3.stat().st_size
        commands = {
            "cat": ["cat", mp3],
            "onair check": [ONAIR, "--show", folder, "check"],
            "mp3val": ["mp3val", mp3],
            "mutagen": [sys.executable, "-c", f"import mutagen;mutagen.File('{mp3}').info.length"],
            "ffprobe -count_packets": [
                "ffprobe", "-v", "quiet", "-count_packets", "-show_entries",
                "stream=nb_read_packets", mp3,
            ],
        }
        print({"cbr": "Constant bit rate:", "vbr": "Variable bit rate:",
               "damaged": "Damaged, a hole in every 2 MiB:"}[kind] + "\n")
        compare(hyperfine(commands), size, "cat")
        if kind == "cbr":
            print("With the hash, as a release looks at audio for the first time:\n")
            commands = {
                "openssl dgst -sha256": ["openssl", "dgst", "-sha256", mp3],
                "onair release --dry-run": [ONAIR, "--show", folder, "release", "--dry-run"],
            }
            compare(hyperfine(commands), size, "openssl dgst -sha256")
        shutil.rmtree(folder)
    print(
        "mutagen reads headers and believes them: it does not look at the frames, and is here for "
        "scale.\n"
    )


def whole_show(gib):
    episodes = 400
    folder = show(DATA / "show", episodes, "--mib", str(gib * 1024 / episodes))
    size = sum(file.stat().st_size for file in (folder / "audio").iterdir())
    print(f"### {episodes} episodes, {size / 1e9:.1f} GB of audio\n")
    check = [ONAIR, "--show", folder, "check"]
    every = [str(file) for file in sorted((folder / "audio").iterdir())]
    fits = size < 0.5 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if os.geteuid() == 0:
        drop = "sh -c 'sync; echo 3 > /proc/sys/vm/drop_caches'"
        print("Cold, from the disk:\n")
        commands = {"cat": ["cat", *every], "onair check": check}
        compare(hyperfine(commands, runs=3, prepare=drop), size, "cat")
    if fits:
        print("From the page cache, with nothing remembered:\n")
        commands = {
            "cat": ["cat", *every],
            "onair check, one core": ["taskset", "-c", "0", *check],
            "onair check": check,
        }
        compare(hyperfine(commands, runs=6), size, "cat")
        print("With the hash:\n")
        plan = [ONAIR, "--show", folder, "release", "--dry-run"]
        commands = {
            "openssl dgst -sha256": ["openssl", "dgst", "-sha256", *every],
            "onair release --dry-run, one core": ["taskset", "-c", "0", *plan],
            "onair release --dry-run": plan,
        }
        compare(hyperfine(commands, runs=4), size, "openssl dgst -sha256")
    remembering = {"ONAIR_CACHE_DIR": str(DATA / "memory")}
    subprocess.run(["sleep", "4"], check=True)
    memory(check, remembering)
    memory([ONAIR, "--show", folder, "release", "--dry-run"], remembering)
    public = DATA / "public"
    release = [ONAIR, "--show", folder, "--target", public, "release"]
    first = memory(release, remembering)
    commands = {
        "onair check": check,
        "onair release --dry-run": [*release, "--dry-run"],
        "onair release, nothing to do": release,
    }
    print("What is remembered, and what is published, is not looked at again:\n")
    times = hyperfine(commands, environment=remembering)
    rows = [["first release into a directory", milliseconds(first[1]), f"{first[0]:.0f} MiB"]]
    for name, command in commands.items():
        rows.append([name, milliseconds(times[name]), f"{memory(command, remembering)[0]:.0f} MiB"])
    table(["command", "time", "peak memory"], rows)
    shutil.rmtree(folder)
    shutil.rmtree(public)


def growth():
    print("### Growth\n")
    rows, points = [], []
    for episodes in [100, 1_000, 10_000, 100_000]:
        folder = show(DATA / "many", episodes)
        command = [ONAIR, "--show", folder, "check"]
        seconds = hyperfine({"check": command}, runs=6 if episodes < 100_000 else 2)["check"]
        peak, _ = memory(command)
        rows.append([f"{episodes:,}", milliseconds(seconds), f"{peak:.0f} MiB"])
        points.append((episodes, seconds, peak))
        shutil.rmtree(folder)
    print("Episodes without audio at hand, `onair check`:\n")
    table(["episodes", "median", "peak memory"], rows)
    plot("episodes", points)
    rows, points = [], []
    for mib in [1, 10, 100, 1024, 4300]:
        folder = show(DATA / "large", 1, "--mib", str(mib))
        size = (folder / "audio/1.mp3").stat().st_size
        command = [ONAIR, "--show", folder, "release", "--dry-run"]
        check = [ONAIR, "--show", folder, "check"]
        openssl = ["openssl", "dgst", "-sha256", folder / "audio/1.mp3"]
        commands = {"check": check, "hash": command, "openssl": openssl}
        times = hyperfine(commands, runs=6 if mib < 4000 else 2)
        peak, _ = memory(command)
        rows.append([f"{size / 1e6:,.1f} MB", milliseconds(times["check"]),
                     milliseconds(times["hash"]), milliseconds(times["openssl"]),
                     f"{peak:.0f} MiB"])
        points.append((size / 1e6, times["hash"], peak))
        shutil.rmtree(folder)
    print("One MP3, `onair check` and `onair release --dry-run`, which hashes:\n")
    table(["size", "check", "with hash", "openssl dgst -sha256", "peak memory"], rows)
    plot("megabytes", points)


def plot(what, points):
    """docs/growth-*.svg: time and memory against size, both logarithmic."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "onair", "font.size": 9, "svg.fonttype": "none"})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(8, 3), layout="constrained")
    for axis, column, unit in [(axes[0], 1, "seconds"), (axes[1], 2, "MiB at the peak")]:
        axis.loglog([p[0] for p in points], [p[column] for p in points], "o-", color="#1d4e89")
        axis.set(xlabel=what, ylabel=unit)
        axis.grid(True, which="major", alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    axes[1].set_ylim(bottom=1, top=max(1000, 2 * max(p[2] for p in points)))
    file = HERE.parent / f"docs/growth-{what}.svg"
    figure.savefig(file, metadata={"Date": None, "Creator": None}, transparent=False)
    print(f"![Time and memory against {what}](growth-{what}.svg)\n")


arguments = argparse.ArgumentParser()
arguments.add_argument("onair", type=pathlib.Path)
arguments.add_argument("data", type=pathlib.Path)
arguments.add_argument("--gib", type=float, default=5)
ARGS = arguments.parse_args()
ONAIR, DATA = ARGS.onair.resolve(), ARGS.data.resolve()
print("## Whole process\n")
machine()
one_file()
whole_show(ARGS.gib)
growth()
