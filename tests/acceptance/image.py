"""Try the image with compose, as an operator runs it, against the sandbox: `make image-test`.

Starts PostgreSQL, two web servers behind Caddy with HTTPS, and two workers; publishes a post; kills a worker and a web
server while posts are due; restores a backup; and removes everything that it made. Says so plainly where no Docker
daemon answers.
"""

from __future__ import annotations

import http.client
import json
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.processes import free_port
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
DOMAIN = "araldo.test"
IMAGE_MB_MAX = 400
_SANDBOX_CALL = (
    "import sys, urllib.request as r; "
    "q = r.Request('http://127.0.0.1:8001/_sandbox/' + sys.argv[1], sys.argv[2].encode() or None, "
    "{'Content-Type': 'application/json'}); print(r.urlopen(q).read().decode())"
)


def run(*words: str, stdin: str = "", check: bool = True) -> str:
    """Run a command and return its output. Raises AssertionError with what it said when it fails."""
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, cwd=ROOT, timeout=1_800, check=False)
    assert done.returncode == 0 or not check, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def compose_command() -> list[str]:
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
    return ["docker", "compose"] if plugin else ["docker-compose"]


def can_pull(image: str) -> bool:
    words = [["docker", "image", "inspect", image], ["docker", "pull", "--quiet", image]]
    return any(subprocess.run(one, capture_output=True, check=False).returncode == 0 for one in words)


@dataclass
class Composed:
    """The services of compose.yaml under a project name of our own."""

    folder: Path
    project: str = field(default_factory=lambda: f"araldo-test-{secrets.token_hex(4)}")
    https_port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.offline = not all(map(can_pull, ("postgres:17", "caddy:2")))
        files = ["compose.yaml", "tests/acceptance/compose.test.yaml"]
        files += ["compose.offline.yaml", "tests/acceptance/compose.test.offline.yaml"] if self.offline else []
        self._words = [*compose_command(), "--project-directory", str(ROOT), "--project-name", self.project]
        self._words += ["--env-file", str(self._write_environment())]
        self._words += [word for file in files for word in ("--file", file)]
        print("PostgreSQL and Caddy:", "from Debian's packages" if self.offline else "their own images")

    def _write_environment(self) -> Path:
        path = self.folder / "env"
        values = {
            "ARALDO_DOMAIN": DOMAIN,
            "ARALDO_TLS": "tls internal",
            "ARALDO_ENV_FILE": str(path),
            "HTTP_PORT": str(self.http_port),
            "HTTPS_PORT": str(self.https_port),
            "POSTGRES_PASSWORD": secrets.token_hex(24),
            "ARALDO_SECRET_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "ARALDO_META__GRAPH_URL": "http://sandbox:8002",
            "ARALDO_META__APP_ID": "1000000000000001",
            "ARALDO_META__APP_SECRET": "sandbox-secret",
        }
        path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
        path.chmod(0o600)
        return path

    def compose(self, *words: str, stdin: str = "") -> str:
        return run(*self._words, *words, stdin=stdin)

    def araldo(self, *words: str, stdin: str = "") -> str:
        """Run a command of ours beside the first web server."""
        return self.compose("exec", "-T", "web", "araldo", *words, stdin=stdin)

    def copy_out(self, inside: str, outside: Path) -> None:
        """Copy a file out of the volume, as docs/deploy.md says, and remove it there."""
        with outside.open("wb") as file:
            subprocess.run([*self._words, "exec", "-T", "web", "cat", inside], stdout=file, timeout=60, check=True)
        self.compose("exec", "-T", "web", "rm", inside)

    def copy_in(self, outside: Path, inside: str) -> None:
        """Copy a file into the volume, as docs/deploy.md says: it belongs to Araldo's user."""
        words = [*self._words, "exec", "-T", "web", "sh", "-c", f"umask 077 && cat > {inside}"]
        with outside.open("rb") as file:
            subprocess.run(words, stdin=file, timeout=60, check=True)

    def sandbox(self, path: str, body: object = None) -> Any:
        sent = "" if body is None else json.dumps(body)
        return json.loads(self.compose("exec", "-T", "sandbox", "python3", "-c", _SANDBOX_CALL, path, sent))

    def containers(self, service: str) -> list[str]:
        return self.compose("ps", "--quiet", service).split()

    def all_are_healthy(self, service: str) -> bool:
        states = [container["State"] for container in json.loads(run("docker", "inspect", *self.containers(service)))]
        return all(state["Running"] and state["Health"]["Status"] == "healthy" for state in states)

    def start(self) -> None:
        """Start what does not run and wait until it is well."""
        self.compose("up", "--detach", "--no-build")
        for service in ("web", "worker"):
            assert len(self.containers(service)) == 2
            until(partial(self.all_are_healthy, service), within_s=180)

    @contextmanager
    def started(self) -> Iterator[None]:
        try:
            self.start()
            yield
        except BaseException:
            print(self.compose("logs", "--tail", "30"), file=sys.stderr)
            raise
        finally:
            self.compose("down", "--volumes", "--remove-orphans", "--timeout", "30")

    def trusted(self) -> ssl.SSLContext:
        """Return a context that trusts the certificates that Caddy signs, and no other."""
        root = self.folder / "root.crt"
        [caddy] = self.containers("caddy")
        run("docker", "cp", f"{caddy}:/data/caddy/pki/authorities/local/root.crt", str(root))
        return ssl.create_default_context(cafile=str(root))


