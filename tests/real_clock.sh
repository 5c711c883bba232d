# The machine's clock itself jumps under a running server and over its restarts: `./dev prove --proof real_clock`. The
# server is one without jemalloc, which does not run below libfaketime. Read by dev, whose functions it uses.

real_clock_folder=
real_clock_server=
real_clock_failed=0
real_clock_tried=0

end_real_clock() {
  [[ -z $real_clock_server ]] || { kill "$real_clock_server" 2>/dev/null && wait "$real_clock_server"; } || true
  real_clock_server=
}

# Sets the server's clock: seconds from Monday 16 June 2025, 10:00, when the proof began.
set_real_clock() {
  printf '%+d\n' "$((real_clock_offset + $1))" >"$real_clock_folder/clock.new"
  mv "$real_clock_folder/clock.new" "$real_clock_folder/clock"
}

start_real_clock() {
  LD_PRELOAD=$real_clock_library FAKETIME_TIMESTAMP_FILE=$real_clock_folder/clock FAKETIME_NO_CACHE=1 \
    FAKETIME_DONT_FAKE_MONOTONIC=1 "$BUILD/system/services/brokerd" serve --data "$real_clock_folder/store" \
    --listen "127.0.0.1:$1" --admin-listen "127.0.0.1:$(($1 + 1))" >>"$real_clock_folder/log" 2>&1 &
  real_clock_server=$!
  until_status current_time "2" || fail "brokerd did not start: $(tail -n 3 "$real_clock_folder/log")"
}

ask() { "$BUILD/services/broker" --address "127.0.0.1:$real_clock_port" --token-file "$real_clock_folder/$1.token" --json "${@:2}"; }

# The value of a field in JSON from standard input, of the first that has it.
json_field() { sed -nE "s/.*\"$1\": ?\"?([^\",}]*)\"?.*/\1/p" | head -1; }

# Waits until the status's field begins with the value.
until_status() {
  local n status
  for ((n = 0; n < 200; ++n)); do
    status=$(ask admin admin get-status 2>/dev/null | tr -d '\n') &&
      [[ $(json_field "$1" <<<"$status"):end == "$2"* ]] && return 0
    sleep 0.05
  done
  return 1
}

# One thing that must hold: its name, and a command that says whether it does.
holds() {
  real_clock_tried=$((real_clock_tried + 1))
  "${@:2}" && return 0
  real_clock_failed=$((real_clock_failed + 1))
  say "real_clock: not so: $1"
}

stamped_on() {  # DAY: a package that is submitted now is stamped on that day
  local package
  real_clock_requests=$((real_clock_requests + 1))
  package=$(ask navigator package submit --request-id "request-$real_clock_requests" --framework-id lancashire \
    --authority-id lcc --origin hospital_discharge --urgency urgent --ward-code E05009599 --service-type home_care \
    --weekly-minutes 420 --carers-per-visit 1 --start-by-date 2025-06-30 --summary "two visits a day" \
    --person-reference "person-$real_clock_requests" 2>&1 | tr -d '\n') || { say "$package"; return 1; }
  real_clock_package=$(sed -nE 's/.*"(P-2025-[0-9]+)".*/\1/p' <<<"$package")
  [[ $(json_field submit_time <<<"$package") == "$1"* ]] || { say "$package"; return 1; }
}

first_is() {  # STATE: the first package's
  local state
  state=$(ask navigator package get "$real_clock_first" | tr -d '\n' | grep -oE '"state": ?"PACKAGE_STATE_[A-Z_]+"' | head -1)
  [[ $state == *"$1\"" ]] || { say "$real_clock_first: $state"; return 1; }
}

verifies() { "$BUILD/system/services/brokerd" verify --data "$real_clock_folder/store" >/dev/null; }
refused_confirm() { ! ask admin admin confirm-clock --current-time "$1" >/dev/null 2>&1; }
confirm() { ask admin admin confirm-clock "$@" >/dev/null; }

