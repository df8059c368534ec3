"""Copy a post with its texts, platforms and pictures, without the state of its deliveries. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts.models import Delivery, Post, State
from araldo.posts.timing import When


def copy_post(
    post: Post, deliveries: Sequence[Delivery], *, when: When | None, now: datetime, new_id: Callable[[str], str]
) -> tuple[Post, list[Delivery]]:
    """Return a copy scheduled for `when`, or a draft (None). Cancelled deliveries are not copied unless all are.

    Ready pictures are kept, also single ones of a carousel; missing ones are generated.
    """
    copied = replace(
        post.with_time(when),
        id=new_id("post"),
        rev=1,
        created_at=now,
        updated_at=now,
        recurrence_id=None,
        occurrence_at=None,
    )
    originals = [delivery for delivery in deliveries if delivery.state is not State.CANCELLED] or deliveries
    rows = [_copy_delivery(original, copied, index, new_id("del")) for index, original in enumerate(originals)]
    return copied, rows


def _copy_delivery(first: Delivery, post: Post, position: int, new_id: str) -> Delivery:
    return replace(
        first,
        id=new_id,
        post_id=post.id,
        position=position,
        state=State.DRAFT if post.due_at is None else State.SCHEDULED,
        rev=1,
        fence=0,
        lease_owner=None,
        lease_until=None,
        due_at=post.due_at,
        next_at=None,
        tries=0,
        prepares=0,
        ticket=None,
        open_attempts=0,
        remote_id=None,
        permalink=None,
        error=None,
        notes=None,
        picture=_copy_picture(first.picture),
        created_at=post.created_at,
        updated_at=post.created_at,
        published_at=None,
    )


def _copy_picture(first: DeliveryPicture) -> DeliveryPicture:
    """Return the picture of a copy: what is ready stays, with a custom picture's source; the rest is to be made."""
    if first.state is PictureState.READY:
        return replace(first, error=None, remade=False)
    pending = first.state if first.state is PictureState.NONE else PictureState.QUEUED
    unready = replace(first, state=pending, digest=None, error=None, remade=False)
    return unready if first.is_custom else replace(unready, medium_id=None, notes=None)
