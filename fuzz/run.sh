#!/usr/bin/env bash
# Fuzzes, one target after the other, from the corpus that stands here; what is found on the way is kept
# below fuzz/target.
#
#   fuzz/run.sh [SECONDS [TARGET…]]
#   fuzz/run.sh --runs NUMBER [TARGET…]
#
# Needs a nightly compiler, and nothing else: no `cargo fuzz`.
set -euo pipefail
cd "$(dirname "$0")"
end=(-max_total_time="${1:-30}")
if [ "${1:-}" = --runs ]; then
    end=(-runs="$2")
    shift
fi
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for path in fuzz_targets/*.rs; do
        targets+=("$(basename "$path" .rs)")
    done
fi
# What `cargo fuzz` sets, without a sanitiser, and without the standard library's checks of unsafe code: none
# of ours is unsafe.
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Zub-checks=no"
# Nothing but this machine is asked.
export ONAIR_ONLY_LOOPBACK=1
# Templates render on a large stack of their own, and here on this one.
ulimit -s 262144 2>/dev/null || true
host=$(rustc +nightly -vV | sed -n 's/^host: //p')
cargo +nightly build --release --quiet --target "$host" --bins
failed=0
for target in "${targets[@]}"; do
    found=target/found/$target
    mkdir -p "$found" "corpus/$target"
    # What takes much of a length is held by tests/scaling.rs: here, short inputs of many kinds.
    case $target in
        probe | record) longest=4096 ;;
        import) longest=2048 ;;
        front_matter | html) longest=512 ;;
        *) longest=1024 ;;
    esac
    options=("${end[@]}" -timeout=10 -rss_limit_mb=2048 -max_len="$longest" -print_final_stats=1)
    # Half of the time went into weighing inputs.
    options+=(-entropic=0)
    begun=$(date +%s)
    if "target/$host/release/$target" "${options[@]}" -artifact_prefix="$found." "$found" "corpus/$target" \
        >"$found.log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$found.log")
        slowest=$(sed -n 's/^stat::slowest_unit_time_sec: //p' "$found.log")
        printf '%-14s %10s runs in %5s s, the slowest %s s\n' \
            "$target" "$runs" $(($(date +%s) - begun)) "${slowest:-0}"
    else
        tail -40 "$found.log"
        echo "$target failed: see fuzz/$found.log"
        failed=1
    fi
done
exit $failed
