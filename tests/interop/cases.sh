#!/usr/bin/env bash
# Runs onair over small shows, one of a kind each, and prints what it says.
#
#     tests/interop/cases.sh ONAIR CASES_DIR [CASE...]
#
# A case is a folder that overlays CASES_DIR/base; its README.md says what is expected. Where a case has
# a run.sh, that makes the moves (ONAIR names the program, the show is the current folder); else the show
# is checked, after `check --fix`. For a person to read: the expectations are words.
set -euo pipefail
onair=$(realpath "$1") cases=$(realpath "$2")
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export ONAIR_CACHE_DIR=

cd "$cases"
[ $# -gt 0 ] || set -- */
for case in "$@"; do
    case=${case%/}
    case $case in base | feeds | audio) continue ;; esac
    show=$work/$case
    cp -r "$cases/base" "$show"
    cp -r "$cases/$case/." "$show"
    printf '\n=== %s\n--- expected: ' "$case"
    cat "$case/README.md"
    printf '\n--- said:\n'
    if [ -f "$show/run.sh" ]; then
        (cd "$show" && ONAIR=$onair bash run.sh 2>&1) || echo "exit code $?"
    else
        "$onair" check --fix -q --show "$show" > "$work/fixed" 2>&1 || true
        "$onair" check -v --show "$show" 2>&1 || echo "exit code $?"
    fi
done
