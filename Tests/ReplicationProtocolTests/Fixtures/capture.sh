#!/usr/bin/env bash
# Captures NAME.hex, one pgoutput message a line, from each NAME.sql, and the tables' OIDs as relations.txt.
#
# A private PostgreSQL does it, in a temporary folder and on a Unix socket only. The tests know the captured LSNs, OIDs
# and transaction ids, so a new capture means new numbers there.
set -euo pipefail
cd "$(dirname "$0")"
bin=${POSTGRES_BIN:-/usr/lib/postgresql/15/bin}

home=$(mktemp -d)
trap 'as_server "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null; rm -rf "$home"' EXIT
as_server() { "$@"; }
# PostgreSQL does not run as root.
if [ "$(id -u)" = 0 ]; then
    chown postgres "$home"
    as_server() { setpriv --reuid=postgres --regid=postgres --clear-groups --inh-caps=-all "$@"; }
fi
as_server "$bin/initdb" --pgdata="$home/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
as_server "$bin/pg_ctl" -D "$home/data" -l "$home/log" -w start \
    -o "-c listen_addresses='' -c unix_socket_directories='$home' -c wal_level=logical -c autovacuum=off \
        -c timezone=UTC -c client_min_messages=warning" >/dev/null

sql() { "$bin/psql" --no-psqlrc --quiet --tuples-only --no-align -v ON_ERROR_STOP=1 -h "$home" -U postgres "$@"; }

sql -c 'CREATE PUBLICATION captured FOR ALL TABLES'
for file in *.sql; do
    name=${file%.sql}
    binary=false
    if [ "$name" = binary ]; then binary=true; fi
    sql -c "SELECT pg_create_logical_replication_slot('$name', 'pgoutput')" >/dev/null
    sql -f "$file" >/dev/null
    sql -c "SELECT encode(data, 'hex') FROM pg_logical_slot_peek_binary_changes('$name', NULL, NULL,
                'proto_version', '1', 'publication_names', 'captured', 'messages', 'true', 'binary', '$binary')" \
        >"$name.hex"
    sql -c "SELECT pg_drop_replication_slot('$name')" >/dev/null
done
sql --field-separator=' ' -c "SELECT oid, relname FROM pg_class WHERE relkind = 'r' AND oid >= 16384 ORDER BY oid" \
    >relations.txt
# What RowMappingTests compares its table of array types with. No column can hold what is left out: pseudo-types,
# and gtsvector, which nothing makes.
sql --field-separator=' ' -c "SELECT a.oid, a.typelem, a.typdelim FROM pg_type a JOIN pg_type e ON e.typarray = a.oid
        WHERE a.oid < 12000 AND e.typtype NOT IN ('c', 'p') AND e.typname <> 'gtsvector' ORDER BY a.oid" \
    >../../RowMappingTests/Fixtures/array-types.txt
