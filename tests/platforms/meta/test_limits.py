"""Limits read from Meta: the quota of posts, and how much of the rate limit is used."""

from __future__ import annotations

import json

import pytest

from araldo.errors import TryLater
from araldo.platforms.meta.usage import UsageTracker
from tests.platforms.meta.conftest import PlatformCase, meta_cases
from tests.support.clock import FakeClock
from tests.support.running_system import RunningSystem, start_system
from tests.support.waiting import until


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"x-app-usage": json.dumps({"call_count": 89, "total_time": 3})}, 0),
        ({"x-app-usage": json.dumps({"call_count": 90})}, 300),
        ({"x-page-usage": json.dumps({"total_cputime": 100})}, 300),
        (
            {
                "x-business-use-case-usage": json.dumps(
                    {"1": [{"call_count": 97, "estimated_time_to_regain_access": 12}]}
                )
            },
            720,
        ),
        ({"x-business-use-case-usage": json.dumps({"1": [{"call_count": 5}]})}, 0),
        ({"x-app-usage": "nonsense", "x-business-use-case-usage": "[1]"}, 0),
    ],
)
def test_calls_pause_before_the_rate_limit_is_reached(headers: dict[str, str], seconds: float) -> None:
    clock = FakeClock()
    usage = UsageTracker(clock)
    usage.record("token", headers)
    assert usage.seconds_until_allowed("token") == pytest.approx(seconds)
    assert usage.seconds_until_allowed("another") == 0
    clock.advance(seconds)
    assert usage.seconds_until_allowed("token") == 0


@pytest.mark.parametrize("case", [case for _, case in meta_cases() if case[1] == 1], indirect=True)
async def test_nothing_is_sent_while_the_rate_limit_is_used_up(case: PlatformCase) -> None:
    case.meta.control("settings", {"app_usage": {"call_count": 95, "total_time": 1, "total_cputime": 1}})
    try:
        ticket = case.intent(await case.prepare())
        before = len(case.meta.log())
        with pytest.raises(TryLater):
            await case.publish(ticket)
        with pytest.raises(TryLater):
            await case.prepare()
        assert len(case.meta.log()) == before
    finally:
        case.meta.control("settings", {"app_usage": None})


def test_a_post_over_the_quota_waits_and_says_so_at_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    with start_system(tmp_path_factory.mktemp("house")) as home:
        home.meta.control("settings", {"quota_total": 1, "container_delay_s": 0.1})
        first = publish_to_instagram(home, "uno")
        assert first["state"] == "published"
        second = publish_to_instagram(home, "due", until_state="waiting")
        assert second["error_code"] == "quota"
        assert "1 posts in 24 hours" in str(second["error"])
        assert len(home.meta.published_ids()) == 1


def publish_to_instagram(home: RunningSystem, content: str, until_state: str = "published") -> dict[str, object]:
    """The result of a post of one's own, once it has come to that state."""
    made = home.create(content=content, platforms=["instagram"], publish_immediately=True).body

    def result() -> dict[str, object]:
        found: dict[str, object] = home.ask("GET", f"/api/v1/social/posts/{made['job_id']}").body["platforms"][0]
        return found

    until(lambda: result()["state"] == until_state)
    return result()
