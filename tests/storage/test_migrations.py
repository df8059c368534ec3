"""The migrations create exactly the schema on both databases, and can be applied twice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from tools.new_database import dump_database, migrated_dump

from araldo.clock import SystemClock
from araldo.pictures import history_store
from araldo.pictures.models import CustomSource, DeliveryPicture, PictureOptions, PictureState, SlidePicture
from araldo.posts import store as post_store
from araldo.storage import upgrade
from araldo.storage.brand_tables import metadata
from araldo.storage.database import Database, migration_config
from araldo.storage.schema_revision import MIGRATION_LOCK
from araldo.storage.upgrade import NEW_DATABASE, upgrade_schema
from tests.support.database import open_reading, open_transaction
from tests.support.waiting import until


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_name": _is_ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_ours(name: str | None, _kind: str, _parents: object) -> bool:
    """Ignore the full-text index, FTS5 tables or an expression index, and the job queue's tables."""
    return not str(name).startswith(("posts_search", "procrastinate_", "job_queue_"))


async def test_schema_has_not_drifted(database: Database) -> None:
    with open_reading(database) as transaction:
        assert _differences(transaction._connection) == []


def test_migrations_form_one_chain_in_the_order_of_their_names() -> None:
    """A start compares the newest name with what is applied, and skips Alembic when they agree."""
    scripts = list(ScriptDirectory.from_config(migration_config()).walk_revisions())
    assert [script.revision for script in scripts] == sorted((script.revision for script in scripts), reverse=True)
    assert [script.down_revision for script in scripts] == [*(script.revision for script in scripts[1:]), None]


def test_a_new_sqlite_database_is_what_all_migrations_make(tmp_path: Path) -> None:
    migrated = migrated_dump()
    assert migrated == NEW_DATABASE.read_text(), "run make new-database"
    engine = create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.begin() as connection:
        upgrade_schema(connection)
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "new.db")) as opened:
        assert dump_database(opened) == migrated


async def test_a_new_database_that_fails_half_way_is_left_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.sql"
    broken.write_text(NEW_DATABASE.read_text().replace('INTO "alembic_version"', 'INTO "nowhere"'))
    monkeypatch.setattr(upgrade, "NEW_DATABASE", broken)
    database = Database(f"sqlite:///{tmp_path / 'new.db'}", SystemClock())
    with pytest.raises(OperationalError, match="nowhere"):
        await database.migrate()
    monkeypatch.undo()
    await database.migrate()
    assert await database.is_migrated()
    await database.close()


async def test_migrating_again_changes_nothing(database: Database) -> None:
    await database.migrate()
    with open_reading(database) as transaction:
        assert _differences(transaction._connection) == []


async def test_a_process_waits_for_the_long_migration_of_another(empty_postgres: str) -> None:
    """On large tables a migration takes longer than a write may wait for a lock."""
    url = empty_postgres.replace("postgresql://", "postgresql+psycopg://")
    first, second = Database(url, SystemClock()), Database(url, SystemClock(), lock_timeout_s=0.05)
    long_wait = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND waitstart < clock_timestamp() - interval '0.2 s'"
    )
    with open_transaction(first) as migrating:
        migrating.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        waiting = asyncio.create_task(second.migrate())
        await asyncio.to_thread(until, lambda: waiting.done() or migrating.execute(long_wait).scalar_one())
    await waiting
    with open_reading(second) as transaction:
        assert _differences(transaction._connection) == []
    await first.close()
    await second.close()


_BEFORE_USERS = (
    "INSERT INTO workspaces VALUES ('ws_1', 'Araldo', 'it', 'Europe/Rome', '2030-01-01')",
    "INSERT INTO api_keys (id, workspace_id, name, prefix, hash, scopes, created_at)"
    " VALUES ('key_1', 'ws_1', '', 'ara_', 'h', '[]', '2030-01-01')",
    "INSERT INTO connections (id, workspace_id, api_key_id, service, status, created_at, expires_at)"
    " VALUES ('con_1', 'ws_1', 'key_1', 'meta', 'begun', '2030-01-01', '2030-01-02')",
    "INSERT INTO idempotency (api_key_id, route, key, body_hash, created_at)"
    " VALUES ('key_1', '/posts', 'k', 'b', '2030-01-01')",
)


