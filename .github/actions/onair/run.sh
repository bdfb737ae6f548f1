#!/usr/bin/env bash
# Runs onair for the action beside it. Inputs come as variables, never as text of this script, and
# onair itself writes the annotations, the job's summary and the outputs.
set -euo pipefail

export PATH="$RUNNER_TEMP/onair:$PATH"
export ONAIR_SHOW=$SHOW
if [ -n "$TARGET" ]; then export ONAIR_TARGET=$TARGET; fi

case $COMMAND in
install)
    echo "$RUNNER_TEMP/onair" >>"$GITHUB_PATH"
    ;;
check)
    # For code scanning; what is wrong is said, and judged, below.
    GITHUB_OUTPUT='' GITHUB_STEP_SUMMARY='' onair check --format sarif >"$RUNNER_TEMP/onair.sarif" || true
    onair check --format github
    ;;
plan)
    onair release --dry-run --format github
    ;;
release)
    onair release --format github
    ;;
*)
    echo "::error::the input \`command\` must be check, plan, release or install"
    exit 2
    ;;
esac
