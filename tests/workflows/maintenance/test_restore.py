"""Restoring a backup: everything is back, on either database; what may have been published since is held back."""

from __future__ import annotations

import stat
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from cryptography.fernet import Fernet
from sqlalchemy import insert, select, text, update

from araldo.messages import message_in
from araldo.posts import store as post_store
from araldo.posts.models import Delivery, State
from araldo.storage import connections, idempotency
from araldo.storage import events as event_store
from araldo.storage.backup.errors import BackupDamaged, BackupFailed
from araldo.storage.backup.load import DatabaseInUse, DatabaseNotEmpty
from araldo.storage.database import Database, Transaction, migration_config
from araldo.storage.events import Event
from araldo.storage.idempotency import IdempotentRequest, StillRunning
from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.push_tables import push_devices, push_messages
from araldo.storage.schema import attempts, deliveries, mails, user_totp, webhook_deliveries, webhooks
from araldo.storage.user_tables import members, sessions
from araldo.storage.vault import Vault
from araldo.workflows.deliveries.claims import Claims
from araldo.workflows.deliveries.hold_back import hold_back_deliveries
from araldo.workflows.maintenance.backup import BackupWriter, ignore_progress
from araldo.workspaces import session_store, user_store
from tests.storage.test_upgrade import MADE, insert_rows, view
from tests.support.backups import KEY, BackupHarness, make_backup_harness, rewrite
from tests.support.clock import FakeClock
from tests.support.database import open_transaction
from tests.support.restores import OpenedDatabases, RestoreTarget, write_backup

HELD = {State.QUEUED, State.PREPARING, State.WAITING, State.PUBLISHING, State.NEEDS_RECONNECT, State.SCHEDULED}


async def states(database: Database, source: BackupHarness) -> dict[str, State]:
    rows = await database.read(read_deliveries)
    return {name: rows[row_id].state for name, row_id in source.deliveries.items()}


def read_deliveries(transaction: Transaction) -> dict[str, Delivery]:
    rows = post_store.deliveries_of(transaction, transaction.execute(select(deliveries)))
    return {row.id: row for row in rows}


async def test_all_rows_and_pictures_are_back_and_nothing_due_since_is_sent(
    source: BackupHarness, target: RestoreTarget, opened: OpenedDatabases, tmp_path: Path
) -> None:
    file = await write_backup(source, tmp_path)
    made_at = source.clock.now()
    source.clock.advance(2 * 3_600)
    result = await target.restore(file)
    restored = opened()
    await restored.migrate()
    assert result.held_back == 2
    assert await states(restored, source) == {
        "published": State.PUBLISHED,
        "unclear": State.UNCONFIRMED,
        "failed": State.FAILED,
        "draft": State.DRAFT,
        "due": State.UNCONFIRMED,
        "future": State.SCHEDULED,
    }
    before, after = await source.database.read(read_deliveries), await restored.read(read_deliveries)
    for name in ("published", "failed", "draft", "future"):
        assert after[source.deliveries[name]] == before[source.deliveries[name]]
    blobs = LocalBlobs(target.folder / "blobs")
    for digest in source.digests:
        assert await blobs.get(digest) == await source.blobs.get(digest)
    for name in ("due", "unclear"):
        row = after[source.deliveries[name]]
        said = message_in(row.error)
        assert said is not None
        assert said.to("en").startswith("Araldo was restored from a backup of ")
        assert row.may_be_decided
        events = await restored.read(partial(_events_of, post_id=row.post_id))
        assert (events[-1].kind, events[-1].data["error"]["code"]) == ("delivery.unconfirmed", "restored")
    # Only the future one is ever claimed, at its time.
    claims = Claims(restored, lease_s=15)
    due = made_at + timedelta(days=1)
    assert await claims.claim_due(9) == ([], due)
    source.clock.advance((due - source.clock.now()).total_seconds())
    claimed, following = await claims.claim_due(9)
    assert ([one.row.id for one in claimed], following) == ([source.deliveries["future"]], None)


async def test_open_attempts_stay_open_and_tickets_are_checked_before_a_retry(
    source: BackupHarness, target: RestoreTarget, opened: OpenedDatabases, tmp_path: Path
) -> None:
    with_ticket = await source.publisher.add()
    row = await source.publisher.row(with_ticket)
    ticket = {"text": "Ciao", "handles": ["h9"], "parts": [], "sent_since": None, "send_before": None, "sends": 0}
    await source.database.write(
        lambda tx: (
            tx.execute(
                update(deliveries)
                .where(deliveries.c.id == row.id)
                .values(state=State.WAITING, ticket=ticket | {"empty_read_at": None})
            ).rowcount
        )
    )
    made_at = source.clock.now()
    file = await write_backup(source, tmp_path)
    await target.restore(file)
    restored = opened()
    after = await restored.read(read_deliveries)
    unclear, waiting = after[source.deliveries["unclear"]], after[with_ticket]
    assert unclear.open_attempts == 1
    open_still = select(attempts.c.outcome).where(attempts.c.delivery_id == unclear.id)
    assert await restored.read(lambda tx: tx.execute(open_still).scalars().all()) == [None]
    assert waiting.ticket is not None
    assert (waiting.ticket["sends"], waiting.ticket["sent_since"]) == (1, made_at.isoformat())
    assert unclear.ticket is not None
    assert unclear.ticket["sends"] == 1


