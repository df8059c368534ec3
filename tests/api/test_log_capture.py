"""Log lines that are being processed when the capture begins are not affected."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog
from structlog.typing import EventDict

from tests.api.log_capture import capture_server_logs


@pytest.fixture
def configured() -> Iterator[Callable[..., None]]:
    before = structlog.get_config()
    yield structlog.configure
    structlog.configure(**before)


def test_a_line_in_another_thread_is_not_cut_short(configured: Callable[..., None]) -> None:
    halfway, go_on = threading.Event(), threading.Event()

    def wait(_logger: object, _name: str, line: EventDict) -> EventDict:
        halfway.set()
        assert go_on.wait(10)
        return line

    def render(_logger: object, _name: str, line: EventDict) -> str:
        return f"{line['event']} {line['path']}"

    configured(processors=[wait, render], logger_factory=structlog.ReturnLoggerFactory())
    log = structlog.get_logger()
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(log.info, "request", path="/earlier")
        assert halfway.wait(10)
        with capture_server_logs() as logged:
            go_on.set()
            assert begun.result(10) == "request /earlier"
            pool.submit(log.warning, "request", path="/later").result(10)
    assert logged == [{"event": "request", "path": "/later", "log_level": "warning"}]
    assert log.info("request", path="/afterwards") == "request /afterwards"
