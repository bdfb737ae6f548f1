#!/usr/bin/env bash
# Kills a run that tags a file, at random moments, and looks at the file each time: it must be the
# whole old one or the whole new one. What a killed run left beside it must be gone after the next.
#
#   tests/e2e/kill_tag.sh FILE COMMAND [ARGUMENT...]
#   tests/e2e/kill_tag.sh --onair target/debug/onair
#
# COMMAND tags FILE: `onair --show DIR tag 1`, or `tag_file FILE TAG.json` (examples/tag_file.rs).
# With --onair it is `onair tag 1` on a copy of the demo show, whose first MP3 is made 40 MB long.
# ROUNDS (200) says how often.
set -euo pipefail
keep=$(mktemp -d)
trap 'rm -rf "$keep"' EXIT
if [ "$1" = --onair ]; then
    repo=$(cd "$(dirname "$0")/../.." && pwd)
    onair=$(realpath "$2")
    mkdir "$keep/show"
    cp -r "$repo/onair.toml" "$repo/episodes" "$repo/audio" "$repo/img" "$keep/show"
    file=$keep/show/audio/001.mp3
    for ((copy = 0; copy < 700; copy++)); do cat "$repo/audio/001.mp3"; done >"$file"
    set -- "$file" "$onair" --show "$keep/show" tag 1
fi
file=$1; shift
rounds=${ROUNDS:-200}
folder=$(dirname "$file")

sum() { sha256sum <"$1"; }
left() { find "$folder" -maxdepth 1 -name '.onair-*.tmp' | wc -l; }

cp -p "$file" "$keep/old"
old=$(sum "$file")
start=$(date +%s%N)
"$@" >/dev/null
lasts=$((($(date +%s%N) - start) / 1000000 + 1)) # milliseconds
new=$(sum "$file")
[ "$old" != "$new" ] || { echo "the command changes nothing" >&2; exit 2; }

was_old=0 was_new=0 unfinished=0
for ((round = 1; round <= rounds; round++)); do
    rm -f "$file"
    cp -p "$keep/old" "$file"
    "$@" >/dev/null 2>&1 &
    child=$!
    # $RANDOM has 15 bits. Up to three times as long as undisturbed: flushing waits for other writes.
    delay=$((RANDOM * lasts * 3 / 32768))
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    kill -9 "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true

    [ -f "$file" ] || { echo "round $round: the file is missing" >&2; exit 1; }
    case $(sum "$file") in
        "$old") was_old=$((was_old + 1)) ;;
        "$new") was_new=$((was_new + 1)) ;;
        *) echo "round $round, killed after $delay ms: the file is damaged" >&2; exit 1 ;;
    esac
    now=$(left)
    [ "$now" -le 1 ] || { echo "round $round: $now unfinished files" >&2; exit 1; }
    unfinished=$((unfinished + now))
done

"$@" >/dev/null
[ "$(sum "$file")" = "$new" ] || { echo "the last run did not finish the job" >&2; exit 1; }
[ "$(left)" -eq 0 ] || { echo "the last run left an unfinished file" >&2; exit 1; }
echo "$rounds kills within $((lasts * 3)) ms: $was_old old, $was_new new, none damaged or missing;" \
    "$unfinished in the midst of writing"
