#!/usr/bin/env python3
"""Compares how many instructions two builds of onair take: instructions.py BASE NEW

BASE and NEW are programs. Each does the same work on a show that is made for it, under valgrind, which
counts instructions and not time, so that a busy machine changes nothing. Ends with 1 if NEW takes more than
a twentieth more than BASE anywhere. Needs valgrind and Python; takes some minutes.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# More than this is a loss; hash maps with random seeds alone make up to a hundredth.
LIMIT = 1.05
# The show: episodes, and an MP3 of so many MiB for each.
SHOW = ["24", "--mib", "0.2"]
# The work, in the order in which it is done on one copy of the show.
WORK = {
    "help": ["--help"],
    "check": ["check", "-q"],
    "first release": ["release", "-q"],
    "nothing to do": ["release", "-q"],
}


def instructions(onair: Path, arguments: list[str], show: Path) -> int:
    environment = {
        "PATH": os.environ["PATH"],
        "ONAIR_CACHE_DIR": "",
        "ONAIR_NOW": "2026-01-01T00:00:00Z",
        "RAYON_NUM_THREADS": "1",
        "TOKIO_WORKER_THREADS": "1",
    }
    counter = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    command = [*counter, str(onair), "--show", str(show), *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    counted = re.search(r"I\s+refs:\s+([\d,]+)", ran.stderr)
    if ran.returncode != 0 or counted is None:
        sys.exit(f"{' '.join(command)} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    return int(counted[1].replace(",", ""))


def main() -> int:
    base, new = (Path(path).resolve() for path in sys.argv[1:3])
    lost = False
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        maker = Path(__file__).with_name("make_show.py")
        subprocess.run([sys.executable, maker, made, *SHOW], check=True)
        with open(made / "onair.toml", "a", encoding="utf-8") as settings:
            settings.write('[sound]\nlisten = "never"\n')
        print("| work | before | after | ratio |\n| --- | ---: | ---: | ---: |")
        counts = {}
        for which, onair in (("base", base), ("new", new)):
            show = Path(folder) / which
            shutil.copytree(made, show)
            for name, arguments in WORK.items():
                counts[which, name] = instructions(onair, arguments, show)
        for name in WORK:
            before, after = counts["base", name], counts["new", name]
            ratio = after / before
            lost |= ratio > LIMIT
            print(f"| {name} | {before:,} | {after:,} | {ratio:.3f} |")
    return int(lost)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main())
