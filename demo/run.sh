# ./dev run: a server, and the demo's next weeks against it. Read by dev, whose functions it uses.

server=
demo=

# Ends what run started, and nothing else.
stop_run() {
  local process
  for process in $demo $server; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
}

run() {
  local framework=nottinghamshire port=7443 named= number= once= options=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      --framework) framework=${2:?--framework needs a name}; named=1; shift 2 ;;
      --port) port=${2:?--port needs a number}; shift 2 ;;
      --weeks) number=${2:?--weeks needs a number}; shift 2 ;;
      --once) once=1; shift ;;
      *) usage >&2; exit 2 ;;
    esac
  done
  [[ -z $number ]] || options+=(--weeks "$number")
  [[ -z $once ]] || options+=(--once)
  [[ -z $named || -z $once || -n $number ]] || options+=(--story)
  local weeks=demo/frameworks/$framework
  [[ -f $weeks/referrals.csv ]] ||
    fail "$weeks has no referrals.csv; there is: $(basename -a demo/frameworks/* | xargs)"
  say "Building (the first time takes some minutes)"
  build brokerd broker demo
  local data=.data/$framework monday
  monday=$(sed -n 2p "$weeks/plan.csv" | cut -d, -f1)
  local begin=(--simulation "$(date -u -d "$monday -1 day" +%Y-%m-%dT08:00:00Z)")
  mkdir -p "$data"
  chmod 700 .data "$data"
  if [[ ! -s $data/admin.token ]]; then
    quietly bootstrap "$BUILD/services/brokerd" bootstrap --data "$data/store" --account admin \
      --token-file "$data/admin.token" "${begin[@]}"
  else
    # Weeks that an earlier program played are gone on with.
    quietly upgrade "$BUILD/services/brokerd" upgrade --data "$data/store"
    rm -rf "$data/store.before-upgrade"
  fi
  trap stop_run EXIT
  trap 'exit 130' INT TERM
  "$BUILD/services/brokerd" serve --data "$data/store" --listen "127.0.0.1:$port" \
    --admin-listen "127.0.0.1:$((port + 2021))" "${begin[@]}" >>"$data/brokerd.log" 2>&1 &
  server=$!
  sleep 0.5
  kill -0 "$server" 2>/dev/null || { tail -n 5 "$data/brokerd.log" >&2; fail "brokerd did not start ($data/brokerd.log)"; }
  "$BUILD/demo/demo" --address "127.0.0.1:$port" "frameworks/$framework" "$weeks" --data "$data" \
    ${options[@]+"${options[@]}"} &
  demo=$!
  wait "$demo"
}
