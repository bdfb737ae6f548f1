#!/usr/bin/env bash
# Drives pages in Chromium: accessibility, valid HTML, weight, playing, seeking, searching, keyboard,
# dark mode, and no JavaScript; the preview; and the search, in many scripts and in 400 episodes.
#
#   tests/browser/pages.sh            an English and a French show, made here, and previews of them
#   tests/browser/pages.sh DIR…       folders that were published
#
# Needs chromium (CHROMIUM=/path unless it is in PATH) and node with npm; installs what it drives it
# with into a folder under the temporary folder (BROWSER_TOOLS). Without DIR it runs ONAIR, or builds
# it. Exit code 1 if anything is wrong.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tools=${BROWSER_TOOLS:-${TMPDIR:-/tmp}/onair-browser}
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
export CHROMIUM

mkdir -p "$tools"
if [ ! -d "$tools/node_modules/html-validate" ]; then
  npm install --silent --no-audit --no-fund --prefix "$tools" \
    playwright-core@1 axe-core@4 html-validate@10
fi
cp "$here"/*.mjs "$tools/"
failed=0
if [ $# -gt 0 ]; then
  for folder in "$@"; do
    node "$tools/pages.mjs" "$(cd "$folder" && pwd)" || failed=1
  done
  exit $failed
fi

if [ -z "${ONAIR:-}" ]; then
  cargo build --quiet --manifest-path "$here/../../Cargo.toml"
  ONAIR=${CARGO_TARGET_DIR:-$here/../../target}/debug/onair
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for language in en fr; do
  show=$work/$language
  DEMO=$here/../.. node "$tools/show.mjs" "$show" "$language"
  "$ONAIR" check --quiet --show "$show" --fix > "$work/findings" || { cat "$work/findings"; exit 1; }
  "$ONAIR" release --quiet --show "$show" --target "$show/public" > "$work/findings" 2>&1 \
    || { cat "$work/findings"; exit 1; }
  node "$tools/pages.mjs" "$show/public" || failed=1
  node "$tools/preview.mjs" "$ONAIR" "$show" || failed=1
done
DEMO=$here/../.. node "$tools/search.mjs" "$ONAIR" "$work/search" || failed=1
exit $failed
