# What prosody.sh and ejabberd.sh share; sourced, never run. Sets cmd, dir, port, http_port,
# domain, compat, purge and rest from the command line.

. "$here/owned.sh"

cmd=${1:-}; [ $# -gt 0 ] && shift
dir=; port=15222; http_port=15280; domain=localhost; compat=; purge=; edits=(); rest=()
while [ $# -gt 0 ]; do
  case $1 in
    --dir) dir=$2; shift ;;
    --port) port=$2; shift ;;
    --http-port) http_port=$2; shift ;;
    --compat) compat='"lab_compat";' ;;
    --edit) edits+=("$2"); shift ;;
    --purge) purge=1 ;;
    --*) die "unknown option $1" ;;
    *) rest+=("$1") ;;
  esac
  shift
done
[ -z "$cmd" ] || [ -n "$dir" ] || die "give --dir"

# An own authority and a certificate for the domain: clients must check it, as they would outside.
make_certificates() {
  local c=$dir/certs
  mkdir -p "$c"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -subj "/CN=XMPP lab CA" -addext basicConstraints=critical,CA:TRUE \
    -keyout "$c/ca.key" -out "$c/ca.pem" 2>/dev/null || die "openssl: no authority"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -subj "/CN=$domain" -keyout "$c/server.key" -out "$c/server.csr" 2>/dev/null || die "openssl: no key"
  openssl x509 -req -in "$c/server.csr" -CA "$c/ca.pem" -CAkey "$c/ca.key" -CAcreateserial \
    -days 30 -out "$c/server.crt" 2>/dev/null -extfile <(
      echo "subjectAltName=DNS:$domain,DNS:conference.$domain,IP:127.0.0.1") || die "openssl: no signature"
  cat "$c/server.crt" "$c/server.key" > "$c/server.pem"
}

prepare() {
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  tcp_open "$port" && die "port $port is taken"
  tcp_open "$http_port" && die "port $http_port is taken"
  make_certificates
}

# Lets commands of sed change the configuration that was written, one after another.
edit_config() { # FILE
  local edit
  for edit in "${edits[@]}"; do sed -E -i -e "$edit" "$1"; done
}

print_variables() {
  cat <<ENV
XMPP_DOMAIN=$domain
XMPP_MUC=conference.$domain
XMPP_PORT=$port
XMPP_TCP=xmpp://127.0.0.1:$port
XMPP_WS=ws://127.0.0.1:$http_port/xmpp-websocket
XMPP_CA=$dir/certs/ca.pem
ENV
}
