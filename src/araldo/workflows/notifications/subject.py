"""What a queued mail or push message is about: its events with their post or account, as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from araldo.notify import outbox_store
from araldo.posts import delivery_store
from araldo.posts.models import PostView
from araldo.posts.timeline import TimelineContext, account_names
from araldo.storage.database import Transaction
from araldo.storage.events import Event
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class NotificationSubject:
    """`events`: in order, at least one. `view`: their post, if any. `held_posts`: how many wait for the account."""

    events: Sequence[Event]
    view: PostView | None
    held_posts: int
    workspace: Workspace

    def context(self, labels: Mapping[str, str]) -> TimelineContext:
        """`labels`: the platforms' names for people."""
        names = {} if self.view is None else account_names(self.view)
        return TimelineContext(labels, self.workspace.zone, names)


def read_subject(transaction: Transaction, workspace_id: str, event_ids: Sequence[int]) -> NotificationSubject | None:
    """Return what the message is about; None when its events were purged meanwhile."""
    found = [outbox_store.find_event(transaction, event_id) for event_id in event_ids]
    events = [event for event in found if event is not None]
    if not events:
        return None
    last = events[-1]
    account_id = last.data.get("account_id") if last.post_id is None else None
    return NotificationSubject(
        events,
        outbox_store.find_post(transaction, last),
        0 if account_id is None else delivery_store.count_waiting_for_account(transaction, str(account_id)),
        workspace_store.get(transaction, workspace_id),
    )
