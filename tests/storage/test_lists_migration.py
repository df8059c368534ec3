"""Posts and deliveries of an earlier version get their status, their place in lists and when they are due."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from araldo.clock import SystemClock
from araldo.storage.database import Database, migration_config
from tests.support.database import open_reading, open_transaction
from tests.support.statuses import wrong_statuses

_POSTS = {
    "post_none": (None, []),
    "post_scheduled": ("2031-02-01 10:00:00.000000", ["scheduled", "cancelled"]),
    "post_partial": ("2030-02-01 10:00:00.000000", ["published", "failed"]),
    "post_working": (None, ["publishing", "published"]),
}
_STATUSES = {
    "post_none": "draft",
    "post_scheduled": "scheduled",
    "post_partial": "partial",
    "post_working": "publishing",
}
_MADE = "2030-01-01 09:00:00.000000"


def _statements() -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = [
        (
            "INSERT INTO workspaces (id, name, language, zone, created_at) VALUES ('ws_1', '', 'it', 'UTC', :made)",
            {"made": _MADE},
        )
    ]
    for post_id, (due_at, states) in _POSTS.items():
        found.append(
            (
                "INSERT INTO posts (id, workspace_id, content, hashtags, image_prompt, image_style, image_provider,"
                " due_at, late_limit_s, rev, created_at, updated_at, search_id)"
                " VALUES (:id, 'ws_1', 'Ciao', '[]', '', '', 'auto', :due_at, 60, 1, :made, :made, :number)",
                {"id": post_id, "due_at": due_at, "made": _MADE, "number": len(found)},
            )
        )
        found += [
            (
                "INSERT INTO deliveries (id, workspace_id, post_id, platform, position, state, rev, fence, due_at,"
                " tries, prepares, open_attempts, picture_state, picture_origin, created_at, updated_at)"
                " VALUES (:id, 'ws_1', :post_id, :id, :number, :state, 1, 1, :due_at, 0, 0, 0, 'none', 'made',"
                " :made, :made)",
                {
                    "id": f"dlv_{post_id}_{number}",
                    "post_id": post_id,
                    "number": number,
                    "state": state,
                    "due_at": due_at,
                    "made": _MADE,
                },
            )
            for number, state in enumerate(states)
        ]
    return found


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_posts_of_an_earlier_version_are_listed_and_found_when_due(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("empty_postgres").replace("postgresql://", "postgresql+psycopg://")
    database = Database(url, SystemClock())
    with open_transaction(database) as transaction:
        command.upgrade(migration_config(transaction._connection), "0015")
    with open_transaction(database) as transaction:
        for statement, values in _statements():
            transaction.execute(text(statement), values)
    await database.migrate()
    with open_transaction(database) as transaction:
        statuses = {row.id: row.status for row in transaction.execute(text("SELECT id, status FROM posts"))}
        assert (statuses, wrong_statuses(transaction)) == (_STATUSES, {})
        listed = transaction.execute(text("SELECT id FROM posts ORDER BY listed_at DESC, id")).scalars().all()
        assert listed == ["post_scheduled", "post_partial", "post_none", "post_working"]
        due = transaction.execute(text("SELECT id FROM deliveries WHERE wake_at IS NOT NULL ORDER BY wake_at"))
        assert due.scalars().all() == ["dlv_post_working_0", "dlv_post_scheduled_0"]
        # The triggers are there too.
        transaction.execute(text("UPDATE deliveries SET state = 'published' WHERE state = 'publishing'"))
        assert wrong_statuses(transaction) == {}
    with open_reading(database) as transaction:
        working = text("SELECT status FROM posts WHERE id = 'post_working'")
        assert transaction.execute(working).scalar_one() == "published"
    await database.close()
