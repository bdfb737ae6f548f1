#!/usr/bin/env bash
# Measures everything and writes docs/benchmarks.md: benches/run.sh [DATA] [--gib N]
#
# DATA is a folder on the disk to measure on (a temporary one if not said), with N + 6 GiB free; N is
# the size of the large show, 5 if not said. Takes about 25 minutes. What is missing is installed with
# apt-get where that can be done. The machine should be idle: the figures are ratios of one run, but a
# neighbour can still take one side's part.
set -euo pipefail
cd "$(dirname "$0")/.."
data=$(mktemp -d)
if [ $# -gt 0 ] && [ "$1" != --gib ]; then
    data=$(mktemp -d -p "$1")
    shift
fi
trap 'rm -rf "$data"' EXIT

missing=()
for tool in hyperfine:hyperfine ffprobe:ffmpeg mp3val:mp3val openssl:openssl taskset:util-linux; do
    command -v "${tool%:*}" >/dev/null || missing+=("${tool#*:}")
done
[ -x /usr/bin/time ] || missing+=(time)
[ ${#missing[@]} -eq 0 ] || { apt-get update -qq && apt-get install -y -qq "${missing[@]}"; }
python3 -m venv "$data/venv"
"$data/venv/bin/pip" -q --disable-pip-version-check install mutagen==1.48.1 matplotlib==3.10.8

cargo build --release
cargo bench --bench '*'
mkdir -p target/benchmarks
benches/criterion.py target/criterion >target/benchmarks/2-inside.md
"$data/venv/bin/python" benches/whole.py target/release/onair "$data" "$@" \
    >target/benchmarks/1-whole.md
if [ -x benches/store.sh ]; then
    benches/store.sh >target/benchmarks/3-store.md
fi
{
    printf '# Benchmarks\n\n'
    printf '`benches/run.sh` measures all of this anew and writes this page.\n\n'
    cat target/benchmarks/*.md
} >docs/benchmarks.md
