"""What the database derives by itself, in SQL of both databases: generated columns, and the status beside each post.

The rules that they have to agree with are in `posts.models`; storage does not import them, and tests compare the two.
"""

from __future__ import annotations

from string import Template

from sqlalchemy import Connection

# When a list places a post: its time, else when it was made.
LISTED_AT = "coalesce(due_at, created_at)"

# The deliveries that monitoring counts: without the states that only ever more of them have.
UNCOUNTED = ("published", "cancelled")
COUNTED = (
    *("draft", "scheduled", "queued", "preparing", "waiting", "publishing"),
    *("failed", "unconfirmed", "needs_reconnect", "missed"),
)
IS_COUNTED = "state NOT IN ('published', 'cancelled')"

_WORKING = "('queued', 'preparing', 'waiting', 'publishing')"

# When a worker has work on the delivery, whoever leases it; NULL: not before something else changes. The rule
# `Delivery.picture_is_due`, and the times of those in work and of those scheduled.
_WORK_AT = f"""CASE
WHEN state IN {_WORKING} THEN coalesce(next_at, created_at)
WHEN state = 'scheduled' AND picture_state IN ('queued', 'making', 'stale')
AND (due_at IS NULL OR coalesce(next_at, created_at) < due_at) THEN coalesce(next_at, created_at)
WHEN state = 'scheduled' THEN due_at
WHEN state IN ('draft', 'failed', 'missed', 'needs_reconnect') AND picture_state IN ('queued', 'making')
THEN coalesce(next_at, created_at) END"""
# When a worker has to look at the delivery next: as above, and not before the lease of another one has ended.
WAKE_AT = f"CASE WHEN lease_until > {_WORK_AT} THEN lease_until ELSE {_WORK_AT} END"

# The rule `status_of`, over the deliveries of one post.
_STATUS = f"""CASE
WHEN count(*) = 0 THEN 'draft'
WHEN count(*) FILTER (WHERE state <> 'cancelled') = 0 THEN 'cancelled'
WHEN count(*) FILTER (WHERE state IN {_WORKING}) > 0 THEN 'publishing'
WHEN count(*) FILTER (WHERE state = 'draft') > 0 THEN 'draft'
WHEN count(*) FILTER (WHERE state = 'scheduled') > 0 THEN 'scheduled'
WHEN count(*) FILTER (WHERE state NOT IN ('cancelled', 'published')) = 0 THEN 'published'
WHEN count(*) FILTER (WHERE state = 'published') > 0 THEN 'partial'
WHEN count(*) FILTER (WHERE state = 'unconfirmed') > 0 THEN 'unconfirmed'
WHEN count(*) FILTER (WHERE state = 'needs_reconnect') > 0 THEN 'needs_reconnect'
ELSE 'failed' END"""
# Moves among these states, most of those that a worker makes, change no post's status.
_IS_RELEVANT = f"OLD.state <> NEW.state AND NOT (OLD.state IN {_WORKING} AND NEW.state IN {_WORKING})"
_EVENTS = {
    "added": ("INSERT", "NEW", ""),
    "changed": ("UPDATE OF state", "NEW", f"WHEN ({_IS_RELEVANT})"),
    "removed": ("DELETE", "OLD", ""),
}

_REFRESH = Template(
    "UPDATE posts SET status = derived.status "
    "FROM (SELECT $status AS status FROM deliveries WHERE post_id = $row.post_id) AS derived "
    "WHERE posts.id = $row.post_id AND posts.status <> derived.status"
)
_REFRESH_ALL = Template("UPDATE posts SET status = (SELECT $status FROM deliveries WHERE post_id = posts.id)")
# The lock comes first, and the status is read by a later statement: a snapshot from before the lock would miss what
# another transaction has done to the post's other deliveries.
_FUNCTION = Template(
    """CREATE OR REPLACE FUNCTION refresh_post_status() RETURNS trigger LANGUAGE plpgsql AS $$$$
DECLARE
  changed text := CASE TG_OP WHEN 'DELETE' THEN OLD.post_id ELSE NEW.post_id END;
  derived text;
BEGIN
  PERFORM 1 FROM posts WHERE id = changed FOR NO KEY UPDATE;
  SELECT $status INTO derived FROM deliveries WHERE post_id = changed;
  UPDATE posts SET status = derived WHERE id = changed AND status <> derived;
  RETURN NULL;
END $$$$"""
)


def create_status_triggers(connection: Connection) -> None:
    """Create the triggers on `deliveries` that keep `posts.status`."""
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.exec_driver_sql(_FUNCTION.substitute(status=_STATUS))
    for name, (event, row, condition) in _EVENTS.items():
        statement = _REFRESH.substitute(status=_STATUS, row=row)
        body = f"BEGIN {statement}; END" if is_sqlite else "EXECUTE FUNCTION refresh_post_status()"
        connection.exec_driver_sql(
            f"CREATE TRIGGER deliveries_{name} AFTER {event} ON deliveries FOR EACH ROW {condition} {body}"
        )


def drop_status_triggers(connection: Connection) -> None:
    """Drop the triggers: SQLite cannot rebuild a table to which a trigger of another one refers."""
    table = "" if connection.dialect.name == "sqlite" else " ON deliveries"
    for name in _EVENTS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS deliveries_{name}{table}")


def refresh_all_statuses(connection: Connection) -> None:
    """Derive the status of every post anew, for a migration."""
    connection.exec_driver_sql(_REFRESH_ALL.substitute(status=_STATUS))
