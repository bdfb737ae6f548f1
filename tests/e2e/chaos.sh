#!/usr/bin/env bash
# Releases through a network that delays, cuts, truncates and drops, and is killed now and then, while a
# reader that shares no code with onair asks for the feed and every enclosure it names, all the time.
#
#   ONAIR=target/debug/onair tests/e2e/chaos.sh [MINUTES]
#
# Prints what happened; exit code 1 if a promise was broken. SEED makes the same faults again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ONAIR=$(realpath "${ONAIR:-target/debug/onair}")
export ONAIR
. "$here/weed.sh"
trap stop_weed EXIT
start_weed
make_bucket show
python3 "$here/chaos.py" "${1:-2}"
