#!/usr/bin/env bash
# Measures everything and writes docs/benchmarks.md: [STORE=1] benches/run.sh [DATA] [--gib N]
#
# DATA is a folder on the disk to measure on (a temporary one if not said), with 2 N GiB free; N is the
# size of the large show, 5 if not said. Takes about 15 minutes, and an hour more with STORE=1, which
# also measures the store beside three other tools, with 9 GB free where temporary files go. What is missing is installed with apt-get where that
# can be done. The machine should be idle: the figures are ratios of one run, but a neighbour can still
# take one side's part.
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
fragments=target/benchmarks
mkdir -p "$fragments"
"$data/venv/bin/python" benches/whole.py target/release/onair "$data" "$@" >"$fragments/1-whole.md"
benches/criterion.py target/criterion >"$fragments/2-inside.md"
{
    printf '## Preview\n\nFrom a saved file to the event in the browser (`tests/e2e/preview_speed.py`):\n\n```\n'
    python3 tests/e2e/preview_speed.py target/release/onair || true
    printf '```\n\n'
} >"$fragments/3-preview.md"
# What is said of the store stays, and its table unless it is measured anew.
sed -n '/^## Store/,$p' docs/benchmarks.md >"$fragments/4-store.md"
if [ -n "${STORE:-}" ]; then
    sed -i '/^### /,$d' "$fragments/4-store.md"
    case_of() { # TITLE VARIABLE=VALUE…
        printf '### %s\n\n' "$1"
        env "${@:2}" benches/store.sh
        echo
    }
    {
        case_of 'Forty large files'
        case_of 'Many small files' EPISODES=5000 MIN=0.02 MAX=0.02
        case_of 'One of 4 GB' EPISODES=1 MIN=4096 MAX=4096
        case_of '20 ms of latency' EPISODES=12 LATENCY=20
        case_of '100 ms of latency' EPISODES=12 LATENCY=100
        case_of '50 Mbit/s' EPISODES=4 MBIT=50
        case_of 'Many small files, 20 ms away' EPISODES=1000 MIN=0.02 MAX=0.02 LATENCY=20
    } >>"$fragments/4-store.md"
fi
cat benches/page.md "$fragments"/*.md >docs/benchmarks.md
