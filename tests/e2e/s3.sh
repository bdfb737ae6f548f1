#!/usr/bin/env bash
# Real processes against a real S3 server: a release, one more, failures, two at once, and kill -9.
#
#   ONAIR=target/debug/onair tests/e2e/s3.sh
#
# EPISODES (4) of MIB (20) mebibytes; KILLS (10) times a release with something new to say is killed at a
# random moment.
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
# Starts a release to be stopped: the process itself, not a shell around it.
start() {
    "$onair" release --show "$work/show" --target "$1" >"$work/said" 2>&1 &
    victim=$!
}
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
python3 "$here/show.py" edit "$work/show" 2 edited
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

say "the doctor, and each right that is missing"
# The show's public address is nobody's.
expect 3 "$onair" doctor --show "$work/show" --target s3://show/first
says "conditional writes: honoured"
says "12 fine, 0 weak, 1 broken"
expect 3 env AWS_ACCESS_KEY_ID=onair-reader AWS_SECRET_ACCESS_KEY=onair-reader-secret \
    "$onair" doctor --show "$work/show" --target s3://show/none
says "broken *right to write"

say "two releases at once: one wins whole"
cp -r "$work/show" "$work/other"
collisions=0
for round in 1 2 3 4 5; do
    # Which of the two shows is public can be told from its feed.
    python3 "$here/show.py" edit "$work/show" 1 "one-$round"
    python3 "$here/show.py" edit "$work/other" 1 "two-$round"
    release "s3://show/race-$round" >"$work/one" 2>&1 & one=$!
    "$onair" release --show "$work/other" --target "s3://show/race-$round" >"$work/two" 2>&1 & two=$!
    first=0; wait "$one" || first=$?
    second=0; wait "$two" || second=$?
    case "$first$second" in
        04) winner=one loser=two; collisions=$((collisions + 1)) ;;
        40) winner=two loser=one; collisions=$((collisions + 1)) ;;
        00) winner= ;;
        *) cat "$work/one" "$work/two"; fail "exit codes $first and $second" ;;
    esac
    python3 "$here/show.py" look show "race-$round"
    [ -n "$winner" ] || continue
    feed=$(signed --fail "$AWS_ENDPOINT_URL_S3/show/race-$round/podcasts/feed.xml")
    grep -q "$winner-$round" <<<"$feed" || fail "the feed is not the winner's"
    ! grep -q "$loser-$round" <<<"$feed" || fail "the loser is in the feed"
    grep -h "^error" "$work/$loser"
done
[ "$collisions" -gt 0 ] || fail "the two never met"

say "back to an earlier feed, and away with what nobody needs"
expect 0 release s3://show/first
expect 0 "$onair" rollback --show "$work/show" --target s3://show/first
python3 "$here/show.py" look show first
expect 0 "$onair" prune --yes --keep 1 --show "$work/show" --target s3://show/first
python3 "$here/show.py" look show first

say "stopped with Ctrl-C"
start s3://show/stopped
until grep -q "Publishing" "$work/said" || ! kill -0 "$victim" 2>/dev/null; do sleep 0.05; done
# A shell starts what it does not wait for without SIGINT.
kill -TERM "$victim"
got=0; wait "$victim" || got=$?
[ "$got" = 130 ] || [ "$got" = 0 ] || { cat "$work/said"; fail "exit code $got instead of 130"; }
[ "$got" = 0 ] || says "run the same command again"
expect 0 release s3://show/stopped
python3 "$here/show.py" look show stopped

say "killed at random moments"
now() { date +%s%3N; }
began=$(now)
expect 0 release s3://show/killed
span_add=$(($(now) - began))
python3 "$here/show.py" edit "$work/show" 1 measured
began=$(now)
expect 0 release s3://show/killed
span_edit=$(($(now) - began))
killed=0 ended=0 moved=0 kill=0
before=
# In thousandths of those spans: so that about three of four releases are met before they end.
share=1000
while [ "$killed" -lt "${KILLS:-10}" ]; do
    kill=$((kill + 1))
    # There is always something new to say: what a killed release did not, and this.
    if ((kill % 8 == 0)); then
        python3 "$here/show.py" add "$work/show" "${NEW_MIB:-9}"
        span=$((span_edit + span_add / 2))
    else
        python3 "$here/show.py" edit "$work/show" $((kill % ${EPISODES:-4} + 1)) "round $kill"
        span=$span_edit
    fi
    start s3://show/killed
    sleep "$(python3 -c "import random; print(random.random() * $span * $share / 1e6)")"
    kill -9 "$victim" 2>/dev/null || true
    got=0; wait "$victim" 2>/dev/null || got=$?
    if [ "$got" = 137 ]; then
        killed=$((killed + 1)) share=$((share * 105 / 100))
    else
        ended=$((ended + 1)) share=$((share * 86 / 100))
    fi
    [ "$got" = 137 ] || [ "$got" = 0 ] || { cat "$work/said"; fail "exit code $got"; }
    ! grep -q "Nothing to do" "$work/said" || fail "this round had nothing to say"
    python3 "$here/show.py" look show killed >"$work/looked"
    after=$(signed --fail "$AWS_ENDPOINT_URL_S3/show/killed/podcasts/feed.xml" | sha256sum)
    [ "$before" = "$after" ] || moved=$((moved + 1))
    before=$after
    if ((kill % 20 == 0)); then
        expect 0 release s3://show/killed
        python3 "$here/show.py" look show killed
        expect 0 release s3://show/killed
        says "Nothing to do"
    fi
done
expect 0 release s3://show/killed
python3 "$here/show.py" look show killed
expect 0 release s3://show/killed
says "Nothing to do"
echo "$killed killed, $ended had ended; $moved times another feed was public; every promise kept"

say "the network is gone half-way"
python3 "$here/show.py" add "$work/show" "${MIB:-20}"
start s3://show/cut
sleep 0.4
kill -9 "$WEED_PID"
got=0; wait "$victim" || got=$?
[ "$got" = 3 ] || { cat "$work/said"; fail "exit code $got instead of 3"; }
[ "$(grep -c '^error' "$work/said")" = 1 ] || { cat "$work/said"; fail "more than one message"; }
grep -A1 "^error" "$work/said"
say "all is well"
