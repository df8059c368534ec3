"""What must not go on in a restored database, because the system that it was copied from went on without it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, update

from araldo.storage import idempotency
from araldo.storage.approval_tables import approval_links
from araldo.storage.database import Transaction
from araldo.storage.picture_tables import picture_claims
from araldo.storage.push_tables import push_devices, push_messages
from araldo.storage.schema import (
    connections,
    events,
    mails,
    outbox_consumers,
    sessions,
    sign_in_links,
    webhook_deliveries,
)


def clear_stale_rows(transaction: Transaction, mail_error: dict[str, Any]) -> int:
    """Prepare the tables around the deliveries for a restored system; return how many mails are not sent.

    - Sessions, sign-in links, links for approval and log-ins at services end: some had ended since. So do claims of
      pictures being made.
    - Browsers for push notifications and the messages for them end with the sessions that they belong to.
    - A request under way is answered as still running: it may have been carried out. Its key stays as long as others.
    - A mail that was to be sent may have been; it fails with `mail_error`, and events of before are not sent
      later, by mail or push.
      Webhook messages stay: they are repeated under the same id, as their receivers have to expect anyway.
    """
    for table in (push_messages, push_devices, sessions, sign_in_links, approval_links, connections, picture_claims):
        transaction.execute(delete(table))
    idempotency.hold_unfinished(transaction)
    unsent = transaction.execute(
        update(mails)
        .where(mails.c.state == "pending")
        .values(state="failed", error=mail_error, updated_at=transaction.now, next_at=None)
    )
    for leased in (mails, webhook_deliveries):
        transaction.execute(update(leased).values(lease_owner=None, lease_until=None))
    newest = transaction.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one()
    is_on = (outbox_consumers.c.name.in_(("mail", "push")), outbox_consumers.c.position >= 0)
    transaction.execute(update(outbox_consumers).where(*is_on).values(position=newest))
    return unsent.rowcount
