# A fresh machine: Debian with systemd, and nothing that docs/deploy.md does not install itself.
FROM debian:bookworm-slim
ARG EXTRA_CA
RUN apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends ca-certificates dbus systemd systemd-sysv \
 && if [ -n "$EXTRA_CA" ]; then printf "%s\n" "$EXTRA_CA" > /usr/local/share/ca-certificates/extra.crt; fi \
 && update-ca-certificates
STOPSIGNAL SIGRTMIN+3
CMD ["/sbin/init"]
