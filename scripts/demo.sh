#!/usr/bin/env bash
# The whole way, on this machine alone: a private PostgreSQL, an embedded Kafka, the daemon between them, and a consumer
# that is not ours. Needs a Swift toolchain on PATH; the rest is installed. Leaves nothing running and nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."

swift=${SWIFT:-swift}
topic=users.0
records=7 # what the changes below become

step() { printf '\n== %s\n' "$*"; }
# Shows a command as the reader would type it, then runs it.
show() {
    printf '$ pqcdc-kafka %s\n' "$*"
    "$daemon" "$@"
}
fail() {
    printf 'demo: %s\n' "$*" >&2
    exit 1
}

# --- What is needed ---------------------------------------------------------------------------------------------------

command -v "$swift" >/dev/null \
    || fail "no $swift on PATH; install a Swift toolchain, 6.1 or later (https://www.swift.org/install/linux/)"
scripts/install-deps.sh
# As "make build" does.
for product in pqcdc-kafka pqcdc-mock-kafka; do
    "$swift" build -c release --static-swift-stdlib --product "$product"
done
build=$PWD/.build/release
daemon=$build/pqcdc-kafka

# Debian keeps each version's programs in a folder of its own, off PATH.
binaries=$(for folder in /usr/lib/postgresql/*/bin; do
    [ -x "$folder/initdb" ] && echo "$folder"
done | sort -V | tail -n 1)
[ -n "$binaries" ] || fail "no PostgreSQL server under /usr/lib/postgresql"

# --- What must not stay -----------------------------------------------------------------------------------------------

# A socket's path may have 107 bytes, so whatever TMPDIR says it is /tmp.
work=$(mktemp -d /tmp/pqcdc-demo.XXXXXX)
server_pid=
finished=no

# Becomes one of PostgreSQL's programs, which refuse to run as root; to be called in a subshell or in the background.
become_server() {
    local command=("$binaries/$1" "${@:2}")
    [ "$(id -u)" -ne 0 ] || command=(setpriv --reuid=postgres --regid=postgres --clear-groups -- "${command[@]}")
    cd / && exec "${command[@]}"
}

clean_up() {
    local status=$? pid
    trap - EXIT
    trap '' INT TERM HUP
    if [ "$finished" = no ]; then
        echo "demo: not finished (exit $status)" >&2
        for log in postgres run; do
            [ ! -s "$work/$log.log" ] || { echo "--- the end of $log.log" >&2; tail -n 15 "$work/$log.log" >&2; }
        done
    fi
    for pid in $(jobs -p); do
        # Nobody waits for deliveries any more, so not even the daemon is asked politely. PostgreSQL ends at once on
        # SIGQUIT, and takes its processes along.
        if [ "$pid" = "$server_pid" ]; then kill -QUIT "$pid"; else kill -KILL "$pid"; fi 2>/dev/null || true
    done
    wait 2>/dev/null # not "Killed", please
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# --- PostgreSQL -------------------------------------------------------------------------------------------------------

step "a private PostgreSQL $(basename "$(dirname "$binaries")"), with wal_level=logical"
chmod 711 "$work"
mkdir -m 700 "$work/data" "$work/socket"
[ "$(id -u)" -ne 0 ] || chown postgres: "$work/data" "$work/socket"
(become_server initdb --pgdata="$work/data" --username=postgres --encoding=UTF8 --no-locale --no-sync --auth=trust) \
    >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; fail "initdb failed"; }
cat >>"$work/data/postgresql.conf" <<CONF
listen_addresses = ''
port = 5432
unix_socket_directories = '$work/socket'
wal_level = logical
max_wal_senders = 5
max_replication_slots = 5
CONF
cat >"$work/data/pg_hba.conf" <<'CONF'
local all postgres trust
local all all scram-sha-256
CONF
become_server postgres -D "$work/data" </dev/null >"$work/postgres.log" 2>&1 &
server_pid=$!
# tail sees each line as it is written, and ends with the server.
timeout 60 grep -q -m 1 'ready to accept connections' \
    < <(exec tail --follow --lines=+1 --pid="$server_pid" "$work/postgres.log") || fail "PostgreSQL did not start"

sql() { "$binaries/psql" --host="$work/socket" --username=postgres --no-psqlrc --quiet -v ON_ERROR_STOP=1 "$@"; }
sql --dbname=postgres --command='CREATE DATABASE cdc_db'
sql --dbname=cdc_db --echo-queries \
    --command='CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, created_on timestamptz)'

# --- Kafka ------------------------------------------------------------------------------------------------------------

step "an embedded Kafka: librdkafka's mock cluster, over TCP"
# It ends with its standard input, that is with us. One partition, so that the order of all records can be seen.
coproc mock { exec "$build/pqcdc-mock-kafka" --topic "$topic:1"; }
read -r -t 30 line <&"${mock[0]}" || fail "the mock cluster did not start"
brokers=${line#bootstrap.servers=}
echo "brokers: $brokers, topic $topic"

# --- The configuration ------------------------------------------------------------------------------------------------

step "the configuration"
config=$work/users.yaml
cat >"$config" <<CONF
cdc:
  host: $work/socket
  username: cdc_user
  password: \${CDC_PASSWORD}
  database: cdc_db
  publication:
    name: cdc_publication
    operations: [insert, update, delete]
    tables:
      - name: users
        replicaIdentity: FULL
  slot:
    name: cdc_slot
  metric:
    port: 0
kafka:
  brokers: ["$brokers"]
  tableTopicMapping:
    public.users: $topic
mapping:
  tables:
    public.users:
      key: [id]
      operationField: operation
CONF
cat "$config"
export CDC_PASSWORD=cdc_pass

step "setup, as the superuser: publication, replica identity, slot and role"
show setup --config "$config" --username postgres --create-role

step "validate: the file, and whether both servers are ready for it"
show validate --config "$config" --online

# --- The daemon -------------------------------------------------------------------------------------------------------

step "run"
mkfifo "$work/log"
printf '$ pqcdc-kafka run --config %s &\n' "$config"
"$daemon" run --config "$config" 2>"$work/log" &
daemon_pid=$!
exec {log}<"$work/log"

# Passes the daemon's log on, to the line that holds $1 or to its end.
follow_log() {
    local line
    while read -r -t 60 -u "$log" line; do
        printf '%s\n' "$line" | tee -a "$work/run.log"
        [ -z "${1-}" ] || case $line in *"$1"*) return 0 ;; esac
    done
    [ -z "${1-}" ]
}
follow_log streaming || fail "the daemon does not stream"

# --- Changes and records ----------------------------------------------------------------------------------------------

step "changes"
changes=(
    "INSERT INTO users (name, created_on) VALUES ('Ada', now())"
    "UPDATE users SET name = 'Ada Lovelace' WHERE id = 1"
    "BEGIN;
    INSERT INTO users (name, created_on) VALUES ('Grace', now()), ('Edsger', now()), ('Barbara', NULL);
    UPDATE users SET name = 'Grace \"Amazing\" Hopper' WHERE id = 2;
COMMIT"
    "DELETE FROM users WHERE id = 1"
)
for change in "${changes[@]}"; do
    printf '%s;\n' "$change"
    sql --dbname=cdc_db --command="$change"
done

step "what a consumer receives (kcat, $records records)"
# It ends with the last of them.
timeout 60 kcat -q -C -b "$brokers" -t "$topic" -o beginning -c "$records" -u \
    -f 'offset %o  key %k  value %s\n' &
wait "$!" || fail "kcat did not receive $records records within a minute"

# --- The end ----------------------------------------------------------------------------------------------------------

step "a clean stop"
echo "\$ kill -TERM $daemon_pid"
kill -TERM "$daemon_pid"
follow_log
status=0
wait "$daemon_pid" || status=$?
echo "exit status $status"
[ "$status" -eq 0 ] || fail "a clean stop ends with 0"
sql --dbname=cdc_db --command="SELECT slot_name, active, confirmed_flush_lsn FROM pg_replication_slots"
finished=yes

step "next"
cat <<'END'
Everything of this demo is removed again. For your own database:
  1. copy config/examples/tutorial.yaml and put in your host, database, tables and brokers
  2. .build/release/pqcdc-kafka validate --config FILE
     .build/release/pqcdc-kafka setup --config FILE --dry-run
     .build/release/pqcdc-kafka validate --config FILE --online
  3. .build/release/pqcdc-kafka run --config FILE
"make install" puts the daemon and its systemd units in place; README.md has the tutorial, docs/ the rest.
END
