"""A refusal for want of a right names the right: the permission, or the task and who can give it back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from araldo.errors import ReconnectNeeded
from araldo.platforms.meta.graph_errors import error_from
from tests.platforms.meta.conftest import PAGE, Place

SCOPES = [
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "instagram_basic",
    "instagram_content_publish",
]
REAL_200 = (
    "(#200) If posting to a group, requires app being installed in the group, and either publish_to_groups permission "
    "with user token, or both pages_read_engagement and pages_manage_posts permission with page token; If posting to a "
    "page, requires both pages_read_engagement and pages_manage_posts as an admin with sufficient administrative "
    "permission"
)


def writes(place: Place) -> int:
    return len(place.meta.log(method="POST"))


async def refused(place: Place, *, token: str | None = None) -> ReconnectNeeded:
    place.to = replace(place.to, token=token or place.to.token)
    with pytest.raises(ReconnectNeeded) as caught:
        await place.platform.prepare(place.to, place.publication)
    return caught.value


async def test_a_lost_task_is_named_with_who_can_give_it_back(place: Place) -> None:
    place.meta.control(f"pages/{PAGE}", {"tasks": ["ANALYZE", "MODERATE"]})
    gone = await refused(place)
    assert "CREATE_CONTENT" in gone.message.to("en")
    assert "Page admin can give it back in Meta Business Suite" in gone.message.to("en")
    assert gone.code in {"200", "10"}
    place.meta.control(f"pages/{PAGE}", {"tasks": None})
    assert (await place.platform.prepare(place.to, place.publication)).handles


async def test_a_task_that_was_lost_after_preparing_is_named_and_nothing_is_sent_twice(place: Place) -> None:
    ticket = place.intent(await place.platform.prepare(place.to, place.publication))
    before = writes(place)
    place.meta.control(f"pages/{PAGE}", {"tasks": ["ANALYZE"]})
    with pytest.raises(ReconnectNeeded, match="CREATE_CONTENT"):
        await place.platform.publish(place.to, ticket)
    assert writes(place) == before + 1
    assert place.meta.out() == []


async def test_a_missing_permission_is_named_and_no_other(place: Place) -> None:
    missing = "instagram_content_publish" if "instagram" in place.platform.declaration.name else "pages_manage_posts"
    token = place.meta.mint("page", scopes=[scope for scope in SCOPES if scope != missing])
    gone = await refused(place, token=token)
    named = [scope for scope in SCOPES if scope in gone.message.to("en")]
    assert named == [missing]
    assert missing in gone.message.to("it")
    assert token not in repr(gone.as_json())


async def test_what_cannot_be_asked_leaves_the_rights_that_meta_named(place: Place) -> None:
    place.meta.control(f"pages/{PAGE}", {"tasks": ["ANALYZE"]})
    place.meta.fault(method="GET", kind="graph_error", error={"code": 2}, times=None)
    gone = await refused(place)
    assert "or the task CREATE_CONTENT on the Page" in gone.message.to("en")


@pytest.mark.parametrize(
    ("error", "named"),
    [
        ({"code": 200, "message": REAL_200}, "pages_read_engagement, pages_manage_posts, or the task CREATE_CONTENT"),
        ({"code": 200, "message": "(#200) Requires CREATE_CONTENT task"}, "or the task CREATE_CONTENT on the Page"),
        ({"code": 200}, "a permission, or the task CREATE_CONTENT on the Page"),
        ({"code": 299, "message": None}, "a permission, or the task CREATE_CONTENT on the Page"),
        (
            {"code": 10, "message": "(#10) This endpoint requires the 'instagram_content_publish' permission"},
            "instagram_content_publish, or the task",
        ),
    ],
)
def test_the_table_names_the_rights_of_the_message_and_no_dead_ones(error: dict[str, Any], named: str) -> None:
    gone = error_from(error, visible=True)
    assert isinstance(gone, ReconnectNeeded)
    assert named in gone.message.to("en")
    assert "publish_to_groups" not in gone.message.to("en") + gone.message.to("it")
    assert "{" not in gone.message.to("en") + gone.message.to("it")
