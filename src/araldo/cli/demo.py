"""`araldo run`: the sandbox and `araldo up` as processes of their own, connected, with one example post."""

from __future__ import annotations

import ctypes
import json
import os
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any

from araldo.console import print_error, print_message
from araldo.messages import DEFAULT_LANGUAGE, Message
from araldo.settings import Settings
from araldo.storage.private_files import make_private_folder

# What the sandbox's demo app is called there; docs/sandbox.md says so too.
_APP_ID, _APP_SECRET = "1000000000000001", "sandbox-secret"
_START_S = 60.0
_STOP_S = 15.0
_PR_SET_PDEATHSIG = 1

_EXAMPLE = {
    "content": "Araldo è qui: una sola idea, il post giusto per ogni piattaforma. 🎺\n"
    "Scrivi una volta; immagini, formati e orari li pensiamo noi.",
    "cta": "Prova ora →",
    "hashtags": ["araldo", "marketing", "socialmedia"],
    "platforms": ["facebook", "instagram", "instagram_story"],
    "base_image_prompt": "Modern marketing studio, launch day",
    "publish_immediately": True,
    "image_style": "professional",
}
_TRY = {
    "content": "Lancio nuovo servizio! 🚀",
    "cta": "Scopri di più →",
    "hashtags": ["marketing", "AI", "innovation"],
    "platforms": ["facebook", "instagram"],
    "base_image_prompt": "Modern tech startup success",
    "publish_immediately": True,
    "image_style": "professional",
}


class StopRequested(Exception):
    pass


