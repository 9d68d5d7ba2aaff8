#!/usr/bin/env bash
# against_rg.sh [TREE…]: times the release binary against one ripgrep pass over the same trees and prints the ratio.
# Both run in turn, RUNS times (15 by default); the fastest run of each counts, since only noise makes a run slower.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
program=${TUSK_CHECK:-$here/target/release/tusk-check}
runs=${RUNS:-15}
[ -x "$program" ] || { echo "no $program: build it with cargo build --release, or name it in TUSK_CHECK" >&2; exit 2; }
[ $# -gt 0 ] || { echo "usage: $0 TREE…" >&2; exit 2; }

microseconds() {
    local before after
    before=$(date +%s%N)
    "$@" >/dev/null 2>&1 || true
    after=$(date +%s%N)
    echo $(((after - before) / 1000))
}

least() { sort -n | head -1; }

printf '%-30s %8s %12s %12s %8s %10s\n' tree files rg tusk-check ratio memory
for tree in "$@"; do
    ours=() theirs=()
    for _ in $(seq "$runs"); do
        theirs+=("$(microseconds rg -c zzzz_no_match --hidden -g '!.git' "$tree")")
        ours+=("$(microseconds "$program" check "$tree")")
    done
    rg=$(printf '%s\n' "${theirs[@]}" | least)
    own=$(printf '%s\n' "${ours[@]}" | least)
    files=$(rg --files --hidden -g '!.git' "$tree" | wc -l)
    # The program says by its status whether the project is ready, which is no failure here.
    memory=$({ /usr/bin/time -f %M "$program" check "$tree" >/dev/null || true; } 2>&1 | tail -1)
    awk -v tree="$(basename "$tree")" -v files="$files" -v rg="$rg" -v own="$own" -v memory="$memory" \
        'BEGIN { printf "%-30s %8d %9.1f ms %9.1f ms %7.1fx %6.0f MiB\n", tree, files, rg / 1000, own / 1000, own / rg, memory / 1024 }'
done
