"""The limit of open event streams per caller."""

from __future__ import annotations

from contextlib import ExitStack

from araldo.api.events import STREAMS_MAX
from tests.support.browsing import signed_in
from tests.support.running_system import RunningSystem
from tests.support.sse import stream
from tests.support.waiting import until


def test_the_number_of_streams_of_one_key_is_limited(home: RunningSystem) -> None:
    created = home.create().body["job_id"]
    paths = ("/api/v1/events", f"/api/v1/posts/{created}/events")
    with ExitStack() as stack:
        for number in range(STREAMS_MAX):
            stack.enter_context(stream(home.url, paths[number % 2], home.key))
        for path in paths:
            refused = home.ask("GET", path)
            assert (refused.status, refused.body["code"]) == (429, "too_many")
            assert refused.headers["content-type"] == "application/problem+json"
            assert int(refused.headers["retry-after"]) > 0
        # Nobody else is held up by it.
        assert home.ask("GET", "/api/v1/posts").status == 200
        cookie = {"Cookie": f"araldo_session={signed_in(home).token}"}
        stack.enter_context(stream(home.url, "/api/v1/events", None, cookie))
    # All were closed by their clients: the places are free again.
    until(lambda: has_place(home), within_s=10)


def has_place(home: RunningSystem) -> bool:
    try:
        with stream(home.url, "/api/v1/events", home.key):
            return True
    except AssertionError:
        return False