@pytest.mark.parametrize("state", sorted(HELD))
async def test_every_state_from_which_it_would_go_on_by_itself_is_held_back(
    database: Database, clock: FakeClock, tmp_path: Path, state: State
) -> None:
    harness = await make_backup_harness(database, clock, tmp_path)
    row_id = await harness.publisher.add(state=state, due_at=clock.now() - timedelta(seconds=1))
    with open_transaction(database, clock) as transaction:
        hold_back_deliveries(transaction, clock.now())
    row = await harness.publisher.row(row_id)
    assert row.state is State.UNCONFIRMED
    assert (row.lease_owner, row.next_at) == (None, None)
    assert (await harness.publisher.work(row_id)).state is State.UNCONFIRMED
    with open_transaction(database, clock) as transaction:
        assert hold_back_deliveries(transaction, clock.now()) == 0


async def test_a_clock_that_was_set_back_frees_nothing(database: Database, clock: FakeClock, tmp_path: Path) -> None:
    harness = await make_backup_harness(database, clock, tmp_path)
    with open_transaction(database, clock) as transaction:
        hold_back_deliveries(transaction, clock.now() + timedelta(hours=2))
    assert (await harness.publisher.row(harness.deliveries["due"])).state is State.UNCONFIRMED
    assert (await harness.publisher.row(harness.deliveries["future"])).state is State.SCHEDULED


def add_rows_of_a_running_system(transaction: Transaction, workspace_id: str, now: datetime) -> None:
    """Add a session, an unfinished request, a webhook with a message, a mail, a browser and a sealed second factor."""
    user = user_store.get_or_create_first(transaction, now)
    session_store.add(transaction, "hash", user.id, workspace_id, "", now)
    user_store.create_link(transaction, user.id, now)
    assert idempotency.begin(transaction, REQUEST, now) is None
    times = {"created_at": now, "updated_at": now}
    leased = {"lease_owner": "dead", "lease_until": now, "state": "pending", "attempts": 0, "next_at": now}
    of = {"workspace_id": workspace_id, **times}
    hook = {"id": "hook_1", "url": "https://x.example", "secret": "s", "active": True, "note": ""}
    message = {"id": "msg_1", "webhook_id": "hook_1", "type": "post.published", "body": "{}", "log": []}
    mail = {"id": "mail_1", "about": "post_1", "event_ids": [1]}
    totp = {"user_id": user.id, "secret": Vault([KEY]).seal("totp"), "last_step": 0, "created_at": now}
    transaction.execute(insert(webhooks).values(**hook, **of))
    transaction.execute(insert(webhook_deliveries).values(**message, **of, **leased))
    transaction.execute(insert(mails).values(**mail, **of, **leased))
    transaction.execute(insert(user_totp).values(**totp))
    member_id = transaction.execute(select(members.c.id)).scalars().first()
    session_id = transaction.execute(select(sessions.c.id)).scalar_one()
    browser = {"id": "dev_1", "workspace_id": workspace_id, "member_id": member_id, "session_id": session_id}
    sealed = Vault([KEY]).seal("{}")
    transaction.execute(
        insert(push_devices).values(**browser, endpoint_hash="hash", subscription=sealed, created_at=now)
    )
    push = {"id": "push_1", "device_id": "dev_1", "about": "post_1", "event_ids": [1]}
    transaction.execute(insert(push_messages).values(**push, **of, **leased))


REQUEST = IdempotentRequest("key_1", "/posts", "k", "body")


async def test_sessions_requests_mails_and_webhooks_of_the_lost_system(
    source: BackupHarness, target: RestoreTarget, opened: OpenedDatabases, tmp_path: Path
) -> None:
    workspace_id = source.publisher.workspace.id
    with open_transaction(source.database, source.clock) as transaction:
        add_rows_of_a_running_system(transaction, workspace_id, source.clock.now())
        last_id = event_store.newest_id(transaction)
    result = await target.restore(await write_backup(source, tmp_path))
    assert result.unsent_mails == 1
    restored = opened()
    with open_transaction(restored, source.clock) as transaction:
        for name in ("sessions", "sign_in_links", "connections", "push_devices", "push_messages"):
            assert transaction.execute(text(f"SELECT count(*) FROM {name}")).scalar() == 0
        # Whoever repeats the request gets 409.
        with pytest.raises(StillRunning):
            idempotency.begin(transaction, REQUEST, transaction.now)
        (message,) = transaction.execute(select(webhook_deliveries)).all()
        assert (message.state, message.lease_owner) == ("pending", None)
        (mail,) = transaction.execute(select(mails)).all()
        assert (mail.state, mail.error["key"]) == ("failed", "restore.mail_not_sent")
        # The events of the restore are told; those of before are not mailed again, and no id comes twice.
        query = text("SELECT position FROM outbox_consumers WHERE name = 'mail'")
        assert transaction.execute(query).scalar() in {-1, last_id}
        ids = [event.id for event in event_store.list_after(transaction, last_id, limit=99)]
        assert len(ids) == result.held_back
        assert ids[0] > last_id + 1_000_000


