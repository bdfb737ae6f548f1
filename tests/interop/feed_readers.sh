#!/usr/bin/env bash
# Reads feeds with four readers that others wrote, and compares every value that they report with
# what the feed says, and, with --show, with what the host wrote.
#
#   tests/interop/feed_readers.sh [--show DIR] FEED.xml…
#
# Needs python3 with venv, and node with npm; installs the readers into a folder of its own
# under the temporary folder (INTEROP_TOOLS, kept between runs). Exit code 1 if anything differs.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tools=${INTEROP_TOOLS:-${TMPDIR:-/tmp}/onair-interop}
show=()
if [ "${1:-}" = --show ]; then
  show=(--show "$2")
  shift 2
fi
if [ $# -eq 0 ]; then
  echo "usage: $0 [--show DIR] FEED.xml…" >&2
  exit 2
fi

mkdir -p "$tools/npm"
if [ ! -x "$tools/venv/bin/python" ]; then
  python3 -m venv "$tools/venv"
fi
"$tools/venv/bin/python" -c 'import feedparser, podcastparser, yaml' 2>/dev/null ||
  "$tools/venv/bin/pip" install --quiet feedparser==6.0.14 podcastparser==0.6.11 pyyaml==6.0.4
if [ ! -d "$tools/npm/node_modules/feedsmith" ] || [ ! -d "$tools/npm/node_modules/podcast-partytime" ]; then
  npm install --silent --no-audit --no-fund --prefix "$tools/npm" podcast-partytime@5 feedsmith@3
fi
cp "$here/readers.mjs" "$tools/npm/readers.mjs"

failed=0
for feed in "$@"; do
  python3 -c 'import sys, xml.sax; xml.sax.parse(sys.argv[1], xml.sax.ContentHandler())' "$feed" || failed=1
  node "$tools/npm/readers.mjs" "$feed" "$tools/npm/values.json" >/dev/null || failed=1
  "$tools/venv/bin/python" "$here/compare.py" "${show[@]}" "$feed" "$tools/npm/values.json" || failed=1
done
exit $failed
