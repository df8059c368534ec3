"""The audit log in both databases: actor, order, workspace, pruning."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from araldo.storage.database import Database
from araldo.storage.local_blobs import LocalBlobs
from araldo.workflows.maintenance.housekeeping import Housekeeping
from araldo.workflows.maintenance.retention import Retention
from araldo.workspaces import audit_store
from araldo.workspaces.audit import Actor, ActorKind, AuditAction, current_actor
from araldo.workspaces.audit_store import AuditFilter
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction

KEY = Actor(ActorKind.KEY, "key_1", "Blog", "192.0.2.1")


async def test_an_entry_has_the_current_actor_and_is_part_of_the_transaction(
    database: Database, clock: FakeClock
) -> None:
    token = current_actor.set(KEY)
    try:
        with open_transaction(database) as transaction:
            audit_store.record(
                transaction,
                AuditAction.KEY_CREATED,
                workspace_id="ws_1",
                at=clock.now(),
                target="key_2",
                target_name="x" * 300,
            )
        try:
            with open_transaction(database) as transaction:
                audit_store.record(transaction, AuditAction.KEY_REVOKED, workspace_id="ws_1", at=clock.now())
                raise RuntimeError("the act failed")
        except RuntimeError:
            pass
    finally:
        current_actor.reset(token)
    with open_transaction(database) as transaction:
        clock.advance(1)
        audit_store.record(transaction, AuditAction.KEY_REVOKED, workspace_id="ws_2", at=clock.now())
        found, following = audit_store.list_entries(transaction, AuditFilter(), limit=10)
    assert [(one.action, one.actor) for one in found] == [
        (AuditAction.KEY_REVOKED, Actor(ActorKind.SYSTEM)),
        (AuditAction.KEY_CREATED, KEY),
    ]
    assert (found[1].target, found[1].target_name, following) == ("key_2", "x" * 200, None)


async def test_a_publication_is_recorded_for_the_last_requester(database: Database, clock: FakeClock) -> None:
    other = Actor(ActorKind.USER, "usr_1", "Bruna", "192.0.2.2")
    with open_transaction(database) as transaction:
        for actor in (KEY, other):
            clock.advance(1)
            audit_store.record(
                transaction,
                AuditAction.PUBLISH_REQUESTED,
                workspace_id="ws_1",
                at=clock.now(),
                target="post_1",
                actor=actor,
            )
        clock.advance(1)
        for workspace, post in (("ws_1", "post_1"), ("ws_1", "post_2"), ("ws_2", "post_1")):
            audit_store.record_published(
                transaction, workspace_id=workspace, post_id=post, platform="wall", at=clock.now()
            )
        published = AuditFilter(actions=[AuditAction.PUBLISHED])
        found, _ = audit_store.list_entries(transaction, published, limit=10)
    by = {(one.workspace_id, one.target): one.actor for one in found}
    nobody = Actor(ActorKind.SYSTEM)
    assert by == {("ws_1", "post_1"): other, ("ws_1", "post_2"): nobody, ("ws_2", "post_1"): nobody}


async def test_old_entries_are_pruned_and_the_rest_is_filtered(database: Database, clock: FakeClock) -> None:
    with open_transaction(database) as transaction:
        for number in range(6):
            actor = KEY if number % 2 else Actor(ActorKind.USER, "usr_1", "Bruna")
            audit_store.record(
                transaction,
                AuditAction.SIGNED_IN,
                workspace_id="ws_1" if number < 5 else None,
                at=clock.now(),
                target=str(number),
                actor=actor,
            )
            clock.advance(3600)
        assert audit_store.prune(transaction, clock.now() - timedelta(hours=4), 99) == 2
        everything, _ = audit_store.list_entries(transaction, AuditFilter(), limit=10)
        assert [one.target for one in everything] == ["5", "4", "3", "2"]
        for wanted, targets in (
            (AuditFilter(workspace_id="ws_1"), ["4", "3", "2"]),
            (AuditFilter(actor="Blog"), ["5", "3"]),
            (AuditFilter(actor="usr_1"), ["4", "2"]),
            (AuditFilter(target="3"), ["3"]),
            (AuditFilter(since=clock.now() - timedelta(hours=2)), ["5", "4"]),
            (AuditFilter(actions=[AuditAction.PUBLISHED]), []),
        ):
            found, _ = audit_store.list_entries(transaction, wanted, limit=10)
            assert [one.target for one in found] == targets, wanted
        first, following = audit_store.list_entries(transaction, AuditFilter(), limit=3)
        rest, end = audit_store.list_entries(transaction, AuditFilter(), limit=3, cursor=following)
    assert ([one.target for one in [*first, *rest]], end) == (["5", "4", "3", "2"], None)


async def test_housekeeping_keeps_entries_as_long_as_it_is_told(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    blobs, retention = LocalBlobs(tmp_path / "blobs"), Retention(audit=timedelta(days=2))
    keeper = Housekeeping(database=database, clock=clock, blobs=blobs, retention=retention)
    for name in ("old", "young"):
        with open_transaction(database) as transaction:
            audit_store.record(
                transaction, AuditAction.SIGNED_IN, workspace_id=None, at=clock.now(), target=name, actor=KEY
            )
        clock.advance(30 * 3600)
    await keeper.purge()
    with open_reading(database) as transaction:
        found, _ = audit_store.list_entries(transaction, AuditFilter(), limit=10)
    assert [one.target for one in found] == ["young"]