_NOTES, _OPTIONS = '{"provider": "offline"}', '{"variant": 2, "later": 1}'
_GIVEN = '{"notes": [], "given": {"media_id": "med_made", "crop": {"x": 0, "y": 0, "w": 1, "h": 0.5}, "focal": null}}'
_READY_SLIDE = '{"state": "ready", "digest": "s", "medium_id": "med_slide", "notes": {}}'
_FAILED_SLIDE = '{"state": "failed", "digest": "t", "error": {"code": "x"}}'
# State, medium, digest, origin, notes, alt text, options and slides, by delivery.
_PICTURES_BEFORE = {
    "none": "'none', NULL, NULL, 'made', NULL, NULL, NULL, NULL",
    "made": f"'ready', 'med_made', 'd', 'made', '{_NOTES}', 'Alt', '{_OPTIONS}', NULL",
    "given": f"'ready', 'med_given', NULL, 'given', '{_GIVEN}', NULL, NULL, NULL",
    "slides": f"'failed', 'med_slide', NULL, 'made', NULL, NULL, NULL, '[{_READY_SLIDE}, {_FAILED_SLIDE}]'",
}
_BEFORE_DELIVERY_PICTURES = (
    "INSERT INTO workspaces VALUES ('ws_1', 'Araldo', 'it', 'Europe/Rome', '2030-01-01', 'workspace')",
    "INSERT INTO posts (id, workspace_id, content, hashtags, image_prompt, image_style, image_provider, late_limit_s,"
    " rev, created_at, updated_at) VALUES ('post_1', 'ws_1', 'Ciao', '[]', '', 'bold', 'offline', 60, 1, '2030-01-01',"
    " '2030-01-01')",
    *(
        "INSERT INTO media (id, workspace_id, digest, mime, width, height, bytes, origin, alt, created_at)"
        f" VALUES ('{name}', 'ws_1', 'b', 'image/jpeg', 1, 1, 1, 'generated', '', '2030-01-01')"
        for name in ("med_made", "med_given", "med_slide")
    ),
    *(
        "INSERT INTO deliveries (id, workspace_id, post_id, platform, position, state, rev, fence, tries, prepares,"
        " open_attempts, picture_state, picture_media_id, picture_digest, picture_origin, picture_notes, picture_alt,"
        " picture_wish, pictures, created_at, updated_at) VALUES"
        f" ('{name}', 'ws_1', 'post_1', '{name}', {position}, 'scheduled', 1, 0, 0, 0, 0, {values}, '2030-01-01',"
        " '2030-01-01')"
        for position, (name, values) in enumerate(_PICTURES_BEFORE.items())
    ),
    "INSERT INTO attempts (id, workspace_id, delivery_id, number, fence, opened_at, send_before, asked)"
    " VALUES ('att_1', 'ws_1', 'made', 1, 1, '2030-01-01', '2030-01-01', '{}')",
    "INSERT INTO picture_history (delivery_id, medium_id, workspace_id, origin, notes, made_at, shown_at) VALUES"
    " ('made', 'med_given', 'ws_1', 'given', '{\"given\": {\"media_id\": \"med_made\"}}', '2030-01-01', '2030-01-01')",
)


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without a schema, on SQLite and on PostgreSQL."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_postgres").replace("postgresql://", "postgresql+psycopg://")
    opened = Database(url, SystemClock())
    yield opened
    await opened.close()


async def _migrate_filled(database: Database, revision: str, statements: Iterable[str]) -> None:
    """Fill the database at `revision`, then migrate it to this version."""
    with open_transaction(database) as transaction:
        command.upgrade(migration_config(transaction._connection), revision)
    with open_transaction(database) as transaction:
        for statement in statements:
            transaction.execute(text(statement))
    await database.migrate()


async def test_pictures_of_before_move_to_their_own_tables(empty_database: Database) -> None:
    await _migrate_filled(empty_database, "0015", _BEFORE_DELIVERY_PICTURES)
    with open_reading(empty_database) as transaction:
        view = post_store.get(transaction, "ws_1", "post_1")
        versions = history_store.of_delivery(transaction, "made")
        attempts = list(transaction.execute(text("SELECT id FROM attempts")).scalars())
        assert _differences(transaction._connection) == []
    assert view.post.design_seed is None
    assert {row.id: row.picture for row in view.deliveries} == {
        "none": DeliveryPicture(),
        "made": DeliveryPicture(
            PictureState.READY,
            "med_made",
            "d",
            notes={"provider": "offline"},
            alt="Alt",
            wish=PictureOptions(variant=2),
        ),
        "given": DeliveryPicture(
            PictureState.READY,
            "med_given",
            origin="given",
            source=CustomSource("med_made", {"x": 0, "y": 0, "w": 1, "h": 0.5}),
            notes={"notes": []},
        ),
        "slides": DeliveryPicture(
            PictureState.FAILED,
            "med_slide",
            slides=(
                SlidePicture(PictureState.READY, "s", "med_slide", notes={}),
                SlidePicture(PictureState.FAILED, "t", error={"code": "x"}),
            ),
        ),
    }
    assert [(version.source, version.notes) for version in versions] == [(CustomSource("med_made"), None)]
    # SQLite rebuilds the table of deliveries, and keeps what refers to it.
    assert attempts == ["att_1"]


