#!/usr/bin/env bash
# Drives a published folder in Chromium: accessibility, valid HTML, weight, playing, seeking,
# searching, keyboard, dark mode, and no JavaScript.
#
#   tests/browser/pages.sh DIR
#
# Needs chromium (CHROMIUM=/path unless it is in PATH) and node with npm; installs what it drives it
# with into a folder under the temporary folder (BROWSER_TOOLS). Exit code 1 if anything is wrong.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tools=${BROWSER_TOOLS:-${TMPDIR:-/tmp}/onair-browser}
if [ $# -ne 1 ]; then
  echo "usage: $0 DIR" >&2
  exit 2
fi
site=$(cd "$1" && pwd)
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
export CHROMIUM

mkdir -p "$tools"
if [ ! -d "$tools/node_modules/html-validate" ]; then
  npm install --silent --no-audit --no-fund --prefix "$tools" \
    playwright-core@1 axe-core@4 html-validate@10
fi
cp "$here/pages.mjs" "$tools/pages.mjs"
exec node "$tools/pages.mjs" "$site"
