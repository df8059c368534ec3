"""The filters of the list of posts, which the export shares."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query

from araldo.api.fields import CleanText, InputInstant
from araldo.posts.list_store import PostFilter, PostStatus


async def _post_filter(
    status: Annotated[list[PostStatus] | None, Query(max_length=20)] = None,
    platform: Annotated[CleanText | None, Query(max_length=100)] = None,
    account: Annotated[CleanText | None, Query(max_length=100, description="The id of an account.")] = None,
    since: Annotated[InputInstant | None, Query(alias="from", description="Due, or made, at or after this.")] = None,
    until: Annotated[InputInstant | None, Query(alias="to", description="Due, or made, before this.")] = None,
    q: Annotated[CleanText | None, Query(max_length=500, description="Words of the post, or their beginnings.")] = None,
    approval: Annotated[
        list[Literal["requested", "approved", "sent_back", "withdrawn"]] | None, Query(max_length=4)
    ] = None,
) -> PostFilter:
    return PostFilter(status or (), platform, account, since, until, q, approvals=approval or ())


# Without an order, which each route chooses.
PostFilterDep = Annotated[PostFilter, Depends(_post_filter)]
