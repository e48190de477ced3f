#!/usr/bin/env bash
# Runs a throw-away MariaDB on loopback for as long as standard input stays open.
#
#   mariadb.sh run --dir D [options]      print shell variables, then LAB_READY=1
#
# Options:
#   --port N          default 15306
#   --set NAME=VALUE  a line for my.cnf; may be repeated
#   --purge           remove D at the end
#
# A folder that ran before is used again with all its data, also after a kill. The account `lab` may
# do everything, has the password in D/password, and a database of its name.
#
# Whoever holds the other end of standard input owns the server: when that process ends, however
# it ends, the pipe closes and the server goes with it. In a terminal, press Ctrl-D.
set -eu
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/database.sh"
[ "$port" ] || port=15306

make_data() {
  [ ! -d "$dir/data/mysql" ] || return 0
  (umask 077; od -An -N12 -tx1 /dev/urandom | tr -d ' \n' > "$dir/password")
  mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$dir/data" --skip-test-db \
    --skip-name-resolve --auth-root-authentication-method=socket >"$dir/install.log" 2>&1 ||
    { cat "$dir/install.log" >&2; die "mariadb-install-db"; }
}

write_config() {
  local password setting
  password=$(cat "$dir/password")
  # Read by the server before it takes connections.
  (umask 077; cat > "$dir/init.sql" <<SQL
CREATE USER IF NOT EXISTS lab@'%' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO lab@'%' WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS lab;
SQL
  )
  mkdir -p "$dir/tmp"
  cat > "$dir/my.cnf" <<CFG
[mariadbd]
user = $(id -un)
datadir = $dir/data
tmpdir = $dir/tmp
socket = $dir/data/server.sock
pid-file = $dir/data/server.pid
init-file = $dir/init.sql
bind-address = 127.0.0.1
port = $port
skip-name-resolve
character-set-server = utf8mb4
innodb_buffer_pool_size = 64M
innodb_log_file_size = 32M
innodb_use_native_aio = 0
CFG
  for setting in "${settings[@]}"; do echo "$setting" >> "$dir/my.cnf"; done
}

case $cmd in
  run)
    command -v mariadbd >/dev/null || die "MariaDB is not installed"
    prepare
    make_data
    write_config
    mariadbd --defaults-file="$dir/my.cnf" >"$dir/server.log" 2>&1 </dev/null &
    print_variables() {
      echo "DATABASE_URL=mysql://lab:$(cat "$dir/password")@127.0.0.1:$port/lab"
    }
    keep_while_owned $! "$port"
    ;;
  *) usage ;;
esac
