# Araldo's image: `run`, `up` and `worker`. docs/deploy.md says how to start it; `make image` builds it.
#
# Only the stages that build see the arguments: none of them, and no build tool, is in the image.
# PIP_INDEX_URL, NPM_CONFIG_REGISTRY: other registries than PyPI and npm's own.
# EXTRA_CA: a certificate (PEM) that this machine's proxy signs with.

FROM debian:bookworm-slim AS tools
ARG PIP_INDEX_URL EXTRA_CA
ENV DEBIAN_FRONTEND=noninteractive \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN apt-get update -q \
 && apt-get install -qy --no-install-recommends ca-certificates python3 python3-pip python3-venv \
 && if [ -n "$EXTRA_CA" ]; then printf "%s\n" "$EXTRA_CA" > /usr/local/share/ca-certificates/extra.crt; fi \
 && update-ca-certificates
RUN python3 -m pip install --no-cache-dir --root-user-action=ignore --target /tools 'uv>=0.13,<0.14'
WORKDIR /araldo

# The studio. Debian's Node is too old for its build tools, so with-node.sh takes one from PyPI.
FROM tools AS studio
ARG PIP_INDEX_URL NPM_CONFIG_REGISTRY
COPY web/with-node.sh web/.npmrc web/package.json web/package-lock.json web/
RUN cd web && ./with-node.sh npm ci --silent
COPY web web
RUN cd web && ./with-node.sh npm run --silent build -- --logLevel warn

# The documentation, which the web server has at /docs.
FROM tools AS documentation
ARG PIP_INDEX_URL
ENV UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1
COPY pyproject.toml uv.lock ./
RUN python3 -m venv --without-pip .venv \
 && /tools/bin/uv export --quiet --frozen --only-group docs --output-file requirements.txt \
 && ${PIP_INDEX_URL:+env UV_DEFAULT_INDEX=$PIP_INDEX_URL} /tools/bin/uv pip install --quiet --python .venv --require-hashes -r requirements.txt
COPY CHANGELOG.md zensical.toml ./
COPY docs docs
COPY tools tools
COPY web/public web/public
RUN mkdir -p src/araldo && .venv/bin/python -m tools.docs

# The packages at their locked versions and digests, then Araldo itself with its studio.
FROM tools AS packages
ARG PIP_INDEX_URL
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_NO_CACHE=1
COPY pyproject.toml uv.lock ./
RUN python3 -m venv --without-pip /opt/araldo \
 && /tools/bin/uv export --quiet --frozen --no-dev --extra otel --no-emit-project --output-file requirements.txt \
 && ${PIP_INDEX_URL:+env UV_DEFAULT_INDEX=$PIP_INDEX_URL} /tools/bin/uv pip install --quiet --python /opt/araldo --require-hashes --compile-bytecode -r requirements.txt
COPY README.md LICENSE ./
COPY src src
COPY --from=studio /araldo/src/araldo/web src/araldo/web
COPY --from=documentation /araldo/src/araldo/docs src/araldo/docs
RUN ${PIP_INDEX_URL:+env UV_DEFAULT_INDEX=$PIP_INDEX_URL} /tools/bin/uv pip install --quiet --python /opt/araldo --no-deps --compile-bytecode .

FROM debian:bookworm-slim
RUN apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends ca-certificates python3 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* \
 && groupadd --gid 10001 araldo \
 && useradd --uid 10001 --gid araldo --home-dir /data --no-create-home --shell /usr/sbin/nologin araldo \
 && install --directory --owner araldo --group araldo --mode 0700 /data
COPY --from=packages /opt/araldo /opt/araldo
ENV PATH=/opt/araldo/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    ARALDO_DATA_DIR=/data \
    ARALDO_HOST=0.0.0.0
USER araldo
WORKDIR /data
VOLUME /data
EXPOSE 8000
# A worker has no port: it is well as long as it runs, and ends when it is not.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD \
    grep -qzx worker /proc/1/cmdline || python3 -c \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"ARALDO_PORT\", 8000)}/api/v1/health', timeout=4)"
ENTRYPOINT ["araldo"]
CMD ["up"]
