"""A fresh machine in a container, with systemd as its first process, and the commands that docs/deploy.md prints."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.acceptance.image import ROOT, run
from tests.support.waiting import until

PAGE = ROOT / "docs" / "deploy.md"
IMAGE = "araldo-fresh-machine"
DOMAIN = "araldo.example"
# For a machine whose proxy signs with a certificate of its own: what its owner sets there too.
_TRUST = ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")
_CADDY_ROOT = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
# Called inside the machine, by the public name: method, path, body, API key.
_CALL = f"""
import json, ssl, sys, urllib.error, urllib.request as r
method, path, body, key = sys.argv[1:]
headers = {{"Content-Type": "application/json", "Authorization": "Bearer " + key}}
q = r.Request("https://{DOMAIN}" + path, body.encode() or None, headers, method=method)
try:
    answer = r.urlopen(q, context=ssl.create_default_context(cafile="{_CADDY_ROOT}"), timeout=60)
except urllib.error.HTTPError as error:
    answer = error
print(json.dumps([answer.status, answer.read().decode()]))
"""


def printed(containing: str) -> str:
    """Return the one code block of the page that has the text."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    [found] = [block for block in blocks if containing in block]
    return str(found)


def build_image() -> None:
    certificates = "".join(path.read_text() for path in Path("/usr/local/share/ca-certificates").glob("*.crt"))
    dockerfile = Path(__file__).with_name("machine.Dockerfile").read_text()
    words = ["docker", "build", "--network", "host", "--build-arg", "EXTRA_CA", "--tag", IMAGE, "-"]
    environment = {**os.environ, "EXTRA_CA": certificates}
    done = subprocess.run(
        words, input=dockerfile, capture_output=True, text=True, env=environment, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr


@dataclass
class FreshMachine:
    """A container in another's network, so that a service on its loopback survives the machine."""

    name: str
    network: str
    repository: Path
    key: str = field(default="", repr=False)

    def start(self) -> bool:
        """Start it; False where systemd does not run in a container."""
        # All that `--privileged` gives except SYS_RESOURCE, which the host itself may lack.
        rights = ["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--cgroupns", "host"]
        rights += [
            word for name in ("seccomp", "apparmor", "systempaths") for word in ("--security-opt", f"{name}=unconfined")
        ]
        folders = ["--tmpfs", "/run", "--tmpfs", "/tmp:exec", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup"]
        where = ["--detach", "--name", self.name, "--network", f"container:{self.network}", "--env", "container=docker"]
        run("docker", "run", *where, *rights, *folders, IMAGE)
        try:
            until(lambda: self._state() in {"running", "degraded"}, within_s=60, pause_s=0.5)
        except AssertionError:
            return False
        # Copied, so that it belongs to root: git refuses a repository of another user's.
        self.copy_in(self.repository, "/srv/araldo.git")
        return True

    def _state(self) -> str:
        return run("docker", "exec", self.name, "systemctl", "is-system-running", check=False).strip()

    def remove(self) -> None:
        run("docker", "rm", "--force", "--volumes", self.name, check=False)

    def shell(self, script: str) -> str:
        """Run lines as root in the home folder, and stop at the first that fails. Raises AssertionError."""
        trust = [word for name in _TRUST for word in ("--env", f"{name}=/etc/ssl/certs/ca-certificates.crt")]
        given = [
            word for name in ("PIP_INDEX_URL", "NPM_CONFIG_REGISTRY") if name in os.environ for word in ("--env", name)
        ]
        # As a file, so that no command reads the lines after it.
        run("docker", "exec", "--interactive", self.name, "sh", "-c", "cat > /root/lines", stdin=script)
        words = ("bash", "-e", "-o", "pipefail", "/root/lines")
        return run("docker", "exec", *trust, *given, "--workdir", "/root", self.name, *words)

    def read(self, path: str) -> str:
        return run("docker", "exec", self.name, "cat", path)

    def copy_out(self, path: str, to: Path) -> None:
        run("docker", "cp", f"{self.name}:{path}", str(to))

    def copy_in(self, path: Path, to: str) -> None:
        run("docker", "cp", str(path), f"{self.name}:{to}")

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        sent = "" if body is None else json.dumps(body)
        words = ("docker", "exec", self.name, "python3", "-c", _CALL, method, path, sent, self.key)
        status, text = json.loads(run(*words))
        return status, json.loads(text) if text.startswith(("{", "[")) else text

    def answers(self) -> bool:
        words = ("docker", "exec", self.name, "python3", "-c", _CALL, "GET", "/api/v1/ready", "", "")
        return run(*words, check=False).startswith("[200,")

    def wait_until_ready(self) -> None:
        until(self.answers, within_s=90, pause_s=0.5)

    def publish(self, content: str) -> str:
        body = {"content": content, "platforms": ["facebook", "instagram"], "publish_immediately": True}
        status, answer = self.call("POST", "/api/v1/social/create-multi-platform-post?wait=0", body)
        assert status in {200, 201, 202}, answer
        until(partial(self.has, str(answer["job_id"]), "published"), within_s=120, pause_s=0.5)
        return str(answer["job_id"])

    def has(self, job_id: str, state: str) -> bool:
        status, answer = self.call("GET", f"/api/v1/social/posts/{job_id}")
        assert status == 200, answer
        return bool(answer["status"] == state)

    def copy_of_caddys_root(self, to: Path) -> None:
        self.copy_out(_CADDY_ROOT, to)
