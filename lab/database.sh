# What postgres.sh and mariadb.sh share; sourced, never run. Sets cmd, dir, port, purge and settings
# from the command line.
. "$here/owned.sh"

cmd=${1:-}; [ $# -gt 0 ] && shift
dir=; port=; purge=; settings=()
while [ $# -gt 0 ]; do
  case $1 in
    --dir) dir=$2; shift ;;
    --port) port=$2; shift ;;
    --set) settings+=("$2"); shift ;;
    --purge) purge=1 ;;
    *) die "unknown option $1" ;;
  esac
  shift
done
[ -z "$cmd" ] || [ -n "$dir" ] || die "give --dir"

prepare() {
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  # The servers run as users of their own where root starts them.
  [ "$(id -u)" != 0 ] || chmod 711 "$dir"
  ! tcp_open "$port" || die "port $port is taken"
}
