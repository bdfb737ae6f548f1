#!/usr/bin/env bash
# Has ffprobe, mutagen, eyeD3 and MediaInfo read tags of ours: every text, date, picture and chapter
# must be what it was meant to be, and no byte of the payload another one.
#
#   tests/interop/tags.sh                              makes files of its own and checks them
#   tests/interop/tags.sh AUDIO.mp3 EXPECTED.json      checks a file that onair made
#   tests/interop/tags.sh --onair target/debug/onair   tags and releases the show in show/ with that
#                                                      onair, and checks what comes of both
#
# Needs python3 and ffmpeg (installed with apt-get where that can be done); what else it needs goes
# into a temporary folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command -v ffmpeg >/dev/null || { apt-get update -qq && apt-get install -y -qq ffmpeg; }
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --disable-pip-version-check install \
    mutagen==1.48.1 eyeD3==0.9.9 pymediainfo==7.0.1
check() { "$work/venv/bin/python" "$here/check_tags.py" "$@"; }

if [ $# -eq 2 ] && [ "$1" != --onair ]; then
    check "$1" "$2"
    exit
fi

# An episode's audio as it comes from FFmpeg, and pictures for its tag.
pictures() {
    ffmpeg -v error -f lavfi -i color=red:s=1400x1400 -frames:v 1 "$1/cover.jpg"
    ffmpeg -v error -f lavfi -i color=blue:s=300x300 -frames:v 1 "$1/chapter.png"
}
sine=(-f lavfi -i sine=440:duration=30 -ac 1 -b:a 64k)
stale=(-metadata title=Old -metadata date=1999 -metadata comment=Old -metadata artist=Old)

# The MPEG frames, whatever stands around them.
payload() { ffmpeg -v error -i "$1" -map 0:a -c copy -f data - | sha256sum; }

if [ "${1:-}" = --onair ]; then
    onair=$(realpath "$2")
    cd "$work"
    for version in 2.3 2.4; do
        show=show-$version
        cp -r "$here/show" "$show"
        mkdir "$show/img" "$show/audio"
        pictures "$show/img"
        sed -i "s/^version = .*/version = \"$version\"/" "$show/onair.toml"
        audio=$show/audio/042.mp3
        ffmpeg -v error "${sine[@]}" "${stale[@]}" -write_id3v1 1 -id3v2_version 3 "$audio"
        before=$(payload "$audio")

        # Released with the old tag still in the host's file, which must not be touched.
        "$onair" --show "$show" check --fix -q || true
        host=$(sha256sum <"$audio")
        "$onair" --show "$show" release -q
        [ "$(sha256sum <"$audio")" = "$host" ] || { echo "a release touched $audio" >&2; exit 1; }
        released=$show/public/audio/042.mp3

        "$onair" --show "$show" tag --fix -q 42
        cmp "$audio" "$released" || { echo "tag and release differ" >&2; exit 1; }
        [ "$(payload "$audio")" = "$before" ] || { echo "the payload changed" >&2; exit 1; }
        once=$(sha256sum "$audio" "$show"/episodes/*) stamp=$(stat -c %Y-%i "$audio")
        "$onair" --show "$show" tag --fix -q
        [ "$(sha256sum "$audio" "$show"/episodes/*)$(stat -c %Y-%i "$audio")" = "$once$stamp" ] ||
            { echo "tagging twice changed something" >&2; exit 1; }
        "$onair" --show "$show" check -q

        python3 - "$show" "$version" <<'PYTHON'
import json, pathlib, sys
show, version = pathlib.Path(sys.argv[1]), sys.argv[2]
expected = json.loads((show / "expected.json").read_text())
episode = json.loads((show / "public/.onair/manifest.json").read_text())["episodes"][0]
expected |= {"version": version, "duration_ms": episode["milliseconds"]}
(show / "expected.json").write_text(json.dumps(expected))
PYTHON
        check "$audio" "$show/expected.json"
        check "$released" "$show/expected.json"
    done
    exit
fi

cargo build -q --manifest-path "$repo/Cargo.toml" --example tag_file
tag_file=${CARGO_TARGET_DIR:-$repo/target}/debug/examples/tag_file
cd "$work"
cp "$here/tags.json" 2.3.json
sed 's/"2\.3"/"2.4"/' 2.3.json >2.4.json
pictures .

# As FFmpeg writes it: bare, with its own tag, with a tag full of other values and one behind as well.
ffmpeg -v error "${sine[@]}" -write_id3v2 0 -map_metadata -1 -id3v2_version 0 bare.mp3
ffmpeg -v error "${sine[@]}" own.mp3
ffmpeg -v error "${sine[@]}" "${stale[@]}" -write_id3v1 1 -id3v2_version 3 stale.mp3

for source in bare own stale; do
    for version in 2.3 2.4; do
        file=$source-$version.mp3
        cp "$source.mp3" "$file"
        before=$(payload "$file")
        "$tag_file" "$file" "$version.json"
        [ "$(payload "$file")" = "$before" ] || { echo "$file: the payload changed" >&2; exit 1; }
        once=$(sha256sum <"$file") stamp=$(stat -c %Y-%i "$file")
        "$tag_file" "$file" "$version.json"
        [ "$(sha256sum <"$file") $(stat -c %Y-%i "$file")" = "$once $stamp" ] ||
            { echo "$file: tagging twice changed it" >&2; exit 1; }
        check "$file" "$version.json"
    done
done
