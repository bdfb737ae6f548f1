#!/usr/bin/env bash
# Real processes against a real S3 server: a release, one more, failures, two at once, and kill -9.
#
#   ONAIR=target/debug/onair tests/e2e/s3.sh
#
# EPISODES (4) of MIB (20) mebibytes; KILLS (10) times a release is killed at a random moment.
# STORE_TESTS=1 also runs the store's own tests against the server, which needs cargo.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
onair=$(realpath "${ONAIR:-target/debug/onair}")
. "$here/weed.sh"
work=$(mktemp -d)
trap 'stop_weed; rm -rf "$work"' EXIT

say() { printf '== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
release() { "$onair" release --show "$work/show" --target "$1" "${@:2}"; }
# Runs a command that must end with an exit code, and keeps what it says.
expect() {
    local code=$1 got=0
    shift
    "$@" >"$work/said" 2>&1 || got=$?
    [ "$got" = "$code" ] || { cat "$work/said"; fail "exit code $got instead of $code: $*"; }
}
says() { grep -q -- "$1" "$work/said" || { cat "$work/said"; fail "does not say: $1"; }; }
count() { { grep -o "$1" || true; } | wc -l; }
objects() { signed --fail "$AWS_ENDPOINT_URL_S3/show/?list-type=2&prefix=$1%2F" | count '<Key>'; }
# Unfinished uploads in the whole bucket.
unfinished() { signed --fail "$AWS_ENDPOINT_URL_S3/show/?uploads=" | count '<UploadId>'; }

start_weed
make_bucket show
python3 "$here/show.py" make "$work/show" "${EPISODES:-4}" "${MIB:-20}"

if [ -n "${STORE_TESTS:-}" ]; then
    say "the store's own tests"
    (cd "$here/../.." && ONAIR_TEST_S3=s3://show/store cargo test --test s3 -- --ignored --skip figures)
fi

say "a first release, and nothing to do"
expect 0 release s3://show/first
python3 "$here/show.py" look show first
before=$(objects first)
expect 0 release s3://show/first
says "Nothing to do"
[ "$(objects first)" = "$before" ] || fail "a release with nothing to do left something behind"

say "an edited episode"
python3 "$here/show.py" edit "$work/show" 2
expect 0 release s3://show/first
python3 "$here/show.py" look show first

say "what cannot work: one message, exit code 3, nothing published"
expect 3 release s3://no-such-bucket/pod
says "bucket \`no-such-bucket\` does not exist"
expect 3 env AWS_SECRET_ACCESS_KEY=wrong "$onair" release --show "$work/show" --target s3://show/none
says "does not accept the signature"
expect 3 env AWS_ACCESS_KEY_ID=nobody "$onair" release --show "$work/show" --target s3://show/none
says "does not know the access key"
expect 3 env AWS_ACCESS_KEY_ID=onair-reader AWS_SECRET_ACCESS_KEY=onair-reader-secret \
    "$onair" release --show "$work/show" --target s3://show/none
says "not allowed to write"
expect 3 env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY HOME="$work" AWS_EC2_METADATA_DISABLED=true \
    "$onair" release --show "$work/show" --target s3://show/none
says "no AWS credentials were found"
expect 3 env AWS_ENDPOINT_URL_S3=http://127.0.0.1:1 "$onair" release --show "$work/show" --target s3://show/none
says "refuses the connection"
[ "$(objects none)" = 0 ] || fail "something was published nevertheless"
[ "$(unfinished)" = 0 ] || fail "unfinished uploads were left behind"

say "two releases at once"
for round in 1 2 3; do
    release "s3://show/race-$round" >"$work/one" 2>&1 & one=$!
    release "s3://show/race-$round" >"$work/two" 2>&1 & two=$!
    first=0; wait "$one" || first=$?
    second=0; wait "$two" || second=$?
    case "$first$second" in
        00 | 04 | 40) ;;
        *) cat "$work/one" "$work/two"; fail "exit codes $first and $second" ;;
    esac
    python3 "$here/show.py" look show "race-$round"
done

say "killed at random moments"
# How long an undisturbed release takes, in milliseconds.
began=$(date +%s%3N)
expect 0 release s3://show/whole
took=$(($(date +%s%3N) - began))
for kill in $(seq "${KILLS:-10}"); do
    "$onair" release --show "$work/show" --target "s3://show/killed-$((kill % 3))" >"$work/said" 2>&1 & victim=$!
    sleep "$(python3 -c "import random; print(random.random() * $took / 1000)")"
    kill -9 "$victim" 2>/dev/null || true
    wait "$victim" 2>/dev/null || true
    printf '%s ' "$kill"
    python3 "$here/show.py" look show "killed-$((kill % 3))"
done
for target in 0 1 2; do
    # A killed release leaves its lock behind; the next one says so, or takes it over once it is stale.
    until release "s3://show/killed-$target" >"$work/said" 2>&1; do
        says "lock\|another release\|expires"
        sleep 5
    done
    python3 "$here/show.py" look show "killed-$target"
done
say "all is well"
