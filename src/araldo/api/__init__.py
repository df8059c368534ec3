"""HTTP in: one file a noun; the explicit list of what is mounted."""

from __future__ import annotations

from araldo.api import (
    accounts,
    actions,
    connections,
    events,
    health,
    home,
    image_choices,
    library,
    marketing,
    media,
    pictures,
    platforms,
    posts,
    recurrences,
    session,
    slots,
    social,
    spend,
    timeline,
    webhooks,
)

ROUTERS = (
    social.router,
    posts.router,
    actions.router,
    pictures.router,
    timeline.router,
    events.router,
    recurrences.router,
    marketing.router,
    image_choices.router,
    spend.router,
    platforms.router,
    accounts.router,
    slots.router,
    connections.router,
    webhooks.router,
    session.router,
    health.router,
    library.router,
    media.router,
    home.router,
)
