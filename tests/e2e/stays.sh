#!/usr/bin/env bash
# A host's everyday moves against a real S3 server: what is public stays true.
#
#   ONAIR=target/debug/onair tests/e2e/stays.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
onair=$(realpath "${ONAIR:-target/debug/onair}")
. "$here/weed.sh"
work=$(mktemp -d)
trap 'stop_weed; rm -rf "$work"' EXIT
export ONAIR_CACHE_DIR=$work/cache

say() { printf '== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; cat "$work/said" >&2; exit 1; }
release() { "$onair" release --show "$work/show" --target s3://show/pod "$@" >"$work/said" 2>&1; }
get() { signed --fail "$AWS_ENDPOINT_URL_S3/show/pod/$1"; }
has() { signed --fail --output /dev/null --head "$AWS_ENDPOINT_URL_S3/show/pod/$1"; }
says() { grep -q -- "$1" "$work/said" || fail "does not say: $1"; }

start_weed
make_bucket show
python3 "$here/show.py" make "$work/show" 3 1
cd "$work/show"
first=$(find episodes -name '*.md' | sort | head -1)
name=$(basename "$first" .md)
page=podcasts/$name/index.html

say "a first release"
release || fail "the first release"
has "$page" || fail "no page"

say "a page that moves leaves a redirect"
mv "$first" "episodes/$name-moved.md"
release || fail "the move"
says "Moved: 1 page"
get "$page" | grep -q "podcasts/$name-moved/index.html" || fail "no redirect"

say "a rollback takes the page back, and holds"
"$onair" rollback --target s3://show/pod >"$work/said" 2>&1 || fail "the rollback"
get "$page" | grep -q 'http-equiv="refresh"' && fail "the redirect stayed"
release || fail "a release while it holds"
says "is a rollback"
release --allow undo-rollback || fail "the rollback cannot be undone"
get "$page" | grep -q 'http-equiv="refresh"' || fail "the redirect did not come back"

say "a release that is killed, an edit that is withdrawn"
cp "episodes/$name-moved.md" "$work/sound"
printf '\nA slip of the pen.\n' >>"episodes/$name-moved.md"
for delay in 0.1 0.2 0.3 0.4 0.5; do
    "$onair" release --target s3://show/pod >/dev/null 2>&1 &
    victim=$!
    sleep $delay
    kill -9 $victim 2>/dev/null || true
    wait $victim 2>/dev/null || true
    cp "$work/sound" "$work/mended"
    cp "episodes/$name-moved.md" "$work/slip"
    cp "$work/mended" "episodes/$name-moved.md"
    release || fail "the release after one that was killed"
    get "podcasts/$name-moved/index.html" | grep -q "slip of the pen" && fail "the withdrawn text is public"
    cp "$work/slip" "episodes/$name-moved.md"
done
cp "$work/sound" "episodes/$name-moved.md"

say "a tag is published anew under the same guid"
guids() { get podcasts/feed.xml | grep -o '<guid[^<]*' | sort; }
guids >"$work/before"
sed -i 's/^title: .*/title: "Another title"/' "episodes/$name-moved.md"
release || fail "the new title"
says "keeps the title it was published with"
release --retag "$name-moved" || fail "the new tag"
guids >"$work/after"
cmp -s "$work/before" "$work/after" || fail "a guid has changed"

say "what stands is what is recorded"
release || fail "the last release"
says "Nothing to do"
echo "all is well"
