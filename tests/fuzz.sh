# What reads bytes from outside, given bytes of libFuzzer's making: `./dev prove --proof fuzz`. What is read, and what must
# hold, is told in tests/fuzz/README.md. Sourced by ./dev, whose functions it uses.

readonly FUZZ=$BUILD/fuzz
readonly FUZZ_KEPT=tests/fuzz/corpora
readonly FUZZ_CORPORA=$FUZZ/corpora  # what is found beside it
readonly FUZZ_FOUND=$FUZZ/found      # what fails
# Undefined behaviour ends a run, too. Types and functions of the libraries of the system were not compiled with this.
readonly FUZZ_FLAGS="-O1 -gline-tables-only -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
-fno-sanitize=vptr,function,alignment -fno-sanitize-recover=undefined"
# An input takes milliseconds; the longest kept one is a framework's files. What is new is not named, nor which of its
# traces is rare counted: either takes longer than the inputs.
readonly FUZZ_LIMITS=(-timeout=10 -rss_limit_mb=3000 -max_len=16384 -print_funcs=0 -entropic=0)
readonly FUZZ_FILES_KEPT=100 FUZZ_BYTES_KEPT=180000  # of a target

fuzz_targets() { grep -oE '"[a-z_]+", Fuzz' tests/fuzz/targets.h | cut -d'"' -f2 | LC_ALL=C sort; }

build_fuzz() {
  install_debian "${DEBIAN_PACKAGES[@]}" clang libclang-rt-14-dev
  [[ -f $FUZZ/build.ninja ]] || quietly configure_fuzz cmake -S . -B "$FUZZ" -G Ninja -DCMAKE_CXX_COMPILER=clang++ \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DALLOCATOR=system -DFUZZ=ON -DCMAKE_BUILD_TYPE=Fuzz \
    -DCMAKE_CXX_FLAGS_FUZZ="$FUZZ_FLAGS"
  quietly build_fuzz ninja -C "$FUZZ" fuzz
}

# Target $1 for $2 seconds; its log says what came of it.
run_fuzz() {
  local target=$1 seconds=$2
  mkdir -p "$FUZZ_CORPORA/$target" "$FUZZ_FOUND/$target" "$FUZZ_KEPT/$target"
  "$FUZZ/tests/fuzz/fuzz_$target" "${FUZZ_LIMITS[@]}" -max_total_time="$seconds" -print_final_stats=1 \
    -artifact_prefix="$FUZZ_FOUND/$target/" "$FUZZ_CORPORA/$target" "$FUZZ_KEPT/$target" \
    >"$LOGS/fuzz_$target.log" 2>&1 || printf 'fuzz: it ended with %s\n' "$?" >>"$LOGS/fuzz_$target.log"
}

fuzz_stat() { sed -nE "s/^stat::$2: +([0-9]+)/\\1/p" "$LOGS/fuzz_$1.log" | tail -1; }

with_commas() { sed -E ':a; s/^([0-9]+)([0-9]{3})/\1,\2/; ta' <<<"$1"; }

# Tells what came of target $1, and keeps the inputs that failed. fuzz_runs and fuzz_failed count.
report_fuzz() {
  local target=$1 runs added file kept failed=0
  runs=$(fuzz_stat "$target" number_of_executed_units)
  added=$(fuzz_stat "$target" new_units_added)
  for file in "$FUZZ_FOUND/$target"/{crash,timeout,oom,leak}-*; do
    [[ -f $file ]] || continue
    failed=$((failed + 1))
    kept=$FUZZ_KEPT/$target/crash-$(sha1sum <"$file" | cut -c1-40)
    mv "$file" "$kept"
    say "fuzz: $target fails; to repeat it: $FUZZ/tests/fuzz/fuzz_$target $kept"
    grep -m 3 -E 'Assertion|runtime error|^SUMMARY|^==[0-9]+==ERROR' "$LOGS/fuzz_$target.log" || true
  done
  if [[ $failed == 0 ]] && { [[ -z $runs ]] || grep -q '^fuzz: it ended' "$LOGS/fuzz_$target.log"; }; then
    failed=1
    tail -n 5 "$LOGS/fuzz_$target.log"
  fi
  say "$target: $(with_commas "${runs:-0}") inputs, ${added:-0} new, $failed failed"
  fuzz_runs=$((fuzz_runs + ${runs:-0}))
  fuzz_failed=$((fuzz_failed + failed))
}

# fuzz [SECONDS] [TARGET...]: each target for so long, as many at once as there are processors.
fuzz() {
  local seconds=60 targets target
  if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
  fi
  mapfile -t targets < <(fuzz_targets)
  for target in "$@"; do
    [[ " ${targets[*]} " == *" $target "* ]] || fail "there is no target $target: ${targets[*]}"
  done
  [[ $# == 0 ]] || targets=("$@")
  build_fuzz
  rm -rf "$FUZZ_FOUND"
  for target in "${targets[@]}"; do
    while (($(jobs -rp | wc -l) >= $(nproc))); do wait -n || true; done
    run_fuzz "$target" "$seconds" &
  done
  wait
  fuzz_runs=0
  fuzz_failed=0
  for target in "${targets[@]}"; do report_fuzz "$target"; done
  say "fuzz: ${#targets[@]} targets, $(with_commas "$fuzz_runs") inputs, $fuzz_failed failed"
  [[ $fuzz_failed == 0 ]]
}

# fuzz_keep [TARGET...]: the kept corpus anew, out of all inputs: those that reach the most, the next always what the
# others before it do not, as many as are kept. What once failed stays.
fuzz_keep() {
  local targets=("$@") target file new=$FUZZ/keep
  [[ $# -gt 0 ]] || mapfile -t targets < <(fuzz_targets)
  build_fuzz
  for target in "${targets[@]}"; do
    mkdir -p "$FUZZ_KEPT/$target" "$FUZZ_CORPORA/$target" "$FUZZ_FOUND/$target"
    rm -rf "$new" && mkdir -p "$new"
    quietly "fuzz_keep_$target" "$FUZZ/tests/fuzz/fuzz_$target" "${FUZZ_LIMITS[@]}" -merge=1 -use_counters=0 \
      -set_cover_merge=1 -artifact_prefix="$FUZZ_FOUND/$target/" "$new" "$FUZZ_KEPT/$target" "$FUZZ_CORPORA/$target"
    find "$FUZZ_KEPT/$target" -type f ! -name 'crash-*' -delete
    # They were written in that order.
    find "$new" -type f -printf '%T@ %s %p\n' | sort -n | awk -v files="$FUZZ_FILES_KEPT" -v bytes="$FUZZ_BYTES_KEPT" '
      bytes >= $2 && files-- > 0 { bytes -= $2; print $3 }' | while read -r file; do mv "$file" "$FUZZ_KEPT/$target/"; done
    say "$target: $(find "$FUZZ_KEPT/$target" -type f | wc -l) inputs kept, $(cat "$FUZZ_KEPT/$target"/* | wc -c) bytes"
  done
}
