"""HTTP in: one file a noun; the explicit list of what is mounted."""

from __future__ import annotations

from araldo.api import (
    accounts,
    actions,
    connections,
    docs,
    events,
    health,
    keys,
    library,
    marketing,
    media,
    platforms,
    posts,
    recurrences,
    session,
    slots,
    social,
    timeline,
    webhooks,
    workspaces,
)

ROUTERS = (
    social.router,
    posts.router,
    actions.router,
    timeline.router,
    events.router,
    recurrences.router,
    marketing.router,
    platforms.router,
    accounts.router,
    slots.router,
    connections.router,
    webhooks.router,
    session.router,
    workspaces.router,
    keys.router,
    health.router,
    library.router,
    media.router,
    docs.router,
)
