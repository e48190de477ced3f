#!/usr/bin/env bash
# Runs a throw-away ejabberd on loopback for as long as standard input stays open. No epmd (which
# would stay behind and listen on every interface) and no system configuration.
#
#   ejabberd.sh run     --dir D [options]           print shell variables, then LAB_READY=1
#   ejabberd.sh adduser --dir D USER:PASSWORD ...   at any time while it runs
#
# Options of run:
#   --port N          STARTTLS port for clients, default 15222
#   --http-port N     WebSocket port, default 15280
#   --compat          accepted and ignored: profanity needs nothing special here
#   --edit SED        a command of sed that changes the configuration first; may be repeated
#   --purge           remove D at the end
#
# Whoever holds the other end of standard input owns the server: when that process ends, however
# it ends, the pipe closes and the server goes with it. In a terminal, press Ctrl-D.
set -eu
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/server.sh"

# The HTTP API of the server itself, because ejabberdctl would need epmd.
call_api() { # COMMAND JSON
  local line status
  exec 5<>"/dev/tcp/127.0.0.1/$(cat "$dir/http-port")"
  printf 'POST /api/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s' \
    "$1" "${#2}" "$2" >&5
  read -r -t 30 status <&5
  while read -r -t 30 line <&5; do [ -n "${line%$'\r'}" ] || break; done
  read -r -t 30 line <&5 || true
  exec 5>&-
  case $status in *" 200 "*) ;; *) die "$1: ${status%$'\r'} $line" ;; esac
}

add_users() {
  local user
  for user in "$@"; do
    call_api register "{\"user\":\"${user%%:*}\",\"host\":\"$domain\",\"password\":\"${user#*:}\"}"
  done
}

write_config() {
  mkdir -p "$dir/mnesia" "$dir/home"
  echo "$http_port" > "$dir/http-port"
  cat > "$dir/ejabberd.yml" <<CFG
hosts: ["$domain"]
loglevel: info
certfiles: ["$dir/certs/server.pem"]
ca_file: "$dir/certs/ca.pem"
auth_method: [internal]
auth_password_format: scram
default_db: mnesia
disable_sasl_mechanisms: ["X-OAUTH2"]
# Their default looks for the addresses of the host name.
outgoing_s2s_families: [ipv4]

listen:
  -
    port: $port
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 524288
    shaper: none
    access: c2s
    starttls: true
  -
    port: $http_port
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /xmpp-websocket: ejabberd_http_ws
      /api: mod_http_api

acl:
  local: { user_regexp: "" }
  loopback: { ip: ["127.0.0.0/8"] }
access_rules:
  c2s: { allow: all }
  local: { allow: local }
  pubsub_createnode: { allow: local }
api_permissions:
  lab:
    from: [mod_http_api]
    who: { access: { allow: { acl: loopback } } }
    what: "*"

websocket_ping_interval: 60
shaper: {}
shaper_rules:
  max_user_sessions: 100
  max_user_offline_messages: 5000

modules:
  mod_blocking: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_client_state: {}
  mod_disco: {}
  mod_http_api: {}
  mod_last: {}
  mod_mam:
    default: always
    assume_mam_usage: false
    compress_xml: false
  mod_muc:
    host: "conference.@HOST@"
    access: [{ allow: local }]
    access_create: [{ allow: local }]
    access_persistent: [{ allow: local }]
    access_mam: [{ allow: local }]
    default_room_options:
      anonymous: false
      persistent: true
      public: true
      mam: true
  mod_offline:
    access_max_user_messages: max_user_offline_messages
  mod_ping: {}
  mod_privacy: {}
  mod_private: {}
  mod_pubsub:
    access_createnode: pubsub_createnode
    hosts: ["pubsub.@HOST@"]
    last_item_cache: false
    max_items_node: 1000
    plugins: [flat, pep]
    force_node_config:
      "storage:bookmarks":
        access_model: whitelist
  mod_roster: { versioning: true }
  mod_stream_mgmt:
    resend_on_timeout: if_offline
    resume_timeout: 60
  mod_time: {}
  mod_version: { show_os: false }
CFG
}

case $cmd in
  run)
    code=$(ls -d /usr/lib/*/ejabberd-*/ebin 2>/dev/null | head -n 1)
    command -v erl >/dev/null && [ -n "$code" ] || die "ejabberd is not installed"
    prepare
    write_config
    edit_config "$dir/ejabberd.yml"
    # Without -sname there is no distribution. erl starts the machine under its own pid.
    HOME="$dir/home" EJABBERD_CONFIG_PATH="$dir/ejabberd.yml" EJABBERD_LOG_PATH="$dir/server.log" \
      EJABBERD_PID_PATH="$dir/ejabberd.pid" ERL_LIBS="$(dirname "$(dirname "$code")")" \
      ERL_CRASH_DUMP=/dev/null ERL_CRASH_DUMP_BYTES=0 ERL_EPMD_ADDRESS=127.0.0.1 \
      erl -noinput +P 65536 +S 2:2 -start_epmd false -mnesia dir "\"$dir/mnesia\"" -s ejabberd \
      >"$dir/stdout.log" 2>&1 </dev/null &
    keep_while_owned $! "$port" "$http_port"
    ;;
  adduser)
    add_users "${rest[@]}"
    ;;
  *) usage ;;
esac
