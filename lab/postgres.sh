#!/usr/bin/env bash
# Runs a throw-away PostgreSQL on loopback for as long as standard input stays open.
#
#   postgres.sh run --dir D [options]     print shell variables, then LAB_READY=1
#
# Options:
#   --port N          default 15432
#   --set NAME=VALUE  a line for postgresql.conf; may be repeated
#   --purge           remove D at the end
#
# A folder that ran before is used again with all its data, also after a kill. PostgreSQL does not
# run as root, so root lends the folder to the user `postgres`. The role `lab` may do everything and
# has the password in D/password.
#
# Whoever holds the other end of standard input owns the server: when that process ends, however
# it ends, the pipe closes and the server goes with it. In a terminal, press Ctrl-D.
set -eu
PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/database.sh"
[ "$port" ] || port=15432

# As the user of the package where we are root, else as we are.
as_server() {
  if [ "$(id -u)" != 0 ]; then exec "$@"; fi
  exec setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups "$@"
}

make_data() {
  [ ! -s "$dir/data/PG_VERSION" ] || return 0
  (umask 077; od -An -N12 -tx1 /dev/urandom | tr -d ' \n' > "$dir/password")
  [ "$(id -u)" != 0 ] || chown -R postgres: "$dir"
  (as_server initdb -D "$dir/data" -U lab --pwfile="$dir/password" -A scram-sha-256 -E UTF8 \
    --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1) || { cat "$dir/initdb.log" >&2; die "initdb"; }
}

# After a kill its children may outlive it for a moment, and a new server would refuse to start.
wait_for_orphans() {
  local waited=0
  while ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -qF -- "-> $dir/data"; do
    sleep 0.05
    waited=$((waited + 1))
    [ $waited -lt 600 ] || die "another process still uses $dir/data"
  done
}

# The port opens before it answers: meanwhile it says that it is starting up.
wait_until_ready() {
  until pg_isready -q -h 127.0.0.1 -p "$port"; do
    sleep 0.05
    kill -0 "$1" 2>/dev/null || return 0 # whoever keeps the server tells why it ended
  done
}

case $cmd in
  run)
    command -v initdb >/dev/null || die "PostgreSQL is not installed"
    prepare
    make_data
    wait_for_orphans
    # Immediate shutdown, which takes the children along.
    end_signal=QUIT
    options=(-c listen_addresses=127.0.0.1 -c port="$port" -c unix_socket_directories=)
    for setting in "${settings[@]}"; do options+=(-c "$setting"); done
    (as_server postgres -D "$dir/data" "${options[@]}") >"$dir/server.log" 2>&1 </dev/null &
    print_variables() {
      echo "DATABASE_URL=postgres://lab:$(cat "$dir/password")@127.0.0.1:$port/postgres"
    }
    server=$!
    wait_until_ready $server
    keep_while_owned $server "$port"
    ;;
  *) usage ;;
esac
