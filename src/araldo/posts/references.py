"""Find the delivery that a person names: by its id or, where it is the only one there, by its platform. Pure."""

from __future__ import annotations

from araldo.errors import Conflict, NotFound, Problem
from araldo.messages import Message
from araldo.posts.models import Delivery, PostView


def find_delivery(view: PostView, name: str) -> Delivery:
    """Return the delivery with that id, or the only one on that platform.

    Raises NotFound, and Conflict with the ids when the post goes to several accounts there.
    """
    rows = find_deliveries(view, name)
    if len(rows) == 1:
        return rows[0]
    ids = tuple(row.id for row in rows)
    said = Message("posts.delivery_ambiguous", {"name": name, "count": len(rows), "ids": ", ".join(ids)})
    problem = Problem("", "delivery_ambiguous", said, name, ids)
    raise Conflict(said, code="delivery_ambiguous", problems=[problem])


def find_deliveries(view: PostView, name: str) -> list[Delivery]:
    """Return the delivery with that id, or all on that platform. Raises NotFound."""
    rows = [row for row in view.deliveries if name in {row.id, row.platform}]
    if not rows:
        raise NotFound(Message("posts.platform_not_of_post", {"name": name}))
    return rows
