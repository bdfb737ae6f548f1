#!/usr/bin/env bash
# Runs the steps of our workflows, and of those that `onair init` writes, against an S3 server, as
# GitHub would for pull requests, merges and the clock. steps.py says what must come of each.
#
#   ONAIR=target/debug/onair tests/workflows/steps.sh
#
# Needs python3 with venv, git, curl and cargo.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ONAIR=$(realpath "${ONAIR:-target/debug/onair}")
export ONAIR
# shellcheck source=SCRIPTDIR/../e2e/weed.sh
. "$here/../e2e/weed.sh"
tools=$(mktemp -d)
trap 'stop_weed; rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check PyYAML==6.0.4
start_weed
make_bucket show
"$tools/bin/python" "$here/steps.py"