async def test_a_database_with_data_is_replaced_on_request_only(
    source: BackupHarness, target: RestoreTarget, opened: OpenedDatabases, tmp_path: Path
) -> None:
    file = await write_backup(source, tmp_path)
    await target.restore(file)
    with pytest.raises(DatabaseNotEmpty):
        await target.restore(file)
    await opened().write(lambda tx: tx.execute(text("UPDATE posts SET content = 'later'")).rowcount)
    await opened.close()
    await target.restore(file, replace=True)
    contents = select(text("DISTINCT content FROM posts"))
    assert await opened().read(lambda tx: tx.execute(contents).scalars().all()) == ["Ciao"]


async def test_a_restore_that_fails_half_way_leaves_the_database_as_it_was(
    source: BackupHarness, target: RestoreTarget, opened: OpenedDatabases, tmp_path: Path
) -> None:
    file = await write_backup(source, tmp_path)
    await target.restore(file)
    before = await states(opened(), source)

    def fail(_transaction: Transaction, _made_at: datetime) -> int:
        raise OSError(28, "No space left on device")

    # A server that runs on PostgreSQL would be in the way.
    await opened.close()
    failing = target.restorer
    failing._hold_back = fail
    with pytest.raises(BackupFailed, match="could not be restored: No space left on device"):
        await failing.restore(file, keys=[], replace=True, progress=ignore_progress)
    assert await states(opened(), source) == before
    assert [path.name for path in files_in(target.folder) if path.name.startswith(".araldo")] == []


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_damaged_file_is_refused_before_anything_is_written(
    source: BackupHarness, target: RestoreTarget, tmp_path: Path
) -> None:
    file = await write_backup(source, tmp_path)
    rewrite(file, lambda members: members.update({f"blobs/{source.digests[0]}": b"x"}))
    with pytest.raises(BackupDamaged):
        await target.restore(file)
    assert files_in(target.folder) == []


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
async def test_a_database_that_others_use_is_refused(
    source: BackupHarness, target: RestoreTarget, opened: OpenedDatabases, tmp_path: Path
) -> None:
    file = await write_backup(source, tmp_path)
    running = opened()
    assert await running.is_reachable()
    with pytest.raises(DatabaseInUse):
        await target.restore(file, replace=True)


async def test_keys_come_from_the_backup_or_beside_it(
    source: BackupHarness, target: RestoreTarget, tmp_path: Path
) -> None:
    with open_transaction(source.database, source.clock) as transaction:
        add_rows_of_a_running_system(transaction, source.publisher.workspace.id, source.clock.now())
    # The account's token and the webhook's secret were sealed with no key that is at hand.
    plain = await write_backup(source, tmp_path)
    assert (await target.restore(plain)).unreadable == 3
    assert not key_exists(target.folder)
    assert (await target.restore(plain, replace=True, keys=[KEY])).unreadable == 2
    (target.folder / "secret.key").write_text(f"{OTHER_KEY}\n")
    with_keys = tmp_path / "keys"
    with_keys.mkdir()
    file = await write_backup(source, with_keys, with_keys=True)
    assert (await target.restore(file, replace=True)).unreadable == 2
    assert key_lines(target.folder) == [KEY, OTHER_KEY]


OTHER_KEY = Fernet.generate_key().decode()


def key_exists(folder: Path) -> bool:
    return (folder / "secret.key").exists()


def key_lines(folder: Path) -> list[str]:
    path = folder / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text().split()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_backup_of_an_earlier_version_is_migrated(
    database: Database, target: RestoreTarget, opened: OpenedDatabases, clock: FakeClock, tmp_path: Path
) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.db'}", clock)
    with connections.begin(old._engine) as connection:
        command.upgrade(migration_config(connection), MADE["version"])
    with connections.begin(old._engine) as connection:
        insert_rows(connection)
    await old.close()
    clock.advance((datetime.fromisoformat(MADE_DUE) - clock.now()).total_seconds() - 3_600)
    writer = BackupWriter(url=old.url, blobs=LocalBlobs(tmp_path / "none"), clock=clock, keys=list)
    finished = await writer.write(tmp_path / "old.tar")
    assert finished.manifest.revision == MADE["version"]
    result = await target.restore(tmp_path / "old.tar")
    restored = opened()
    await restored.migrate()
    assert result.held_back == 0
    views = {name: await view(restored, name) for name in MADE["posts"]}
    assert {name: found.status for name, found in views.items()} == {name: name for name in views}
    assert await Claims(restored, lease_s=15).claim_due(9) == ([], datetime.fromisoformat(MADE_DUE))


MADE_DUE = "2031-06-01T07:30:00+00:00"


def _events_of(transaction: Transaction, post_id: str) -> list[Event]:
    return event_store.list_after(transaction, 0, limit=99, post_id=post_id)
