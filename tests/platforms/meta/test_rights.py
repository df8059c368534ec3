"""An error about a missing right names it: the permission, or the task and who can give it back."""

from __future__ import annotations

from typing import Any

import pytest

from araldo.errors import ReconnectNeeded
from araldo.platforms.meta.graph_errors import error_from
from araldo.platforms.meta.tokens import person_token
from tests.platforms.meta.conftest import PlatformCase
from tests.platforms.meta.stage import PAGE, destination_of

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


def count_posts(case: PlatformCase) -> int:
    return len(case.meta.log(method="POST"))


async def prepare_refused(case: PlatformCase, *, token: str | None = None) -> ReconnectNeeded:
    if token is not None:
        case.destination = destination_of(token, person_token(case.destination), case.destination.remote_id)
    with pytest.raises(ReconnectNeeded) as caught:
        await case.prepare()
    return caught.value


async def test_a_lost_task_is_named_with_who_can_give_it_back(case: PlatformCase) -> None:
    case.meta.control(f"pages/{PAGE}", {"tasks": ["ANALYZE", "MODERATE"]})
    refusal = await prepare_refused(case)
    assert "CREATE_CONTENT" in refusal.message.to("en")
    assert "Page admin to give it back in Meta Business Suite" in refusal.message.to("en")
    assert refusal.code in {"200", "10"}
    case.meta.control(f"pages/{PAGE}", {"tasks": None})
    assert (await case.prepare()).ids


async def test_a_task_that_was_lost_after_preparing_is_named_and_nothing_is_sent_twice(case: PlatformCase) -> None:
    ticket = case.intent(await case.prepare())
    before = count_posts(case)
    case.meta.control(f"pages/{PAGE}", {"tasks": ["ANALYZE"]})
    with pytest.raises(ReconnectNeeded, match="CREATE_CONTENT"):
        await case.publish(ticket)
    assert count_posts(case) == before + 1
    assert case.meta.published_ids() == []


async def test_only_the_missing_permission_is_named(case: PlatformCase) -> None:
    missing = "instagram_content_publish" if "instagram" in case.platform.declaration.name else "pages_manage_posts"
    token = case.meta.mint("page", scopes=[scope for scope in SCOPES if scope != missing])
    refusal = await prepare_refused(case, token=token)
    named = [scope for scope in SCOPES if scope in refusal.message.to("en")]
    assert named == [missing]
    assert missing in refusal.message.to("it")
    assert token not in repr(refusal.as_json())


async def test_when_rights_cannot_be_read_the_message_names_those_that_meta_named(case: PlatformCase) -> None:
    case.meta.control(f"pages/{PAGE}", {"tasks": ["ANALYZE"]})
    case.meta.fault(method="GET", kind="graph_error", error={"code": 2}, times=None)
    refusal = await prepare_refused(case)
    assert "or the task CREATE_CONTENT on the Page" in refusal.message.to("en")


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
def test_an_error_names_the_rights_in_metas_message_except_removed_ones(error: dict[str, Any], named: str) -> None:
    refusal = error_from(error, visible=True)
    assert isinstance(refusal, ReconnectNeeded)
    assert named in refusal.message.to("en")
    assert "publish_to_groups" not in refusal.message.to("en") + refusal.message.to("it")
    assert "{" not in refusal.message.to("en") + refusal.message.to("it")
