#!/bin/sh
# Make the cluster at the first start, then run the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    echo "$POSTGRES_PASSWORD" > /tmp/password
    initdb --username "$POSTGRES_USER" --pwfile /tmp/password --auth-local peer --auth-host scram-sha-256 --encoding UTF8
    rm /tmp/password
    echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    echo "CREATE DATABASE \"$POSTGRES_USER\";" | postgres --single postgres
fi
exec postgres -c 'listen_addresses=*'
