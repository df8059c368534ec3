"""Follow docs/deploy.md on fresh machines, by the commands that it prints: `make machine-test`.

From nothing to a published post on one machine with systemd and Caddy; that machine is lost; from nothing to the
restored backup on a second one, where nothing is published twice; and PostgreSQL with workers of their own. What is
installed is HEAD of this repository. Says so plainly where Docker or systemd in a container is missing.
"""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.fresh_machine import DOMAIN, IMAGE, FreshMachine, build_image, printed
from tests.acceptance.image import ROOT, run
from tests.support.waiting import until

_BACKUP = "araldo-20300131T090000Z.tar"
_SANDBOX_CALL = (
    "import sys, urllib.request as r; q = r.Request('http://127.0.0.1:8001/_sandbox/' + sys.argv[1], "
    "sys.argv[2].encode() or None, {'Content-Type': 'application/json'}); print(r.urlopen(q).read().decode())"
)
# Whichever process is first makes the backup: each has to be able to write to the folder, as its unit lets it.
_EACH_MAY_WRITE = """\
for unit in araldo araldo-worker@1 araldo-worker@2; do
  pid=$(systemctl show --property MainPID --value $unit)
  nsenter --target "$pid" --mount -- sh -c 'touch /mnt/backups/tried && rm /mnt/backups/tried'
done
"""
_SETTINGS = """\
sed -i -e 's/^ARALDO_META__APP_ID=.*/ARALDO_META__APP_ID=1000000000000001/' \
  -e 's/^ARALDO_META__APP_SECRET=.*/ARALDO_META__APP_SECRET=sandbox-secret/' /etc/araldo/araldo.env
echo ARALDO_META__GRAPH_URL=http://127.0.0.1:8001 >> /etc/araldo/araldo.env
systemctl restart araldo
"""


@dataclass
class Sandbox:
    """Meta's part, in the machines' network. Its data outlives a machine; it trusts the certificate of the last one."""

    name: str
    network: str
    folder: Path

    def start(self, machine: FreshMachine) -> None:
        run("docker", "rm", "--force", self.name, check=False)
        machine.copy_of_caddys_root(self.folder / "root.crt")
        words = ["--detach", "--init", "--user", "root", "--name", self.name, "--network", f"container:{self.network}"]
        words += ["--volume", f"{self.folder}:/sandbox", "--env", "SSL_CERT_FILE=/sandbox/root.crt"]
        run("docker", "run", *words, "araldo:latest", "sandbox", "--data-dir", "/sandbox/data")
        until(lambda: '"posts"' in self._ask("state", "", check=False), within_s=60, pause_s=0.5)

    def _ask(self, path: str, sent: str, *, check: bool = True) -> str:
        return run("docker", "exec", self.name, "python3", "-c", _SANDBOX_CALL, path, sent, check=check)

    def call(self, path: str, body: object = None) -> Any:
        return json.loads(self._ask(path, "" if body is None else json.dumps(body)))

    def published(self) -> tuple[int, int]:
        state = self.call("state")
        return len(state["posts"]), len(state["media"])


def install(machine: FreshMachine) -> None:
    """From nothing to HTTPS, with a certificate that Caddy signs."""
    machine.shell(printed("git clone ADDRESS").replace("ADDRESS", "/srv/araldo.git"))
    caddyfile = printed(f"{DOMAIN} {{\n\tencode").replace("{\n", "{\n\ttls internal\n", 1)
    machine.shell(f"cat > /etc/caddy/Caddyfile <<'END'\n{caddyfile}END\nsystemctl reload caddy")
    machine.shell(f"cat > other <<'END'\n{printed('@outside {')}END\ncaddy validate --adapter caddyfile --config other")
    machine.wait_until_ready()


def connect(machine: FreshMachine, sandbox: Sandbox) -> None:
    machine.shell(_SETTINGS)
    machine.wait_until_ready()
    assert f"https://{DOMAIN}/sign-in#" in machine.shell(printed("araldo users link       #"))
    assert machine.call("GET", "/robots.txt")[0] == machine.call("GET", "/docs/")[0] == 200
    token = sandbox.call("tokens", {"type": "user_long"})["access_token"]
    machine.shell(f"echo {token} | araldo connect meta --method token")
    machine.key = machine.shell("araldo keys create").strip()


