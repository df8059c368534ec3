"""Inject a fault of this machine while posts fall due and clients keep sending requests until they are accepted."""

from __future__ import annotations

import random
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from itertools import count

from tests.chaos.local_faults import disk_full, no_descriptors, postgres_locked, sqlite_locked
from tests.chaos.system import CampaignSystem
from tests.support.running_system import ask
from tests.support.waiting import until

DISK, DESCRIPTORS, LOCK = "the disk is full", "no descriptor is free", "the database is locked"
# How long each is held, in seconds, from and to.
DURATIONS_S = {DISK: (4.0, 9.0), DESCRIPTORS: (4.0, 9.0), LOCK: (20.0, 20.0)}
# A scheduled post is asked for so long before its time, and has its picture made ahead.
_LEAD_S = 12.0
_GIVE_UP_S, _TAKEN_WITHIN_S = 400.0, 15.0
_PAUSE_S, _NO_ANSWER_S = 0.3, 10.0
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class ClientPost:
    """A post whose request a client repeated until it was accepted."""

    content: str
    platforms: tuple[str, ...]
    post_id: str
    tries: int


class UnexpectedAnswer(Exception):
    """An answer that a client does not expect during a passing fault."""


class FaultInjection:
    """Injects one fault, in a thread of its own; `rng` decides when and for how long."""

    def __init__(self, system: CampaignSystem, kind: str, rng: random.Random) -> None:
        self.kind = kind
        # From when to when it was held.
        self.window: tuple[datetime, datetime] | None = None
        self._system = system
        self._rng = rng
        self._clients = ThreadPoolExecutor(4, thread_name_prefix="client")
        self._client_posts: list[Future[ClientPost]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=kind)
        self._held: Future[None] | None = None

    def start(self) -> None:
        self._held = self._thread.submit(self._inject_fault)

    @property
    def active(self) -> bool:
        return self._held is not None and not self._held.done()

    def client_posts(self) -> list[ClientPost]:
        """Wait until all requests of the clients are accepted and return them. Raises the first error of a thread."""
        if self._held is not None:
            self._held.result()
        self._thread.shutdown()
        self._clients.shutdown()
        return [order.result() for order in self._client_posts]

    def _inject_fault(self) -> None:
        until(lambda: self._system.server is not None and self._system.server.is_ready, within_s=120)
        self._client_posts.append(self._clients.submit(self._schedule))
        # Not for ever: where the first try is killed, the server takes it for still at work for a while.
        wait(self._client_posts, timeout=_TAKEN_WITHIN_S)
        # The fault may come before the picture is made, while it is, or shortly before the post is due.
        time.sleep(self._rng.uniform(0.0, 0.8 * _LEAD_S))  # a moment drawn by rng; nothing is waited for
        seconds = self._rng.uniform(*DURATIONS_S[self.kind])
        before_s = self._rng.uniform(0.2, seconds - 1)
        with inject(self.kind, self._system):
            began = datetime.now(UTC)
            time.sleep(before_s)  # how long the fault lasts before the client asks
            self._client_posts.append(self._clients.submit(self._publish_now))
            time.sleep(seconds - before_s)  # and how long after it
            self.window = (began, datetime.now(UTC))

    def _schedule(self) -> ClientPost:
        while True:
            due = datetime.now(UTC) + timedelta(seconds=_LEAD_S)
            try:
                return self._ask({"schedule_time": due.isoformat()}, self._system.service.platforms)
            except UnexpectedAnswer:
                # Its time came before anybody took it: a person would choose another one.
                if datetime.now(UTC) < due:
                    raise

    def _publish_now(self) -> ClientPost:
        if self._rng.random() < 0.3:
            return self._ask({"publish_immediately": True, "pictures": 3}, self._system.service.carousel_platforms)
        return self._ask({"publish_immediately": True}, self._system.service.platforms)

    def _ask(self, how: dict[str, object], platforms: tuple[str, ...]) -> ClientPost:
        """Send a request again with the same Idempotency-Key until it is accepted, as docs/api.md advises."""
        number = next(_numbers)
        body = {"content": f"Cliente {number}: ogni cosa una volta sola", "platforms": platforms, **how}
        url = f"http://127.0.0.1:{self._system.settings.port}/api/v1/social/create-multi-platform-post?wait=0"
        headers = {"Authorization": f"Bearer {self._system.key}", "Idempotency-Key": f"client-{number}"}
        give_up = time.monotonic() + _GIVE_UP_S
        for tries in count(1):
            pause_s = _PAUSE_S
            try:
                reply = ask("POST", url, body, headers, within_s=_NO_ANSWER_S)
            except (OSError, HTTPException):
                # Killed, or out of descriptors for another connection.
                pass
            else:
                if reply.status in {200, 202}:
                    return ClientPost(str(body["content"]), platforms, reply.body["job_id"], tries)
                later = reply.status == 503 and reply.body["code"] == "unavailable"
                if not later and reply.body["code"] != "idempotency_running":
                    raise UnexpectedAnswer(f"{reply.status} {reply.raw.decode()}")
                pause_s = float(reply.headers["retry-after"]) if later else _PAUSE_S
            if time.monotonic() > give_up:
                break
            time.sleep(pause_s)  # what Retry-After told the client to wait
        raise TimeoutError(f"nobody took {body}")


def inject(kind: str, system: CampaignSystem) -> AbstractContextManager[None]:
    """Inject the fault until the block ends."""
    if kind == DISK:
        return disk_full(system.settings.data_dir)
    if kind == DESCRIPTORS:
        return no_descriptors(system.ready_pid)
    if system.settings.database.url is None:
        return sqlite_locked(system.settings.data_dir / "araldo.db")
    return postgres_locked(system.settings.database.url.get_secret_value())
