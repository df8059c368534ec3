"""Push notifications in the database: the key pair, people's browsers, and messages that are sent under a lease."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from araldo.errors import NotFound
from araldo.messages import Message
from araldo.notify.push_models import PushDevice, PushMessage, Recipient
from araldo.notify.queue_store import MessageQueue
from araldo.storage.database import Transaction, new_id
from araldo.storage.push_tables import push_devices, push_keys, push_messages
from araldo.storage.user_tables import members, sessions, users
from araldo.workspaces.roles import ROLE_PERMISSIONS, Role
from araldo.workspaces.users import chosen_language

_KEY_ID = "vapid"
_k, _d, _m = push_keys.c, push_devices.c, push_messages.c

queue = MessageQueue(push_messages, PushMessage)


def find_key_pair(transaction: Transaction) -> tuple[str, str] | None:
    """Return (public key, sealed private key); None before the first start has made them."""
    row = transaction.execute(select(_k.public_key, _k.private_key).where(_k.id == _KEY_ID)).one_or_none()
    return None if row is None else (row.public_key, row.private_key)


def add_key_pair(transaction: Transaction, public_key: str, sealed: str) -> None:
    """Store the key pair unless another process has stored one."""
    row = {"id": _KEY_ID, "public_key": public_key, "private_key": sealed, "created_at": transaction.now}
    try:
        with transaction.savepoint():
            transaction.execute(insert(push_keys).values(**row))
    except IntegrityError:
        pass


def replace_key_pair(transaction: Transaction, before: str, public_key: str, sealed: str) -> bool:
    """Replace the key pair with the public key `before` and delete every device, which only the old pair reaches.

    Return False when another process has replaced it.
    """
    done = transaction.execute(
        update(push_keys)
        .where(_k.id == _KEY_ID, _k.public_key == before)
        .values(public_key=public_key, private_key=sealed, created_at=transaction.now)
    )
    if done.rowcount:
        transaction.execute(delete(push_devices))
    return bool(done.rowcount)


def save_device(transaction: Transaction, device: PushDevice) -> PushDevice:
    """Store the device, in place of one that the same browser has in the workspace; return it as it is stored.

    The member's row is locked, so that a browser that subscribes twice at once becomes one device.
    """
    transaction.execute(select(members.c.id).where(members.c.id == device.member_id).with_for_update())
    same = (_d.workspace_id == device.workspace_id, _d.endpoint_hash == device.endpoint_hash)
    row = transaction.execute(select(push_devices).where(*same)).one_or_none()
    if row is None or row.member_id != device.member_id:
        # Another person's: the browser has changed hands.
        transaction.execute(delete(push_devices).where(*same))
        transaction.execute(insert(push_devices).values(**asdict(device)))
        return device
    kept = replace(device, id=row.id, created_at=row.created_at, last_sent_at=row.last_sent_at)
    transaction.execute(update(push_devices).where(_d.id == kept.id).values(**asdict(kept)))
    return kept


def count_devices(transaction: Transaction, member_id: str) -> int:
    return transaction.execute(
        select(func.count()).select_from(push_devices).where(_d.member_id == member_id)
    ).scalar_one()


def list_devices(transaction: Transaction, member_id: str) -> list[tuple[PushDevice, str]]:
    """Return the member's devices, the newest first, each with its browser's user agent."""
    rows = transaction.execute(
        select(push_devices, sessions.c.user_agent)
        .join(sessions, sessions.c.id == _d.session_id)
        .where(_d.member_id == member_id, sessions.c.expires_at > transaction.now)
        .order_by(_d.created_at.desc(), _d.id.desc())
    )
    return [(_device(row), row.user_agent) for row in rows]


def get_device(transaction: Transaction, member_id: str, device_id: str) -> PushDevice:
    """Return a device of the member. Raises NotFound, also for anybody else's."""
    rows = transaction.execute(select(push_devices).where(_d.id == device_id, _d.member_id == member_id))
    row = rows.one_or_none()
    if row is None:
        raise NotFound(Message("push.device_not_found"))
    return _device(row)


def delete_device(transaction: Transaction, device_id: str) -> None:
    """Delete a device and its messages."""
    transaction.execute(delete(push_devices).where(_d.id == device_id))


def record_result(transaction: Transaction, device_id: str, error: dict[str, Any] | None) -> None:
    """Store why the last message was not accepted; None: it was."""
    values: dict[str, Any] = {"error": error}
    if error is None:
        values["last_sent_at"] = transaction.now
    transaction.execute(update(push_devices).where(_d.id == device_id).values(**values))


def list_recipients(transaction: Transaction, workspace_ids: Collection[str]) -> list[Recipient]:
    """Return the devices of these workspaces' members whose sessions are valid."""
    rows = transaction.execute(_recipients(transaction.now).where(_d.workspace_id.in_(workspace_ids)))
    return [_recipient(row) for row in rows]


def find_recipient(transaction: Transaction, device_id: str) -> Recipient | None:
    """Return the device with its person; None when it, its session or its membership has ended."""
    row = transaction.execute(_recipients(transaction.now).where(_d.id == device_id)).one_or_none()
    return None if row is None else _recipient(row)


def add_event(
    transaction: Transaction, device: PushDevice, about: str, event_id: int, *, now: datetime, send_at: datetime
) -> None:
    """Add the event to the device's unsent message about the same object, or to a new one due at `send_at`."""
    if not queue.join(transaction, event_id, _m.device_id == device.id, _m.about == about):
        add_message(transaction, new_message(device, about, now=now, send_at=send_at, event_ids=[event_id]))


def new_message(
    device: PushDevice, about: str, *, now: datetime, send_at: datetime, event_ids: list[int]
) -> PushMessage:
    return PushMessage(
        id=new_id("push"),
        workspace_id=device.workspace_id,
        device_id=device.id,
        about=about,
        event_ids=event_ids,
        next_at=send_at,
        created_at=now,
        updated_at=now,
    )


def add_message(transaction: Transaction, message: PushMessage) -> None:
    transaction.execute(insert(push_messages).values(asdict(message)))


def list_due(transaction: Transaction, limit: int) -> list[str]:
    """Return the ids of the messages to send now, the longest due first."""
    due = select(_m.id).where(queue.is_due(transaction.now))
    return list(transaction.execute(due.order_by(_m.next_at, _m.id).limit(limit)).scalars())


def _recipients(now: datetime) -> Select[Any]:
    is_valid: ColumnElement[bool] = sessions.c.expires_at > now
    return (
        select(push_devices, users.c.name.label("user_name"), users.c.language.label("user_language"), members.c.role)
        .join(members, members.c.id == _d.member_id)
        .join(users, users.c.id == members.c.user_id)
        .join(sessions, sessions.c.id == _d.session_id)
        .where(is_valid)
    )


def _recipient(row: Row[Any]) -> Recipient:
    permissions = ROLE_PERMISSIONS[Role(row.role)]
    return Recipient(_device(row), row.user_name, chosen_language(row.user_language), permissions)


def _device(row: Row[Any]) -> PushDevice:
    return PushDevice(
        id=row.id,
        workspace_id=row.workspace_id,
        member_id=row.member_id,
        session_id=row.session_id,
        endpoint_hash=row.endpoint_hash,
        subscription=row.subscription,
        error=row.error,
        created_at=row.created_at,
        last_sent_at=row.last_sent_at,
    )
