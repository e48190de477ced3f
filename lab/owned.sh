# What all servers of the lab share; sourced, never run. A server lives as long as standard input.

die() { echo "$(basename "$0"): $*" >&2; exit 1; }
usage() { sed -n '2,/^set -eu/{/^set -eu/!s/^# \{0,1\}//p}' "$0"; exit 2; }

tcp_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Ends the server, at once: nothing that it still holds is wanted.
end_server() {
  kill "-${end_signal:-KILL}" "$server" 2>/dev/null || true
  [ -z "$owner" ] || kill -KILL "$owner" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  [ -z "$purge" ] || rm -rf "$dir"
}

# Takes the pid of the server and the ports it will open. Prints what `print_variables` says, and
# returns when standard input closes or the server ends.
keep_while_owned() {
  server=$1
  owner=
  shift
  trap end_server EXIT
  trap 'exit 1' INT TERM HUP
  local waited=0 opening
  for opening in "$@"; do
    until tcp_open "$opening"; do
      # Asks for the condition itself; the pause only spares the processor.
      sleep 0.05
      kill -0 "$server" 2>/dev/null || { cat "$dir"/*.log >&2; die "the server ended"; }
      waited=$((waited + 1))
      [ $waited -lt 600 ] || { tail -n 20 "$dir"/*.log >&2; die "no answer on port $opening"; }
    done
  done
  echo "LAB_PID=$server"
  print_variables
  echo "LAB_READY=1"
  exec 4<&0
  cat <&4 >/dev/null &
  owner=$!
  wait -n "$owner" "$server" || true
}
