#!/usr/bin/env bash
# Kill releases to a directory at random moments, and hold what is left to the promises each time.
#
#     tests/e2e/kill_release.sh ONAIR [ROUNDS]
#
# The show is made here: twelve episodes of several megabytes. After every kill the target must keep its
# promises; every few rounds an episode or a page changes, and a release is let through.
set -euo pipefail
onair=$(realpath "$1")
rounds=${2:-200}
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here/../../img" "$here/../../onair.toml" "$work/"
mkdir "$work/episodes" "$work/audio"
# The sound is silence: what is looked for here are broken promises.
printf '\n[sound]\nlisten = "never"\n' >> "$work/onair.toml"
cd "$work"

python3 - <<'PY'
# 128 kbit/s frames of silence; no two episodes of the same length.
for number in range(1, 13):
    frame = bytes([0xFF, 0xFB, 0x90, 0x00]) + bytes(413)
    open(f"audio/{number:03}.mp3", "wb").write(frame * (11_000 + number * 100))
    seconds = (11_000 + number * 100) * 1152 / 44100
    open(f"episodes/episode_{number:03}.md", "w").write(
        f"---\ntitle: Part {'abcdefghijkl'[number - 1]}\ndescription: d\nepisode: {number}\n"
        f"duration: {round(seconds)}\nsize: {417 * (11_000 + number * 100)}\nfile: {number:03}.mp3\n"
        f"date: 2024-01-{number:02} 07:00:00 +0100\n---\nNotes 0\n")
PY

target="$work/public"
# A kill must land within a first release: it takes about so many milliseconds here.
start=$(date +%s%N)
"$onair" release --quiet
span=$(( ($(date +%s%N) - start) / 1000000 + 5 ))
rm -rf "$target"
killed=0 finished=0 published=0
for round in $(seq "$rounds"); do
    if (( round % 5 == 0 )); then sed -i "s/^Notes .*/Notes $round/" episodes/episode_00$((round % 9 + 1)).md; fi
    if (( round % 6 == 0 )); then rm -rf "$target"; fi
    "$onair" release --quiet >"$work/log" 2>&1 &
    pid=$!
    sleep "0.$(printf '%03d' $((RANDOM % span)))"
    if kill -9 "$pid" 2>/dev/null; then killed=$((killed + 1)); else finished=$((finished + 1)); fi
    wait "$pid" 2>/dev/null || true
    python3 "$here/promises.py" "$target" https://lowtide.example/media/ media || { echo "round $round: broken"; exit 1; }
    [ -e "$target/podcasts/feed.xml" ] && published=$((published + 1))
    if (( round % 7 == 0 )); then
        "$onair" release --quiet || { echo "round $round: a release after a kill failed"; exit 1; }
        python3 "$here/promises.py" "$target" https://lowtide.example/media/ media
    fi
done
"$onair" release --quiet
python3 "$here/promises.py" "$target" https://lowtide.example/media/ media
"$onair" release | grep -q "Nothing to do"
leftover=$(find "$target" -name '*.tmp*' -o -name '.tmp*' | wc -l)
echo "$rounds rounds: $killed killed, $finished had ended; $published with a public feed; all promises kept; $leftover leftovers"