real_clock() {
  install_debian libfaketime
  real_clock_library=$(dpkg -L libfaketime | grep -m1 'libfaketimeMT\.so\.1$')
  configure
  [[ -f $BUILD/system/build.ninja ]] || quietly configure_system cmake -S . -B "$BUILD/system" -G Ninja \
    -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DALLOCATOR=system
  quietly build_system ninja -C "$BUILD/system" brokerd
  build broker
  prove_real_clock
}

prove_real_clock() {
  real_clock_folder=$(mktemp -d)
  trap 'end_real_clock; rm -rf "$real_clock_folder"' EXIT
  real_clock_offset=$(($(date -u -d '2025-06-16 10:00:00' +%s) - $(date +%s)))
  real_clock_port=$((20000 + RANDOM % 10000))
  real_clock_requests=0
  local day=86400 jump
  set_real_clock 0
  LD_PRELOAD=$real_clock_library FAKETIME_TIMESTAMP_FILE=$real_clock_folder/clock FAKETIME_DONT_FAKE_MONOTONIC=1 \
    quietly bootstrap "$BUILD/system/services/brokerd" bootstrap --data "$real_clock_folder/store" --account admin \
    --token-file "$real_clock_folder/admin.token"
  start_real_clock "$real_clock_port"
  quietly apply ask admin framework apply frameworks/lancashire
  quietly account ask admin account create --request-id navigator --id navigator --role care_navigator \
    --authority-id lcc --account.disabled false --token-file "$real_clock_folder/navigator.token"

  holds "a package is stamped by the clock" stamped_on 2025-06-16
  real_clock_first=$real_clock_package
  # A day and two hours, 400 days, and back by two days; each is set right again.
  for jump in $((26 * 3600)) $((400 * day)) $((-2 * day)); do
    set_real_clock "$jump"
    holds "a clock that jumps by $jump s is in doubt" until_status clock_jumped true
    holds "nobody's time ran out by it" first_is PACKAGE_STATE_OFFERED
    holds "nothing is stamped by it" stamped_on 2025-06-16
    holds "it is not confirmed by whoever says another time" refused_confirm 2025-06-16T10:00:00Z
    set_real_clock 0
    until_status shown_time 2025-06-16 || true
    holds "a clock that was set right is confirmed" confirm
    holds "it is in doubt no more" until_status clock_jumped :end
    holds "the package is still out" first_is PACKAGE_STATE_OFFERED
    holds "and the next is stamped by the clock" stamped_on 2025-06-16
    # Over a restart of the program.
    end_real_clock
    set_real_clock "$jump"
    start_real_clock "$real_clock_port"
    holds "a clock that jumped by $jump s while the server was down is in doubt" until_status clock_jumped true
    holds "nothing is stamped by it" stamped_on 2025-06-16
    set_real_clock 0
    until_status shown_time 2025-06-16 || true
    holds "it is confirmed when it is right" confirm
    holds "the package is still out" first_is PACKAGE_STATE_OFFERED
  done
  # The clock is right, and it was the server's time that stood still: a day and two hours did pass.
  set_real_clock "$((26 * 3600))"
  holds "a clock that is right after all is in doubt first" until_status clock_jumped true
  holds "whoever says which time is right ends the doubt" confirm --current-time 2025-06-17T12:00:00Z
  holds "what is stamped is stamped by the clock" stamped_on 2025-06-17
  holds "the round of a day is over then" until_first_leaves
  end_real_clock
  holds "its journal verifies" verifies
  trap - EXIT
  rm -rf "$real_clock_folder"
  say "real_clock: $real_clock_tried held to, $real_clock_failed failed"
  [[ $real_clock_failed == 0 ]]
}

until_first_leaves() {
  local n
  for ((n = 0; n < 100; ++n)); do
    first_is PACKAGE_STATE_OFFERED >/dev/null || return 0
    sleep 0.05
  done
  return 1
}
