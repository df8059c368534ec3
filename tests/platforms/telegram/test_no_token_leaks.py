"""The token stands in the path of every URL: no failure puts it into a record, an answer, a log, a span or a metric."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from araldo.redaction import redact
from araldo.sandbox.telegram.state import new_bot_token
from tests.api.log_capture import capture_server_logs
from tests.platforms.telegram.stage import BOT, TOKEN
from tests.platforms.telegram.system import METRICS_TOKEN, begin, publish, sends
from tests.support.leaks import SecretLeakDetector
from tests.support.processes import environment, free_port, run_araldo
from tests.support.running_system import RunningSystem, ask

SECRET = TOKEN.partition(":")[2]
# The token as a server or a proxy may repeat it.
ECHOES = (f"/bot{TOKEN}/sendMessage", TOKEN.replace(":", "%3A"), SECRET)
REFUSALS = [(code, echo) for code in (400, 401, 403, 404, 413, 500) for echo in ECHOES[:: 1 if code == 400 else 3]]
FAULTS: list[dict[str, Any]] = [
    {"kind": kind, "when": when} for kind in ("reset", "html", "status") for when in ("before", "after_commit")
]


def fail(home: RunningSystem, **fault: Any) -> dict[str, Any]:
    """Publish a post while the sandbox fails so, and return the answer."""
    home.meta.fault(service="telegram", path="/sendMessage", times=1, **fault)
    return publish(home)


def everything_kept(home: RunningSystem) -> str:
    """Return all rows of the database but sealed columns' own; those are sealed."""
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return repr([connection.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables])


def everything_shown(home: RunningSystem, post: str) -> str:
    paths = [
        f"/api/v1/posts/{post}",
        f"/api/v1/posts/{post}/timeline?raw=true",
        f"/api/v1/social/posts/{post}",
        "/api/v1/accounts",
        "/api/v1/audit?limit=100",
    ]
    replies = [home.ask("GET", path) for path in paths]
    assert {reply.status for reply in replies} == {200}
    return "".join(reply.raw.decode() for reply in replies)


def assert_clean(text: str) -> None:
    assert SECRET not in text
    assert SECRET not in json.dumps(text)


def test_no_failure_leaks_the_token(home: RunningSystem, spans: InMemorySpanExporter) -> None:
    with capture_server_logs() as lines:
        answers = [
            fail(home, kind="telegram_error", error={"error_code": code, "description": f"No: {echo}"})
            for code, echo in REFUSALS
        ]
        answers += [fail(home, **fault) for fault in FAULTS]
    assert sends(home) == len(answers)
    states = {one["results"][0]["state"] for one in answers}
    assert {"failed", "needs_reconnect", "unconfirmed"} <= states
    kept = everything_kept(home)
    assert "[struck out]" in kept
    assert_clean(kept)
    for answer in answers:
        assert_clean(json.dumps(answer) + everything_shown(home, str(answer["job_id"])))
    calls = [span.to_json() for span in spans.get_finished_spans() if "sandbox" not in span.name]
    assert any("telegram" in call for call in calls)
    assert_clean("".join(calls))
    assert lines
    assert_clean(repr(lines))
    metrics = ask("GET", f"{home.url}/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert b'"telegram"' in metrics.raw
    assert_clean(metrics.raw.decode())


def test_a_refused_connection_leaks_nothing(home: RunningSystem) -> None:
    for fault in ({"error_code": 400, "description": f"No: {TOKEN}"}, {"error_code": 500, "description": TOKEN}):
        # Of the connection's own call, not of one that an earlier post still makes.
        home.meta.fault(service="telegram", kind="telegram_error", path="/getMe", error=fault, times=1)
        refused = begin(home)
        assert refused.status >= 400
        assert_clean(refused.raw.decode())
    assert_clean(everything_kept(home))


def test_doctor_names_the_channel_and_no_token(home: RunningSystem) -> None:
    home.meta.control(f"telegram/bots/{BOT}/revoke", {})
    urls = {"ARALDO_TELEGRAM__API_URL": home.meta.url}
    looked = run_araldo("doctor", "--accounts", env=environment(home.settings.data_dir, free_port(), home.meta, **urls))
    assert f"Bot API: {home.meta.url}" in looked.stdout
    assert (looked.returncode, "Account Studio Demo" in looked.stdout) == (1, True)
    assert "token no longer works" in looked.stdout
    assert_clean(looked.stdout + looked.stderr)


@pytest.mark.parametrize("form", ["{}", "https://api.telegram.org/bot{}/getMe", '"{}"', "x{}", "é{}."])
def test_a_token_in_any_text_is_redacted_and_found(form: str, tmp_path: Path) -> None:
    for token in (TOKEN, new_bot_token(BOT), TOKEN.replace(":", "%3A")):
        text = form.format(token)
        assert token[-33:] not in redact(text)
        (tmp_path / "up.log").write_text(text)
        detector = SecretLeakDetector()
        detector.scan_files(tmp_path)
        assert detector.found == [f"a bot's token in {tmp_path / 'up.log'}"]
        (tmp_path / "up.log").unlink()
    assert redact(f"secret {SECRET}") == "secret [struck out]"


@pytest.mark.parametrize("text", ["12:34:56", "2026-11-29T21:00:00+00:00", "sha256:" + "a" * 64, "127.0.0.1:8000/AA"])
def test_what_is_no_token_stays(text: str) -> None:
    assert redact(text) == text
