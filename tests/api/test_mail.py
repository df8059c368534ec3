"""Mail of a running system: one mail for a post's failures; a dead mail server delays nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from araldo.storage.schema import mails
from tests.support.database import open_beside
from tests.support.mailserver import mail_server
from tests.support.processes import environment, free_port, run_araldo
from tests.support.running_system import RunningSystem, start_system
from tests.support.waiting import until

ERROR = {"status": 400, "code": 100, "message": "Invalid parameter"}


def mail(port: int) -> dict[str, object]:
    return {"host": "127.0.0.1", "port": port, "tls": "none", "from": "a@studio.example", "to": "b@studio.example"}


@pytest.mark.parametrize(
    ("locale", "heading"), [("it_IT.UTF-8", "Non pubblicato su "), ("C.UTF-8", "Not published on ")]
)
def test_three_failed_deliveries_make_one_mail_in_the_machines_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, heading: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    with mail_server() as server, start_system(tmp_path, mail=mail(server.port)) as home:
        for path in ("/feed", "/media_publish"):
            home.meta.fault(method="POST", path=path, when="before", kind="graph_error", error=ERROR, times=99)
        places = ["facebook", "instagram", "instagram_story"]
        job_id = home.create(platforms=places, publish_immediately=True).body["job_id"]
        until(lambda: len(_make_mail_due(home)) == 3)
        until(lambda: len(server.got) == 1)
        message = server.got[0][1]
        assert message["subject"].strip().startswith(f"[Araldo] {heading}")
        plain = message.get_body(("plain",))
        assert plain is not None
        assert plain.get_content().count(heading) == 3
        assert f"{home.url}/api/v1/posts/{job_id}/timeline" in plain.get_content().replace("=\n", "")


def _make_mail_due(home: RunningSystem) -> list[int]:
    """Return the ids of the mail's events, and make it due once it has all three."""
    with open_beside(home.settings.database_url) as transaction:
        found: list[int] = transaction.execute(select(mails.c.event_ids)).scalar() or []
        if len(found) == 3:
            transaction.execute(update(mails).values(next_at=transaction.now))
    return found


def test_publishing_does_not_wait_for_mail(tmp_path: Path) -> None:
    with start_system(tmp_path, mail=mail(free_port()) | {"events": ["*"]}) as home:
        for _ in range(3):
            assert home.create(publish_immediately=True).body["status"] == "published"


@pytest.mark.process
def test_a_setting_that_cannot_work_is_named(tmp_path: Path) -> None:
    host = {"ARALDO_MAIL__HOST": "mail.example"}
    for more, said in (
        ({}, "ARALDO_MAIL__FROM"),
        ({"ARALDO_MAIL__FROM": "a@b.example"}, "ARALDO_MAIL__TO"),
        ({"ARALDO_MAIL__FROM": "a@b.example", "ARALDO_MAIL__TO": "x@y.example, z"}, "ARALDO_MAIL__TO"),
        (
            {
                "ARALDO_MAIL__FROM": "a@b.example",
                "ARALDO_MAIL__TO": "x@y.example",
                "ARALDO_MAIL__EVENTS": "post.shared",
            },
            "post.shared",
        ),
    ):
        refused = run_araldo("keys", "create", env=environment(tmp_path, free_port()) | host | more)
        assert refused.returncode == 1
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr
