# Faults that are planted one at a time, to see that the tests catch each: ./dev prove --proof canaries. Each is a patch in
# tests/canaries/ whose first lines name the test program and the filter that must fail. Nothing of the tree or of what is
# built changes: a changed copy of one source is compiled and linked below $BUILD/canaries/.
# Sourced by ./dev, after everything was built.

readonly CANARIES=8

# What the lines before the patch $1 say about $2.
canary_says() { sed -nE "/^diff /q; s/^$2: +//p" "$1"; }

# The patches of these names, or all.
canary_patches() {
  local name
  [[ $# -gt 0 ]] || set -- $(cd tests/canaries && printf '%s\n' *.patch | sed 's/\.patch$//')
  for name in "$@"; do printf 'tests/canaries/%s.patch\n' "$name"; done
}

# What is wrong with the patches as they are written down, a line each.
wrong_canaries() {
  local patch said count=0
  for patch in tests/canaries/*.patch; do
    [[ -f $patch ]] || continue
    count=$((count + 1))
    for said in planted program filter; do
      [[ -n $(canary_says "$patch" "$said") ]] || printf '%s says no "%s: ..."\n' "$patch" "$said"
    done
    [[ $(grep -c '^+++ b/\(engine\|storage\|services\)/.*\.cc$' "$patch") == 1 && $(grep -c '^+++ ' "$patch") == 1 ]] ||
      printf '%s does not change one source of engine/, storage/ or services/\n' "$patch"
    git apply --check "$patch" 2>&1 || true
  done
  [[ $count == "$CANARIES" ]] || printf '%s patches in tests/canaries/, and not %s\n' "$count" "$CANARIES"
}

check_canaries_apply() {
  local wrong
  wrong=$(wrong_canaries)
  [[ -z $wrong ]] && return 0
  printf 'These faults cannot be planted any more (tests/canaries/README.md):\n%s\n' "$wrong"
  return 1
}

# The last command by which ninja makes $1, to be run in $BUILD.
command_of() { ninja -C "$BUILD" -t commands "$1" | tail -n 1; }

# Makes the program of a canary: $1 its patch, $2 its folder below $BUILD.
plant() {
  local patch=$1 folder=$2 program source object archive command
  program=tests/$(canary_says "$patch" program)
  source=$(sed -n 's#^+++ b/##p' "$patch")
  mkdir -p "$BUILD/$folder/$(dirname "$source")"
  cp "$source" "$BUILD/$folder/$source" || return 1
  # Beyond the ceiling git sees no repository, and patches what lies there.
  (cd "$BUILD/$folder" && GIT_CEILING_DIRECTORIES=$(dirname "$PWD") git apply "$OLDPWD/$patch") || return 1
  cmp -s "$source" "$BUILD/$folder/$source" && { printf '%s changes nothing\n' "$patch"; return 1; }
  # The first object in a library that is compiled from the source: LIBRARY'S/CMakeFiles/NAME.dir/SOURCE.o
  object=$(ninja -C "$BUILD" -t targets all | sed -nE 's#^([^ ]+/CMakeFiles/[^/]+\.dir/[^ ]+\.cc\.o): .*#\1#p' |
    sed -nE "h; s#CMakeFiles/[^/]+\\.dir/(.*)\\.o\$#\\1#; \\#^$source\$#{ g; p; q; }")
  [[ -n $object ]] || { printf 'nothing is compiled from %s\n' "$source"; return 1; }
  archive=$(sed -E 's#CMakeFiles/([^/]+)\.dir/.*#lib\1.a#' <<<"$object")

  command=$(command_of "$object")
  command=${command//"$object"/"$folder/object.o"}
  command=${command/" -c $PWD/$source"/" -c $PWD/$BUILD/$folder/$source"}
  (cd "$BUILD" && bash -c "$command") || return 1

  # The library as it is, but for this object.
  command=$(command_of "$archive")
  command=${command//" $object"/" $folder/object.o"}
  command=${command//" $archive"/" $folder/library.a"}
  (cd "$BUILD" && bash -c "$command") || return 1

  command=$(command_of "$program")
  command=${command//"$PWD/$BUILD/$archive"/"$archive"}
  command=${command//" $archive"/" $folder/library.a"}
  command=${command/" -o $program "/" -o $folder/program "}
  [[ $command == *" $folder/library.a"* && $command == *" -o $folder/program "* ]] ||
    { printf '%s is not linked with %s\n' "$program" "$archive"; return 1; }
  (cd "$BUILD" && bash -c "$command")
}

# The tests that failed in the output of a program.
failed_tests() { sed -nE 's/^\[  FAILED  \] ([^ ]+\.[^ ,]+).*/\1/p' "$1" | awk '!seen[$0]++'; }

# Plants the fault of the patch $1 and runs its tests. Prints one line; returns 1 where they do not catch it.
canary() {
  local patch=$1 name program filter folder began=$SECONDS log caught
  name=$(basename "$patch" .patch)
  [[ -f $patch ]] || { say "$name: there is no $patch"; return 1; }
  program=$(canary_says "$patch" program)
  filter=$(canary_says "$patch" filter)
  folder=canaries/$name
  rm -rf "${BUILD:?}/$folder"
  mkdir -p "$BUILD/$folder"
  log=$BUILD/$folder/log
  # Tests that fail anyway, or are not there, would show nothing.
  if ! timeout 120 "$BUILD/tests/$program" --gtest_filter="$filter" >"$log" 2>&1 ||
    ! grep -qE '^\[  PASSED  \] [1-9]' "$log"; then
    say "$name: without the fault, too, $program --gtest_filter=$filter does not pass:" \
      "$(failed_tests "$log" | grep -m 1 . || echo "no test of it ran")"
    return 1
  fi
  if ! plant "$patch" "$folder" >"$log" 2>&1; then
    say "$name: cannot be planted:"
    cat "$log"
    return 1
  fi
  if timeout 120 "$BUILD/$folder/program" --gtest_filter="$filter" >"$log" 2>&1 || [[ -z $(failed_tests "$log") ]]; then
    say "$name: $(canary_says "$patch" planted): NOT caught by $program --gtest_filter=$filter ($log)"
    return 1
  fi
  caught=$(failed_tests "$log" | wc -l)
  say "$name: $(canary_says "$patch" planted): caught by $(failed_tests "$log" | head -n 1)" \
    "$([[ $caught == 1 ]] || printf 'and %s more ' "$((caught - 1))")($((SECONDS - began)) s)"
  rm -rf "${BUILD:?}/$folder"
}

canaries() {
  local patches patch count=0 caught=0 missed=()
  mapfile -t patches < <(canary_patches "$@")
  for patch in "${patches[@]}"; do
    count=$((count + 1))
    if canary "$patch"; then caught=$((caught + 1)); else missed+=("$(basename "$patch" .patch)"); fi
  done
  if [[ $count -gt 0 && $caught == "$count" ]]; then
    say "canaries $caught of $count"
    return 0
  fi
  local verb=was
  [[ ${#missed[@]} -lt 2 ]] || verb=were
  say "canaries $caught of $count: $(sed 's/ /, /g' <<<"${missed[*]}") $verb not caught"
  return 1
}