def newest_backup(machine: FreshMachine) -> str:
    """Wait for a backup that Araldo made by itself; return its path."""
    until(lambda: ".tar" in machine.shell("ls /mnt/backups"), within_s=120, pause_s=0.5)
    assert "✓ Last backup" in (said := machine.shell("araldo doctor || true")), said
    return machine.shell("ls /mnt/backups/araldo-*.tar").split()[-1]


def restore(machine: FreshMachine, kept: Path, name: str) -> None:
    for file in (name, "secret.key"):
        machine.copy_in(kept / file, f"/root/{file}")
    machine.copy_in(kept / "araldo.env", "/etc/araldo/araldo.env")
    machine.shell(printed("secret.key --replace").replace(_BACKUP, name))
    machine.wait_until_ready()


def use_postgresql(machine: FreshMachine) -> None:
    """PostgreSQL and two workers: one workspace, and each process may make the backups."""
    machine.shell("rm /mnt/backups/*.tar\n" + printed("apt install --yes postgresql"))
    machine.wait_until_ready()
    newest_backup(machine)
    machine.shell(_EACH_MAY_WRITE)
    counted = machine.shell("su - postgres -c \"psql -At araldo -c 'select count(*) from workspaces'\"")
    assert counted.strip() == "1", counted
    assert machine.shell("systemctl is-active araldo araldo-worker@1 araldo-worker@2").split() == ["active"] * 3


def follow(folder: Path, names: str) -> None:
    repository, network, kept = folder / "araldo.git", f"{names}-network", folder / "kept"
    kept.mkdir()
    run("git", "clone", "--quiet", "--bare", str(ROOT), str(repository))
    # A branch also where HEAD is detached, as in CI: `git pull` wants one.
    run("git", "-C", str(repository), "update-ref", "refs/heads/tried", "HEAD")
    run("git", "-C", str(repository), "symbolic-ref", "HEAD", "refs/heads/tried")
    words = ["--detach", "--name", network, "--add-host", f"{DOMAIN}:127.0.0.1"]
    run("docker", "run", *words, IMAGE, "sleep", "infinity")
    first, second = (FreshMachine(f"{names}-{word}", network, repository) for word in ("first", "second"))
    sandbox = Sandbox(f"{names}-sandbox", network, folder)
    try:
        if not first.start():
            print("systemd does not run in a container here: docs/deploy.md was NOT tried.")
            return
        install(first)
        sandbox.start(first)
        connect(first, sandbox)
        earlier = first.publish("Prima del backup")
        first.shell(printed("ARALDO_BACKUP__FOLDER=/mnt/backups"))
        first.wait_until_ready()
        backup = newest_backup(first)
        for path in (backup, "/var/lib/araldo/secret.key", "/etc/araldo/araldo.env"):
            first.copy_out(path, kept)
        later = first.publish("Dopo il backup")
        first.remove()
        print("from nothing to a published post and a backup: the commands of docs/deploy.md suffice")

        assert second.start()
        second.key = first.key
        install(second)
        sandbox.start(second)
        restore(second, kept, Path(backup).name)
        assert second.has(earlier, "published")
        assert second.call("GET", f"/api/v1/social/posts/{later}")[0] == 404
        assert sandbox.published() == (2, 2)
        second.publish("Dopo il ripristino")
        assert sandbox.published() == (3, 3)
        print("a second machine has the restored backup: nothing was published twice")

        second.shell(printed("git pull"))
        second.wait_until_ready()
        second.publish("Dopo l'aggiornamento")

        second.shell(printed("ARALDO_BACKUP__FOLDER=/mnt/backups"))
        use_postgresql(second)
        print("PostgreSQL with two workers: one workspace, and backups by themselves")
    finally:
        for name in (sandbox.name, first.name, second.name, network):
            run("docker", "rm", "--force", "--volumes", name, check=False)


def main() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        print("No Docker daemon answers (`docker info`): docs/deploy.md was NOT tried on a fresh machine.")
        return
    run("deploy/image.sh")
    build_image()
    with tempfile.TemporaryDirectory(prefix="araldo-machine-", ignore_cleanup_errors=True) as folder:
        follow(Path(folder), f"araldo-test-{secrets.token_hex(4)}")


if __name__ == "__main__":
    main()
