"""Drafts without an account, and words to search for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _number_what_is_there() -> None:
    posts = sa.table("posts", *(sa.column(name) for name in ("id", "content", "search_text", "search_id")))
    connection = op.get_bind()
    for number, (post_id, content) in enumerate(connection.execute(sa.select(posts.c.id, posts.c.content)).all(), 1):
        words = content.casefold()
        connection.execute(posts.update().where(posts.c.id == post_id).values(search_id=number, search_text=words))


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.alter_column("account_id", existing_type=sa.String(length=48), nullable=True)
    op.add_column("posts", sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
    op.add_column("posts", sa.Column("search_id", sa.BigInteger()))
    op.create_index(op.f("uq_posts_search_id"), "posts", ["search_id"], unique=True)
    _number_what_is_there()
    if op.get_bind().dialect.name == "sqlite":
        # Kept by triggers, so that no way of writing a post can leave it out.
        op.execute(
            "CREATE VIRTUAL TABLE posts_search USING fts5(search_text, content='posts', content_rowid='search_id')"
        )
        op.execute(
            "CREATE TRIGGER posts_search_added AFTER INSERT ON posts BEGIN "
            "INSERT INTO posts_search(rowid, search_text) VALUES (new.search_id, new.search_text); END"
        )
        op.execute(
            "CREATE TRIGGER posts_search_changed AFTER UPDATE OF search_text ON posts BEGIN "
            "INSERT INTO posts_search(posts_search, rowid, search_text) "
            "VALUES ('delete', old.search_id, old.search_text); "
            "INSERT INTO posts_search(rowid, search_text) VALUES (new.search_id, new.search_text); END"
        )
        op.execute(
            "CREATE TRIGGER posts_search_removed AFTER DELETE ON posts BEGIN "
            "INSERT INTO posts_search(posts_search, rowid, search_text) "
            "VALUES ('delete', old.search_id, old.search_text); END"
        )
    else:
        op.execute("CREATE INDEX posts_search ON posts USING gin (to_tsvector('simple', search_text))")
