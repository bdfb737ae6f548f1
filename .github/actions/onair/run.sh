#!/usr/bin/env bash
# Runs onair for the action beside it. Inputs come as variables, never as text of this script, and
# onair itself writes the annotations, the job's summary and the outputs.
set -euo pipefail

export PATH="$RUNNER_TEMP/onair:$PATH"
# A folder of that name is `./all`.
all=
if [ "$SHOW" = all ]; then all=--all-shows; else export ONAIR_SHOW=$SHOW; fi
if [ -n "$TARGET" ]; then export ONAIR_TARGET=$TARGET; fi

case $COMMAND in
install)
    echo "$RUNNER_TEMP/onair" >>"$GITHUB_PATH"
    ;;
check)
    # For code scanning; what is wrong is said, and judged, below.
    GITHUB_OUTPUT='' GITHUB_STEP_SUMMARY='' onair check ${all:+"$all"} --format sarif >"$RUNNER_TEMP/onair.sarif" || true
    onair check ${all:+"$all"} --format github
    ;;
plan)
    onair release ${all:+"$all"} --dry-run --format github
    ;;
release)
    onair release ${all:+"$all"} --format github
    ;;
*)
    echo "::error::the input \`command\` must be check, plan, release or install"
    exit 2
    ;;
esac
