#!/bin/sh
# Build the image araldo:latest from this checkout, with this machine's settings of pip and npm and its own certificates.
# Where no registry answers, the base image is made of Debian's packages, which is what it is: that needs root on
# Debian and mmdebstrap.
set -eu
cd "$(dirname "$0")/.."
base=debian:bookworm-slim

make_base() {
    echo "No registry has $base: making it with mmdebstrap" >&2
    mmdebstrap --quiet --variant=apt --include=ca-certificates \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        bookworm - | docker import - "$base" >/dev/null
}

docker image inspect "$base" >/dev/null 2>&1 || docker pull --quiet "$base" 2>/dev/null || make_base

# Only what is set, because an empty value is a value.
add() { [ -z "$2" ] || set_arguments="$set_arguments --build-arg $1"; }
set_arguments=
PIP_INDEX_URL=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || true)}
NPM_CONFIG_REGISTRY=${NPM_CONFIG_REGISTRY:-$(npm config get registry 2>/dev/null || true)}
EXTRA_CA=${EXTRA_CA:-$(cat /usr/local/share/ca-certificates/*.crt 2>/dev/null || true)}
export PIP_INDEX_URL NPM_CONFIG_REGISTRY EXTRA_CA
add PIP_INDEX_URL "$PIP_INDEX_URL"
add NPM_CONFIG_REGISTRY "$NPM_CONFIG_REGISTRY"
add EXTRA_CA "$EXTRA_CA"

# Without a value each argument is taken from the environment, where no list of processes shows it.
# shellcheck disable=SC2086 - names, without spaces
docker build --network host $set_arguments --tag araldo:latest .
