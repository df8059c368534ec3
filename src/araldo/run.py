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

from araldo.console import complain, say
from araldo.errors import Sentence
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


class Stopped(Exception):
    pass


@dataclass(slots=True)
class Part:
    """One process of the demo, and how to start it again by hand."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes]


class Demo:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = settings.own_url
        self._sandbox_url = f"http://127.0.0.1:{settings.sandbox_port}"
        self._parts: list[Part] = []
        self._environment = {
            **os.environ,
            "ARALDO_DATA_DIR": str(settings.data_dir.absolute()),
            "ARALDO_META__GRAPH_URL": self._sandbox_url,
            "ARALDO_META__APP_ID": _APP_ID,
            "ARALDO_META__APP_SECRET": _APP_SECRET,
        }

    def run(self) -> int:
        """Until Ctrl-C or SIGTERM, or until every part has ended; leaves no process behind."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        try:
            self._start_all()
            self._watch()
        except Stopped:
            pass
        except DemoFailed as failure:
            complain(failure.sentence)
            return 1
        finally:
            self._stop_all()
        return 0

    def _start_all(self) -> None:
        data_dir = self._settings.data_dir.absolute()
        make_private_folder(data_dir)
        make_private_folder(data_dir / "logs")
        say(_STARTING, path=data_dir / "logs")
        port = str(self._settings.sandbox_port)
        self._start("sandbox", "sandbox", "--port", port, "--data-dir", str(data_dir / "sandbox"))
        self._start("araldo up", "up")
        self._until_up(f"{self._sandbox_url}/_sandbox/settings", self._parts[0])
        self._until_up(f"{self._url}/api/v1/health", self._parts[1])
        key = self._key(data_dir / "demo-api-key")
        self._connect(key)
        self._show(key)

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
                # Ctrl-C reaches the whole group; each part is to be stopped by us, once, in order.
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self._parts.append(Part(name, command, log, process))

    def _until_up(self, url: str, part: Part) -> None:
        give_up = time.monotonic() + _START_S
        while time.monotonic() < give_up:
            if part.process.poll() is not None:
                break
            with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310 - ours
                return
            time.sleep(0.1)
        last = "\n".join(part.log.read_text(errors="replace").splitlines()[-15:])
        raise DemoFailed(_NOT_UP.with_(name=part.name, log=part.log, last=last))

    def _key(self, path: Path) -> str:
        """The demo's key, kept beside its data so that every start prints the same one."""
        if path.exists():
            key = path.read_text().strip()
            with suppress(urllib.error.HTTPError):
                self._ask("GET", "/api/v1/accounts", key)
                return key
        key = self._command("keys", "create", "--name", "demo").strip()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            os.fchmod(descriptor, 0o600)
            file.write(key + "\n")
        return key

    def _connect(self, key: str) -> None:
        accounts = self._ask("GET", "/api/v1/accounts", key)["data"]
        if accounts and all(account["health"] == "ok" for account in accounts):
            return
        minted = _call("POST", f"{self._sandbox_url}/_sandbox/tokens", {"type": "user_long"})
        self._command("connect", "meta", "--user-token", "-", given=minted["access_token"])

    def _show(self, key: str) -> None:
        page = self._ask("GET", "/api/v1/social/posts?limit=1", key)
        if not page["data"]:
            say(_PUBLISHING)
            answer = self._ask(
                "POST", "/api/v1/social/create-multi-platform-post", key, _EXAMPLE, {"Idempotency-Key": "araldo-demo"}
            )
            self._show_links(answer)
        say(_VIEWER, url=self._sandbox_url)
        say(_KEY, key=key, path=self._settings.data_dir / "demo-api-key")
        say(_CURL, curl=self._curl(key))
        say(_SIGN_IN, url=self._command("users", "link").strip())
        say(Sentence("Ready: {url}", "Ready: {url}"), url=self._url)

    def _show_links(self, answer: Mapping[str, Any]) -> None:
        if answer["status"] != "published":
            raise DemoFailed(_EXAMPLE_FAILED.with_(status=answer["status"], answer=json.dumps(answer, indent=2)))
        for result in answer["platforms"]:
            say(
                Sentence("  {name:}: {url}", "  {name:}: {url}").with_(**{"name:": result["platform"]}),
                url=result["post_url"],
            )

    def _curl(self, key: str) -> str:
        body = json.dumps(_TRY, ensure_ascii=False, separators=(",", ":"))
        return (
            f"curl -X POST {self._url}/api/v1/social/create-multi-platform-post"
            f' -H "Content-Type: application/json" -H "Authorization: Bearer {key}" -d {shlex.quote(body)}'
        )

    def _command(self, *words: str, given: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "-m", "araldo", *words],
            env=self._environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=_START_S,
            check=False,
        )
        if done.returncode != 0:
            raise DemoFailed(_COMMAND_FAILED.with_(command=f"araldo {words[0]} {words[1]}", why=done.stderr.strip()))
        return done.stdout

    def _ask(
        self, method: str, path: str, key: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        return _call(method, self._url + path, body, {"Authorization": f"Bearer {key}", **(headers or {})})

    def _watch(self) -> None:
        """A part that ends by itself is told of and can be started again by hand; the others go on."""
        running = list(self._parts)
        while running:
            for part in list(running):
                status = part.process.poll()
                if status is not None:
                    running.remove(part)
                    complain(_ENDED, name=part.name, status=status, command=shlex.join(part.command), log=part.log)
            time.sleep(0.3)

    def _stop_all(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        # Araldo before the sandbox, so that what is on its way can still arrive.
        for part in reversed(self._parts):
            if part.process.poll() is None:
                part.process.terminate()
                try:
                    part.process.wait(_STOP_S)
                except subprocess.TimeoutExpired:
                    part.process.kill()
                    part.process.wait()


class DemoFailed(Exception):
    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _die_with_parent() -> None:
    """Linux ends the part when we are killed without a chance to stop it; elsewhere this does nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _call(method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - loopback, built by us
        url, data, {"Content-Type": "application/json", **(headers or {})}, method=method
    )
    with urllib.request.urlopen(request, timeout=90) as answer:  # noqa: S310 - as above
        reader: IO[bytes] = answer
        return json.load(reader)


_STARTING = Sentence(
    "Starting the sandbox and Araldo; their logs are in {path}.",
    "Avvio la sandbox e Araldo; i loro log sono in {path}.",
)
_PUBLISHING = Sentence("Publishing an example post to the sandbox:", "Pubblico un post di esempio nella sandbox:")
_VIEWER = Sentence(
    "The sandbox's feeds, as people see them: {url}", "I feed della sandbox, come li vede la gente: {url}"
)
_KEY = Sentence("API key (also in {path}): {key}", "Chiave API (anche in {path}): {key}")
_SIGN_IN = Sentence(
    "Sign in, once and within 15 minutes; `araldo users link` prints another link:\n\n{url}\n",
    "Accedi, una sola volta ed entro 15 minuti; `araldo users link` stampa un altro link:\n\n{url}\n",
)
_CURL = Sentence("Try it:\n\n{curl}\n", "Provalo:\n\n{curl}\n")
_NOT_UP = Sentence("{name} did not start. From {log}:\n{last}", "{name} non è partito. Da {log}:\n{last}")
_COMMAND_FAILED = Sentence("`{command}` failed: {why}", "`{command}` è fallito: {why}")
_EXAMPLE_FAILED = Sentence(
    "The example post ended as {status}:\n{answer}", "Il post di esempio è finito come {status}:\n{answer}"
)
_ENDED = Sentence(
    "{name} has ended (status {status}); the rest goes on. Its log: {log}. Start it again with:\n  {command}",
    "{name} è terminato (stato {status}); il resto continua. Il suo log: {log}. Riavvialo con:\n  {command}",
)
