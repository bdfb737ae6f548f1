#!/usr/bin/env bash
# Run the program over a real show's episodes, whose words are not ours to keep here.
#
#     tests/interop/real_show.sh ONAIR EPISODES_DIR MAKE_MP3
#
# MAKE_MP3 OUT --size BYTES --duration TIME writes an MP3 of exactly that size and time: the audio that
# the front matter describes. Prints every finding of the whole show; then releases the episodes that
# check clean to a directory and gives their feed to the readers of feed_readers.sh.
set -euo pipefail
onair=$(realpath "$1") episodes=$(realpath "$2") make_mp3=$(realpath "$3")
here=$(realpath "$(dirname "$0")")
work=${WORK:-$(mktemp -d)}
[ -n "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work/episodes" "$work/audio" "$work/img"
cp "$episodes"/*.md "$work/episodes/"
chmod -R u+w "$work/episodes"
cp "$here/../../img/artwork.jpg" "$work/img/"
cd "$work"
cat > onair.toml <<'TOML'
[show]
title = "Le Podcast AWS en Français"
subtitle = "L'actualité est des retours d'expérience sur AWS"
description = "Retours d'expérience sur AWS."
author = "Amazon Web Services France"
language = "fr"
time-zone = "Europe/Paris"
category = ["News", "Tech News"]
artwork = "img/artwork.jpg"
apple-id = 1452118442
apple-country = "fr"
chapters-from-notes = true

[show.owner]
name = "Amazon Web Services France"
email = "podcast@ondes.example"

[site]
url = "https://francais.podcast.go-aws.com/web"
path = "web"

[media]
url = "https://francais.podcast.go-aws.com/media/"
tracking = ["https://op3.dev/e/https://dts.podtrac.com/redirect.mp3/"]
TOML
python3 - "$make_mp3" <<'PY'
import glob, os, re, subprocess, sys
for path in sorted(glob.glob("episodes/*.md")):
    matter = open(path).read().split("---")[1]
    value = lambda key: (re.search(rf"^{key}:[ ]*(.*?)\s*$", matter, re.M) or [0, ""])[1].strip("\"' ")
    size, name = int(re.sub(r"\D", "", value("size")) or 0), value("file")
    if size and not os.path.exists(f"audio/{name}"):
        subprocess.run([sys.executable, sys.argv[1], f"audio/{name}", "--size", str(size),
                        "--duration", value("duration")], stdout=subprocess.DEVNULL)
PY
echo "== check of all $(ls episodes | wc -l) episodes, $(du -sh audio | cut -f1) of audio"
time "$onair" check --verbose || true
"$onair" check --format json > findings.json || true
mkdir -p unsound
python3 - <<'PY'
import json, os
for finding in json.load(open("findings.json"))["findings"]:
    path = finding["path"]
    if finding["severity"] == "error" and os.path.exists(path):
        os.rename(path, "unsound/" + os.path.basename(path))
PY
echo "== release of the $(ls episodes | wc -l) that have no error"
"$onair" release --quiet
"$onair" release
xmllint --noout public/web/podcasts/feed.xml && echo "xmllint: well-formed"
if [ -x "$here/feed_readers.sh" ]; then "$here/feed_readers.sh" --show . public/web/podcasts/feed.xml; fi