@dataclass(slots=True)
class DemoProcess:
    """One process of the demo, and the command that starts it."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes]


class Demo:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = settings.own_url
        self._sandbox_url = f"http://127.0.0.1:{settings.sandbox_port}"
        self._processes: list[DemoProcess] = []
        self._environment = {
            **os.environ,
            "ARALDO_DATA_DIR": str(settings.data_dir.absolute()),
            "ARALDO_META__GRAPH_URL": self._sandbox_url,
            "ARALDO_META__APP_ID": _APP_ID,
            "ARALDO_META__APP_SECRET": _APP_SECRET,
            # So that a service whose address people type can be connected in the sandbox, too.
            "ARALDO_FETCH__ALLOW": ",".join([*settings.fetch.allow, f"127.0.0.1:{settings.sandbox_port}"]),
        }

    def run(self) -> int:
        """Run until Ctrl-C, SIGTERM or the end of every process; stop what is left and return the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _request_stop)
        try:
            self._start_all()
            self._wait_for_exit()
        except StopRequested:
            pass
        except DemoFailed as failure:
            print_error(failure.message)
            return 1
        finally:
            self._stop_all()
        return 0

    def _start_all(self) -> None:
        data_dir = self._settings.data_dir.absolute()
        make_private_folder(data_dir)
        make_private_folder(data_dir / "logs")
        print_message(Message("run.starting"), path=data_dir / "logs")
        port = str(self._settings.sandbox_port)
        self._start("sandbox", "sandbox", "--port", port, "--data-dir", str(data_dir / "sandbox"))
        self._start("araldo up", "up")
        self._wait_until_up(f"{self._sandbox_url}/_sandbox/settings", self._processes[0])
        self._wait_until_up(f"{self._url}/api/v1/health", self._processes[1])
        key = self._load_or_create_key(data_dir / "demo-api-key")
        self._connect_accounts(key)
        self._print_summary(key)

    def _start(self, name: str, *words: str) -> None:
        log = self._settings.data_dir.absolute() / "logs" / f"{words[0]}.log"
        command = [sys.executable, "-m", "araldo", *words]
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C reaches a whole process group; each child is to be stopped by us, once, in order.
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self._processes.append(DemoProcess(name, command, log, process))

    def _wait_until_up(self, url: str, child: DemoProcess) -> None:
        give_up = time.monotonic() + _START_S
        while time.monotonic() < give_up:
            if child.process.poll() is not None:
                break
            with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310 - ours
                return
            time.sleep(0.1)
        last = "\n".join(child.log.read_text(errors="replace").splitlines()[-15:])
        raise DemoFailed(Message("run.not_started", {"name": child.name, "log": child.log, "last": last}))

    def _load_or_create_key(self, path: Path) -> str:
        """Return the demo's API key, stored in the data folder so that every start prints the same one."""
        if path.exists():
            key = path.read_text().strip()
            with suppress(urllib.error.HTTPError):
                self._call_api("GET", "/api/v1/accounts", key)
                return key
        key = self._run_command("keys", "create", "--name", "demo").strip()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            os.fchmod(descriptor, 0o600)
            file.write(key + "\n")
        return key

    def _connect_accounts(self, key: str) -> None:
        accounts = self._call_api("GET", "/api/v1/accounts", key)["data"]
        if accounts and all(account["health"] == "ok" for account in accounts):
            return
        minted = _send_request("POST", f"{self._sandbox_url}/_sandbox/tokens", {"type": "user_long"})
        self._run_command("connect", "meta", "--method", "token", stdin=minted["access_token"] + "\n")

    def _print_summary(self, key: str) -> None:
        page = self._call_api("GET", "/api/v1/social/posts?limit=1", key)
        if not page["data"]:
            print_message(Message("run.publishing"))
            answer = self._call_api(
                "POST", "/api/v1/social/create-multi-platform-post", key, _EXAMPLE, {"Idempotency-Key": "araldo-demo"}
            )
            self._print_links(answer)
        print_message(Message("run.viewer"), url=self._sandbox_url)
        print_message(Message("run.key"), key=key, path=self._settings.data_dir / "demo-api-key")
        print_message(Message("run.curl"), curl=self._curl_example(key))
        print_message(Message("cli.sign_in"), url=self._run_command("users", "link").strip())
        print_message(Message("run.ready"), url=self._url)

    def _print_links(self, answer: Mapping[str, Any]) -> None:
        if answer["status"] != "published":
            raise DemoFailed(
                Message("run.example_failed", {"status": answer["status"], "answer": json.dumps(answer, indent=2)})
            )
        for result in answer["platforms"]:
            print_message(Message("run.link"), name=result["platform"], url=result["post_url"])

    def _curl_example(self, key: str) -> str:
        body = json.dumps(_TRY, ensure_ascii=False, separators=(",", ":"))
        return (
            f"curl -X POST {self._url}/api/v1/social/create-multi-platform-post"
            f' -H "Content-Type: application/json" -H "Authorization: Bearer {key}" -d {shlex.quote(body)}'
        )

    def _run_command(self, *words: str, stdin: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "-m", "araldo", *words],
            env=self._environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_START_S,
            check=False,
        )
        if done.returncode != 0:
            raise DemoFailed(
                Message("run.command_failed", {"command": f"araldo {words[0]} {words[1]}", "why": done.stderr.strip()})
            )
        return done.stdout

    def _call_api(
        self, method: str, path: str, key: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        return _send_request(method, self._url + path, body, {"Authorization": f"Bearer {key}", **(headers or {})})

    def _wait_for_exit(self) -> None:
        """Report each process that ends, with the command that starts it again; return when all have ended."""
        running = list(self._processes)
        while running:
            for child in list(running):
                status = child.process.poll()
                if status is not None:
                    running.remove(child)
                    print_error(
                        Message("run.process_ended"),
                        name=child.name,
                        status=status,
                        command=shlex.join(child.command),
                        log=child.log,
                    )
            time.sleep(0.3)

    def _stop_all(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        # Araldo before the sandbox, so that requests in flight can still arrive.
        for child in reversed(self._processes):
            if child.process.poll() is None:
                child.process.terminate()
                try:
                    child.process.wait(_STOP_S)
                except subprocess.TimeoutExpired:
                    child.process.kill()
                    child.process.wait()


class DemoFailed(Exception):
    def __init__(self, message: Message) -> None:
        super().__init__(message.to(DEFAULT_LANGUAGE))
        self.message = message


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    raise StopRequested


def _die_with_parent() -> None:
    """On Linux, have the kernel stop this child when its parent is killed; elsewhere do nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _send_request(method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - loopback, built by us
        url, data, {"Content-Type": "application/json", **(headers or {})}, method=method
    )
    with urllib.request.urlopen(request, timeout=90) as answer:  # noqa: S310 - as above
        reader: IO[bytes] = answer
        return json.load(reader)
