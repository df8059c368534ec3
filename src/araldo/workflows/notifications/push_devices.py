"""Manage the browsers that a person gets push notifications in: add, list, remove and test them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from araldo.clock import Clock
from araldo.errors import Conflict, PostInvalid, Problem, Rejected
from araldo.http import Http
from araldo.messages import Message
from araldo.notify import push_store
from araldo.notify.push_encryption import PushSubscription, decode_base64url, is_auth_secret, parse_public_key
from araldo.notify.push_keys import ensure_key_pair, is_key_pair_lost, replace_lost_key_pair
from araldo.notify.push_models import DEVICES_MAX, TEST, PushDevice, PushMessage, dump_subscription
from araldo.storage.database import Database, Transaction, new_id
from araldo.storage.vault import Vault
from araldo.workflows.notifications.push_delivery import PushResult, PushSender
from araldo.workspaces.users import Session

# Longer than the one attempt of a test can take.
_TEST_LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A browser's `PushSubscription`, not yet validated; the keys in base64url."""

    endpoint: str
    p256dh: str
    auth: str


class PushDevices:
    """Manages the devices of the session's person in the session's workspace."""

    def __init__(self, *, database: Database, clock: Clock, vault: Vault, http: Http, sender: PushSender) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._http = http
        self._sender = sender

    async def read_public_key(self) -> str:
        """Return the public key that a browser subscribes with, in base64url.

        A key pair that the vault cannot open any more is replaced first, so that somebody who switches notifications on
        gets some.
        """
        await ensure_key_pair(self._database, self._vault)
        pair = await self._database.read(push_store.find_key_pair)
        if is_key_pair_lost(self._vault, pair):
            await self._database.write(lambda transaction: replace_lost_key_pair(transaction, self._vault))
            pair = await self._database.read(push_store.find_key_pair)
        assert pair is not None
        return pair[0]

    async def add(self, session: Session, given: NewSubscription) -> PushDevice:
        """Store a browser, once in each workspace however often it subscribes. Raises PostInvalid, Conflict."""
        subscription = self._parse(given)
        now = self._clock.now()
        device = PushDevice(
            id=new_id("dev"),
            workspace_id=session.workspace.id,
            member_id=session.member_id,
            session_id=session.id,
            endpoint_hash=hashlib.sha256(subscription.endpoint.encode()).hexdigest(),
            subscription=self._vault.seal(dump_subscription(subscription)),
            created_at=now,
        )

        def in_transaction(transaction: Transaction) -> PushDevice:
            saved = push_store.save_device(transaction, device)
            if push_store.count_devices(transaction, session.member_id) > DEVICES_MAX:
                raise Conflict(Message("push.too_many_devices", {"count": DEVICES_MAX}), code="too_many_devices")
            return saved

        return await self._database.write(in_transaction)

    async def list_all(self, session: Session) -> list[tuple[PushDevice, str]]:
        """Return the person's devices in this workspace, each with its browser's user agent."""
        return await self._database.read(lambda transaction: push_store.list_devices(transaction, session.member_id))

    async def remove(self, session: Session, device_id: str) -> None:
        """Raises NotFound."""

        def in_transaction(transaction: Transaction) -> None:
            push_store.get_device(transaction, session.member_id, device_id)
            push_store.delete_device(transaction, device_id)

        await self._database.write(in_transaction)

    async def send_test(self, session: Session, device_id: str) -> PushResult:
        """Send one message now and return the result; a device that is gone is deleted. Raises NotFound."""
        now = self._clock.now()

        def in_transaction(transaction: Transaction) -> PushMessage:
            device = push_store.get_device(transaction, session.member_id, device_id)
            message = push_store.new_message(device, TEST, now=now, send_at=now, event_ids=[])
            leased = replace(message, lease_owner=secrets.token_hex(8), lease_until=now + _TEST_LEASE)
            push_store.add_message(transaction, leased)
            return leased

        return await self._sender.attempt(await self._database.write(in_transaction))

    def _parse(self, given: NewSubscription) -> PushSubscription:
        """Raises PostInvalid, with each problem."""
        problems, keys = [], dict[str, bytes]()
        try:
            self._http.validate_untrusted_https(given.endpoint)
        except Rejected as refused:
            problems.append(Problem("/endpoint", refused.code, refused.message))
        for name, text in (("p256dh", given.p256dh), ("auth", given.auth)):
            try:
                keys[name] = decode_base64url(text)
                _require_key(name, keys[name])
            except ValueError:
                problems.append(Problem(f"/keys/{name}", "key_invalid", Message("push.key_invalid")))
        if problems:
            raise PostInvalid(problems)
        return PushSubscription(given.endpoint, keys["p256dh"], keys["auth"])


def _require_key(name: str, key: bytes) -> None:
    """Raise ValueError for a key of the wrong length, and for a public key that is no point of the curve."""
    if name == "p256dh":
        parse_public_key(key)
    elif not is_auth_secret(key):
        raise ValueError("not 16 bytes")
