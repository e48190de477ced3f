#!/usr/bin/env bash
# Runs profanity (a terminal client with legacy OMEMO) without a terminal, for as long as standard
# input stays open. What is written to standard input is typed, line by line; what happens comes
# out as JSON lines, see profanity_plugin.py.
#
#   profanity.sh run --dir D --jid a@localhost --password P --port N [--resource R]
#   profanity.sh screen --dir D          what a person would see now
#
# D keeps the account's keys, sessions and history; run again with the same D to go on.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
die() { echo "profanity.sh: $*" >&2; exit 1; }
usage() { sed -n '2,/^set -eu/{/^set -eu/!s/^# \{0,1\}//p}' "$0"; exit 2; }

cmd=${1:-}; [ $# -gt 0 ] && shift
dir=; jid=; password=; port=15222; resource=profanity
while [ $# -gt 0 ]; do
  case $1 in
    --dir) dir=$2 ;;
    --jid) jid=$2 ;;
    --password) password=$2 ;;
    --port) port=$2 ;;
    --resource) resource=$2 ;;
    *) die "unknown option $1" ;;
  esac
  shift 2
done
mux() { env -u TMUX tmux -S "$dir/tmux" -f /dev/null "$@"; }

write_config() {
  mkdir -p "$dir/config/profanity" "$dir/data/profanity/plugins" "$dir/home"
  cp "$here/profanity_plugin.py" "$dir/data/profanity/plugins/lab.py"
  cat > "$dir/config/profanity/profrc" <<CFG
[ui]
splash=false
tips=false
[notifications]
message=false
room=false
[omemo]
trustmode=blind
policy=automatic
log=on
[plugins]
load=lab.py;
CFG
  cat > "$dir/data/profanity/accounts" <<CFG
[$jid]
jid=$jid
enabled=true
password=$password
server=127.0.0.1
port=$port
tls.policy=trust
resource=$resource
presence.login=online
presence.last=online
CFG
  chmod 600 "$dir/data/profanity/accounts"
}

run() {
  write_config
  rm -f "$dir/events" "$dir/tmux"
  mkfifo "$dir/events"
  typist=
  trap 'kill $typist 2>/dev/null; mux kill-server 2>/dev/null || true' EXIT
  trap 'exit 1' INT TERM HUP
  HOME="$dir/home" XDG_CONFIG_HOME="$dir/config" XDG_DATA_HOME="$dir/data" LAB_EVENTS="$dir/events" \
    LANG=C.UTF-8 LC_ALL=C.UTF-8 TERM=xterm \
    mux -u new-session -d -s lab -x 200 -y 50 \
    "exec profanity -l DEBUG -f '$dir/profanity.log' -a '$jid'"
  # Ends when profanity does, because then nobody has the pipe open for writing.
  cat "$dir/events" &
  events=$!
  exec 4<&0
  type_lines <&4 &
  typist=$!
  wait -n "$events" "$typist" || true
}

type_lines() {
  local line
  while IFS= read -r line; do
    # A paste ends in Enter, since tmux turns the line feed into a carriage return.
    printf '%s\n' "$line" | mux load-buffer - \; paste-buffer -d -t lab
  done
  printf '/quit\n' | mux load-buffer - \; paste-buffer -d -t lab
  wait_for_end
}

# Profanity saves on /quit; a dialogue that is open would swallow the command, hence the limit.
wait_for_end() {
  local pid
  pid=$(mux list-panes -t lab -F '#{pane_pid}') || return 0
  timeout 10 tail --pid="$pid" -f /dev/null || true
}

case $cmd in
  run)
    [ -n "$dir" ] && [ -n "$jid" ] && [ -n "$password" ] || die "run --dir D --jid J --password P"
    command -v profanity >/dev/null && command -v tmux >/dev/null || die "profanity and tmux are needed"
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    run
    ;;
  screen)
    mux capture-pane -p -S -100 -t lab
    ;;
  *) usage ;;
esac
