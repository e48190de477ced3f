#!/usr/bin/env bash
# Runs a throw-away Prosody on loopback for as long as standard input stays open.
#
#   prosody.sh run     --dir D [options]           print shell variables, then LAB_READY=1
#   prosody.sh adduser --dir D USER:PASSWORD ...   at any time while it runs
#
# Options of run:
#   --port N          STARTTLS port for clients, default 15222
#   --http-port N     WebSocket port, default 15280
#   --compat          what profanity 0.13 waits for: PEP announced by the host itself, and
#                     code='404' on item-not-found errors
#   --edit SED        a command of sed that changes the configuration first; may be repeated
#   --purge           remove D at the end
#
# Whoever holds the other end of standard input owns the server: when that process ends, however
# it ends, the pipe closes and the server goes with it. In a terminal, press Ctrl-D.
set -eu
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/server.sh"

add_users() { # an account is one file, read at each login
  local folder=$dir/data/$domain/accounts
  mkdir -p "$folder"
  node "$here/prosody_accounts.mjs" "$folder" "$@"
}

write_config() {
  mkdir -p "$dir/data" "$dir/plugins"
  cp "$here/mod_lab_compat.lua" "$dir/plugins/"
  cat > "$dir/prosody.cfg.lua" <<CFG
run_as_root = true
daemonize = false
pidfile = "$dir/prosody.pid"
data_path = "$dir/data"
certificates = "$dir/certs"
log = { { levels = { min = "info" }, to = "file", filename = "$dir/server.log" } }
plugin_paths = { "$dir/plugins" }
admin_socket = "$dir/admin.sock"

interfaces = { "127.0.0.1" }
local_interfaces = { "127.0.0.1" }
c2s_ports = { $port }
s2s_ports = {}
http_ports = { $http_port }
http_interfaces = { "127.0.0.1" }
https_ports = {}
ssl = { certificate = "$dir/certs/server.crt", key = "$dir/certs/server.key" }
http_default_host = "$domain"

modules_disabled = { "s2s", "s2s_auth_certs" }
modules_enabled = {
  "roster"; "saslauth"; "tls"; "disco"; "presence"; "message"; "iq";
  "carbons"; "pep"; "mam"; "smacks"; "csi_simple"; "blocklist"; "bookmarks"; "private";
  "ping"; "time"; "version"; "offline"; "posix"; "websocket"; $compat
}

authentication = "internal_hashed"
storage = "internal"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
consider_websocket_secure = true
c2s_stanza_size_limit = 1024 * 512

archive_expires_after = "never"
default_archive_policy = true
max_archive_query_results = 100
smacks_hibernation_time = 60

VirtualHost "$domain"
  http_host = "$domain"

Component "conference.$domain" "muc"
  modules_enabled = { "muc_mam" }
  restrict_room_creation = false
  muc_room_locking = false
  muc_room_default_persistent = true
  muc_room_default_public_jids = true
  muc_log_by_default = true
CFG
}

case $cmd in
  run)
    command -v prosody >/dev/null || die "prosody is not installed"
    prepare
    write_config
    edit_config "$dir/prosody.cfg.lua"
    prosody -F --config "$dir/prosody.cfg.lua" >"$dir/stdout.log" 2>&1 </dev/null &
    keep_while_owned $! "$port" "$http_port"
    ;;
  adduser)
    add_users "${rest[@]}"
    ;;
  *) usage ;;
esac