@dataclass
class Client:
    """Calls the API by the public name, through Caddy."""

    port: int
    trusted: ssl.SSLContext
    key: str = ""

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        connection = http.client.HTTPSConnection(DOMAIN, timeout=60)
        plain = socket.create_connection(("127.0.0.1", self.port), 60)
        connection.sock = self.trusted.wrap_socket(plain, server_hostname=DOMAIN)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        return answer.status, json.loads(said) if "json" in (answer.getheader("Content-Type") or "") else said

    def create(self, **body: object) -> str:
        what = {"content": "Ciao a tutti", "platforms": ["facebook", "instagram"], **body}
        status, answer = self.ask("POST", "/api/v1/social/create-multi-platform-post?wait=0", what)
        assert status in {200, 201, 202}, answer
        return str(answer["job_id"])

    def is_published(self, job_id: str) -> bool:
        status, answer = self.ask("GET", f"/api/v1/social/posts/{job_id}")
        assert status == 200, answer
        assert answer["status"] in {"publishing", "scheduled", "published"}, answer
        return bool(answer["status"] == "published")


def check_image(image: str) -> None:
    found = json.loads(run("docker", "image", "inspect", image))[0]
    size = found["Size"] / 1e6
    print(f"{image}: {size:.0f} MB")
    assert size < IMAGE_MB_MAX
    assert found["Config"]["User"] == "araldo"
    look = 'id -u; for tool in gcc make pip pip3 npm node uv git; do command -v "$tool"; done; true'
    assert run("docker", "run", "--rm", "--read-only", "--entrypoint", "sh", image, "-c", look) == "10001\n"


def publish_one(system: Composed, client: Client) -> None:
    job_id = client.create(publish_immediately=True)
    until(lambda: client.is_published(job_id), within_s=120, pause_s=0.5)
    seen = system.sandbox("state")
    assert (len(seen["posts"]), len(seen["media"])) == (1, 1), seen
    print("one post is published, with a picture fetched over HTTPS")


def survive_kills(system: Composed, client: Client) -> None:
    """Kill a worker and a web server (`kill -9`) while posts are being published: each goes out once."""
    before = system.sandbox("state")
    system.sandbox("settings", {"latency_s": 0.5})
    due = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    jobs = [client.create(schedule_time=due, content=f"Post {number}") for number in range(6)]
    until(lambda: len(system.sandbox("state")["posts"]) > len(before["posts"]), within_s=120, pause_s=0.2)
    for service in ("worker", "web"):
        run("docker", "kill", "--signal", "KILL", system.containers(service)[-1])
    until(lambda: all(map(client.is_published, jobs)), within_s=180, pause_s=0.5)
    after = system.sandbox("state")
    for kind in ("posts", "media"):
        assert len(after[kind]) - len(before[kind]) == len(jobs), after[kind]
    print("a worker and a web server were killed: every post went out, once")


def restore_backup(system: Composed, client: Client) -> None:
    """Back up while everything runs, publish once more, restore from a copy: nothing is published a second time."""
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    planned = client.create(schedule_time=later, content="Domani")
    system.araldo("backup", "/data/backup.tar")
    system.copy_out("/data/backup.tar", system.folder / "backup.tar")
    lost = client.create(publish_immediately=True, content="Dopo il backup")
    until(lambda: client.is_published(lost), within_s=120, pause_s=0.5)
    before = system.sandbox("state")
    system.copy_in(system.folder / "backup.tar", "/data/backup.tar")
    system.compose("stop", "web", "worker")
    system.compose("run", "--rm", "-T", "--no-deps", "web", "restore", "/data/backup.tar", "--replace")
    system.start()
    status, answer = client.ask("GET", f"/api/v1/social/posts/{planned}")
    assert (status, answer["status"]) == (200, "scheduled"), answer
    assert client.ask("GET", f"/api/v1/social/posts/{lost}")[0] == 404
    job_id = client.create(publish_immediately=True, content="Dopo il ripristino")
    until(lambda: client.is_published(job_id), within_s=120, pause_s=0.5)
    after = system.sandbox("state")
    assert all(len(after[kind]) == len(before[kind]) + 1 for kind in ("posts", "media")), after
    print("a backup was restored: what it had is there, nothing was published twice")


def main() -> None:
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode
    ):
        print("No Docker daemon answers (`docker info`): the image and compose.yaml were NOT tried here.")
        return
    run("deploy/image.sh")
    check_image("araldo:latest")
    with tempfile.TemporaryDirectory(prefix="araldo-image-") as folder:
        system = Composed(Path(folder))
        if system.offline:
            system.compose("build", "--quiet", "caddy", "postgres")
        with system.started():
            client = Client(system.https_port, system.trusted())
            client.key = system.araldo("keys", "create").strip()
            token = system.sandbox("tokens", {"type": "user_long"})["access_token"]
            system.araldo("connect", "meta", "--method", "token", stdin=f"{token}\n")
            publish_one(system, client)
            survive_kills(system, client)
            restore_backup(system, client)


if __name__ == "__main__":
    main()
