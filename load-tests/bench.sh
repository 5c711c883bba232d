# Everything of ./dev bench but a program by its name. Sourced by ./dev, whose build, fail and say it uses.

# The programs of a run, in order; with --long also the one that takes more than an hour, and those that say nothing of the
# targets.
readonly BENCH_PROGRAMS=(engine_bench answers_bench packages_bench watch_bench history_bench years_bench postgres_bench)
readonly BENCH_LONG_PROGRAMS=(framework_bench postcodes_bench what_if_bench abuse_bench)

# "NAME VALUE" lines: what the figures are of.
about_machine() {
  local commit
  commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
  git diff --quiet HEAD 2>/dev/null || commit+=" and changes"
  printf 'commit\n%s\n' "commit $commit"
  printf 'cpu\n%s\n' "$(sed -nE 's/^model name\s*: //p' /proc/cpuinfo | head -1)"
  printf 'cores\n%s\n' "$(nproc) cores"
  printf 'memory\n%s\n' "$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
  printf 'kernel\n%s\n' "$(uname -sr)"
  printf 'began\n%s\n' "$(date -u +%Y-%m-%dT%H:%MZ)"
}

# Runs a program with those of the options that it knows: NAME=VALUE, or NAME alone. One that fails leaves its figures out, and
# the run fails.
bench_one() {
  local program=$1 known option given=()
  shift
  known=$("$BUILD/load-tests/$program" --help)
  for option in "$@"; do
    if [[ $known == *"${option%%=*} "* || $known == *"${option%%=*}"$'\n'* ]]; then given+=("$option"); fi
  done
  say "== $program"
  "$BUILD/load-tests/$program" ${given[@]+"${given[@]}"} || { say "dev: $program failed"; bench_failed=1; }
}

bench_all() {
  local options=() program about=() name value bench_failed=0
  case ${1:-} in
    '') ;;
    --long) options=(--long) ;;
    *) fail "./dev bench takes --long, or a program: not $1" ;;
  esac
  build load_tests brokerd demo
  need_for_bench postgres_bench
  local directory=$BUILD/bench
  local figures=$directory/figures.jsonl
  mkdir -p "$directory"
  rm -rf "$figures" "$directory/scratch"
  while read -r name && read -r value; do about+=(--about "$name" "$value"); done < <(about_machine)
  options+=("--figures=$figures" "--scratch=$directory/scratch")
  for program in "${BENCH_PROGRAMS[@]}"; do bench_one "$program" "${options[@]}"; done
  if [[ ${1:-} == --long ]]; then
    bench_one memory_bench "${options[@]}"
    for program in "${BENCH_LONG_PROGRAMS[@]}"; do bench_one "$program"; done
  fi
  say ""
  "$BUILD/load-tests/bench_report" --figures "$figures" --json "$directory/bench.json" \
    --chart "$directory/bench.svg" "${about[@]}"
  say "All figures are in $directory/bench.json, drawn in $directory/bench.svg"
  return "$bench_failed"
}
