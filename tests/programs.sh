# Servers that only tests and load tests need, unpacked from Debian's packages below $BUILD/programs: nothing is
# installed, no package's script runs and nothing is started by one. Sourced by ./dev, whose quietly and as_root it uses.

# Downloads packages $2... and unpacks them into the folder $1, which is there whole or not at all.
download_and_unpack() {
  local directory=$1 new=$1.new package
  shift
  rm -rf "$new" && mkdir -p "$new/packages" || return 1
  # As root apt downloads as another user, who may not write here.
  (cd "$new/packages" && apt-get -q -o APT::Sandbox::User=root -o Acquire::http::Timeout=20 download "$@") || return 1
  for package in "$new"/packages/*.deb; do
    dpkg-deb -x "$package" "$new" || return 1
  done
  rm -r "$new/packages"
  # Where programs are to look for libraries, whatever the machine.
  for package in "$new"/usr/lib/*-linux-gnu*; do
    [[ ! -d $package ]] || ln -sfn "usr/lib/${package##*/}" "$new/libraries" || return 1
  done
  printf '%s' "$*" >"$new/unpacked" && rm -rf "$directory" && mv "$new" "$directory"
}

# Has packages $2... unpacked below $BUILD/programs/$1, as they were once found. Silent where that works.
unpack_debian() {
  local name=$1 directory=$BUILD/programs/$1 log=$LOGS/unpack-$1.log
  shift
  [[ $(cat "$directory/unpacked" 2>/dev/null) != "$*" ]] || return 0
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  mkdir -p "$LOGS"
  download_and_unpack "$directory" "$@" >"$log" 2>&1 && return 0
  # The lists are missing, or too old.
  if ! quietly apt-update as_root apt-get update -q; then
    cat "$log" >&2
    return 1
  fi
  quietly "unpack-$name" download_and_unpack "$directory" "$@"
}

# Runs program $2 of $BUILD/programs/$1.
run_unpacked() {
  local directory=$BUILD/programs/$1 program=$2
  shift 2
  LD_LIBRARY_PATH=$directory/libraries "$directory/$program" "$@"
}

# Of its libraries those that Debian 12 may lack: the others come with dpkg, util-linux and libssl-dev.
need_haproxy() {
  unpack_debian haproxy haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 || return 1
  quietly haproxy run_unpacked haproxy usr/sbin/haproxy -v && return 0
  rm -rf "$BUILD/programs/haproxy"  # so that its tests do not try
  return 1
}

# Its clients and libpq come with it; its other libraries come with git and clang.
need_postgresql() {
  unpack_debian postgresql postgresql-15 postgresql-client-15 libpq5 || return 1
  quietly postgresql run_unpacked postgresql usr/lib/postgresql/15/bin/postgres -V && return 0
  rm -rf "$BUILD/programs/postgresql"
  return 1
}