async def test_connections_begun_before_users_existed_survive_the_migration(empty_database: Database) -> None:
    database = empty_database
    await _migrate_filled(database, "0006", _BEFORE_USERS)
    with open_reading(database) as transaction:
        kept = transaction.execute(text("SELECT caller_id, key FROM idempotency"))
        begun = transaction.execute(text("SELECT id, api_key_id, session_id FROM connections"))
        languages = transaction.execute(text("SELECT language, language_source FROM workspaces"))
        assert [tuple(row) for row in languages] == [("it", "workspace")]
        assert ([tuple(row) for row in kept], [tuple(row) for row in begun]) == (
            [("key_1", "k")],
            [("con_1", "key_1", None)],
        )


_SENT_POST = (
    "INSERT INTO workspaces (id, name, language, zone, created_at) VALUES ('ws_1', 'A', 'it', 'UTC', '2030-01-01')",
    "INSERT INTO accounts (id, workspace_id, kind, service, remote_id, name, is_default, health, token_expiry,"
    " created_at, connected_at)"
    " VALUES ('acc_1', 'ws_1', 'page', 'meta', '1', 'A', true, 'ok', 'never', '2030-01-01', '2030-01-01')",
    "INSERT INTO posts (id, workspace_id, content, hashtags, image_prompt, image_style, image_provider, late_limit_s,"
    " rev, created_at, updated_at)"
    " VALUES ('post_1', 'ws_1', 'Ciao', '[]', '', '', 'none', 1, 1, '2030-01-01', '2030-01-01')",
    "INSERT INTO media (id, workspace_id, digest, mime, width, height, bytes, origin, alt, created_at)"
    " VALUES ('med_1', 'ws_1', 'd', 'image/jpeg', 1, 1, 1, 'generated', '', '2030-01-01')",
    "INSERT INTO deliveries (id, workspace_id, post_id, account_id, platform, position, state, rev, fence, tries,"
    " prepares, open_attempts, picture_state, picture_origin, created_at, updated_at)"
    " VALUES ('del_1', 'ws_1', 'post_1', 'acc_1', 'facebook', 0, 'unconfirmed', 1, 1, 0, 1, 1, 'none', 'made',"
    " '2030-01-01', '2030-01-01')",
    "INSERT INTO attempts (id, workspace_id, delivery_id, number, fence, opened_at, send_before, asked)"
    " VALUES ('att_1', 'ws_1', 'del_1', 1, 1, '2030-01-01', '2030-01-01', '{}')",
    "INSERT INTO slide_media (delivery_id, medium_id) VALUES ('del_1', 'med_1')",
    "INSERT INTO picture_history (delivery_id, medium_id, workspace_id, origin, made_at, shown_at)"
    " VALUES ('del_1', 'med_1', 'ws_1', 'made', '2030-01-01', '2030-01-01')",
)
_ANOTHER_DELIVERY = (
    "INSERT INTO deliveries (id, workspace_id, post_id, account_id, platform, position, state, rev, fence, tries,"
    " prepares, open_attempts, picture_state, created_at, updated_at)"
    " SELECT '{id}', workspace_id, post_id, {account}, platform, 1, state, rev, fence, 0, 0, 0, 'none', created_at,"
    " updated_at FROM deliveries WHERE id = 'del_1'"
)


async def test_attempts_and_pictures_survive_the_migration_to_deliveries_per_account(
    empty_database: Database,
) -> None:
    await _migrate_filled(empty_database, "0015", _SENT_POST)
    with open_reading(empty_database) as transaction:
        for table in ("deliveries", "attempts", "slide_media", "picture_history"):
            assert transaction.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 1, table
        assert _differences(transaction._connection) == []


async def test_one_post_has_one_delivery_for_each_account_of_a_platform(empty_database: Database) -> None:
    await _migrate_filled(empty_database, "0017", _SENT_POST[:5])
    with open_transaction(empty_database) as transaction:
        transaction.execute(text(_ANOTHER_DELIVERY.format(id="del_2", account="NULL")))
    for account in ("'acc_1'", "NULL"):
        with pytest.raises(IntegrityError), open_transaction(empty_database) as transaction:
            transaction.execute(text(_ANOTHER_DELIVERY.format(id="del_3", account=account)))
