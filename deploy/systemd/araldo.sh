#!/bin/sh
# Run a command of Araldo as the service's user and with its settings, e.g. `araldo doctor`.
set -eu
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"
set -a
. /etc/araldo/araldo.env
set +a
cd /var/lib/araldo
exec runuser --user araldo -- /opt/araldo/bin/araldo "$@"
