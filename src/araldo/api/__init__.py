"""HTTP in: one file a noun; the explicit list of what is mounted."""

from __future__ import annotations

from araldo.api import (
    accounts,
    actions,
    brand,
    connections,
    events,
    health,
    home,
    library,
    marketing,
    media,
    platforms,
    posts,
    preview,
    recurrences,
    slots,
    social,
    timeline,
    webhooks,
)

ROUTERS = (
    social.router,
    posts.router,
    actions.router,
    timeline.router,
    events.router,
    recurrences.router,
    marketing.router,
    preview.router,
    brand.router,
    platforms.router,
    accounts.router,
    slots.router,
    connections.router,
    webhooks.router,
    health.router,
    library.router,
    media.router,
    home.router,
)
