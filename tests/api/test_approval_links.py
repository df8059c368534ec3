"""The links of approvals: what they show and never show, what can be done with them, and when they end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from araldo.workflows.posts.approval_links import COMMENTS_PER_HOUR
from araldo.workspaces.roles import Role
from tests.api.approvals import (
    LATER,
    NOTE,
    PAGE,
    approval,
    decide,
    draft,
    editor_of,
    link_to,
    opened,
    owner_of,
    requested,
    state_of,
)
from tests.images.pictures import encode_picture, quarters
from tests.support.browsing import signed_in
from tests.support.running_system import Reply, RunningSystem, ask
from tests.support.waiting import until

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>{name}"


def by_link(home: RunningSystem, step: str, token: str, **more: Any) -> Reply:
    return ask("POST", f"{home.url}{PAGE}/{step}", {"token": token, "name": "Carla", **more})


def test_a_client_sees_the_post_as_it_goes_out_and_approves_it(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    medium = home.upload(encode_picture(quarters((900, 900)), "JPEG")).body["id"]
    path = draft(
        editor,
        platforms=["facebook", "instagram"],
        texts={"instagram": "Pane per Instagram"},
        hashtags=["pane"],
        cta="Passa a trovarci",
        images={"facebook": medium, "instagram": medium},
        schedule_time=LATER,
    )
    assert editor.ask("POST", f"{path}/schedule", {}).status == 200
    until(lambda: approval(editor, path)["pictures_ready"])
    _, token = link_to(owner, path)
    page = opened(home, token)
    assert page.status == 200, page.raw
    shown = {one["platform"]: one for one in page.body["deliveries"]}
    assert shown["facebook"]["text"] == "Pane fresco\n\nPassa a trovarci\n\n#pane"
    assert shown["instagram"]["text"].startswith("Pane per Instagram")
    assert ask("GET", shown["facebook"]["pictures"][0]["url"]).status == 200
    assert (page.body["state"], page.body["can_decide"], page.body["zone"]) == ("requested", True, "Europe/Rome")
    done = by_link(home, "approve", token, version=page.body["version"], comment="Perfetto")
    assert (done.status, done.body["state"], done.body["decided_by"]) == (200, "approved", "Carla")
    assert done.body["comments"][-1] == {
        "kind": "approved",
        "author": "Carla",
        "by_link": True,
        "text": "Perfetto",
        "created_at": done.body["comments"][-1]["created_at"],
    }
    texts = [line["text"] for line in editor.ask("GET", f"{path}/timeline").body["data"]]
    assert "Approved by Carla (by link): Perfetto" in texts
    audited = owner.ask("GET", "/api/v1/audit?action=post_approved").body["data"]
    assert [(one["actor"]["kind"], one["actor"]["name"]) for one in audited] == [("unknown", "Carla")]


def test_nothing_internal_is_behind_a_link(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path, other = draft(editor), draft(editor, content="Un altro post segreto")
    version = requested(editor, path)
    link, token = link_to(owner, path, note="per il cliente difficile")
    answers = [
        opened(home, token),
        by_link(home, "comments", token, text="Ciao"),
        by_link(home, "send-back", token, version=version),
    ]
    workspace = owner.ask("GET", "/api/v1/session").body["workspace"]["id"]
    for answer in answers:
        assert answer.status in {200, 201}, answer.raw
        text = answer.raw.decode()
        post = path.rpartition("/")[2]
        for hidden in (NOTE, "cliente difficile", token, link, post, other.rpartition("/")[2], "segreto", workspace):
            assert hidden not in text
    assert (version in answers[0].raw.decode(), home.key in answers[0].raw.decode()) == (True, False)


def test_comments_are_kept_as_they_were_written(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor)
    _, token = link_to(owner, path)
    said = ask("POST", f"{home.url}{PAGE}/comments", {"token": token, "name": SCRIPT, "text": SCRIPT})
    assert (said.status, said.headers["content-type"]) == (201, "application/json")
    (comment,) = approval(editor, path)["comments"]
    assert (comment["author"], comment["text"], comment["by_link"]) == (SCRIPT, SCRIPT, True)
    line = editor.ask("GET", f"{path}/timeline").body["data"][-1]["text"]
    assert line == f"{SCRIPT} (by link): {SCRIPT}"
    for body in ({"name": " "}, {"name": ""}, {"text": " \n"}, {"name": "x" * 101}, {"text": "x" * 4001}):
        assert by_link(home, "comments", token, **{"text": "ciao", **body}).status == 422


def test_a_link_ends_when_it_is_withdrawn_or_its_post_or_its_makers_rights_are_gone(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor)
    version = requested(editor, path)
    link, token = link_to(owner, path)
    assert [one["note"] for one in approval(owner, path)["links"]] == ["Carla"]
    assert approval(editor, path)["links"] == []
    assert owner.ask("DELETE", f"{path}/approval/links/{link}").status == 204
    assert owner.ask("DELETE", f"{path}/approval/links/{link}").status == 404
    second = signed_in(home, "Bruna", new=True, role=Role.OWNER)
    _, hers = link_to(second, path)
    user = second.ask("GET", "/api/v1/session").body["user"]["id"]
    assert owner.ask("PATCH", f"/api/v1/members/{user}", {"role": "editor"}).status == 200
    key = owner.ask("POST", "/api/v1/keys", {"name": "capo", "scopes": ["*"]}).body
    made = ask("POST", f"{home.url}{path}/approval/links", {}, {"Authorization": f"Bearer {key['key']}"})
    of_key = made.body["url"].partition("#")[2]
    assert opened(home, of_key).status == 200
    assert owner.ask("DELETE", f"/api/v1/keys/{key['id']}").status == 204
    _, of_deleted = link_to(owner, path)
    assert owner.ask("DELETE", path).status == 204
    for dead in (token, hers, of_key, of_deleted, "arap_wrong"):
        for reply in (
            opened(home, dead),
            by_link(home, "comments", dead, text="ciao"),
            by_link(home, "approve", dead, version=version),
        ):
            assert (reply.status, reply.body["code"]) == (404, "approval_link_invalid")


def test_a_link_expires(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor)
    _, token = link_to(owner, path, days=1)
    assert opened(home, token).status == 200
    past = (datetime.now(UTC) - timedelta(minutes=1)).replace(tzinfo=None).isoformat(" ")
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db", isolation_level=None)) as database:
        database.execute("UPDATE approval_links SET expires_at = ?", (past,))
        (stored,) = database.execute("SELECT hash FROM approval_links").fetchone()
    assert token not in stored
    assert opened(home, token).status == 404
    assert approval(owner, path)["links"] == []


def test_an_old_version_is_not_approved_and_one_decision_is_final_for_a_link(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor)
    _, token = link_to(owner, path)
    unasked = opened(home, token).body
    assert (unasked["state"], unasked["can_decide"]) == ("none", False)
    assert by_link(home, "approve", token, version=unasked["version"]).body["code"] == "not_requested"
    requested(editor, path)
    seen = opened(home, token).body["version"]
    assert editor.ask("PATCH", path, {"content": "Tutt'altro"}).status == 200
    assert by_link(home, "approve", token, version=seen).body["code"] == "post_changed"
    now = opened(home, token).body["version"]
    assert by_link(home, "send-back", token, version=now, comment="No").status == 200
    again = opened(home, token).body
    assert by_link(home, "approve", token, version=again["version"]).body["code"] == "not_requested"
    assert decide(owner, path, "approve", approval(owner, path)["version"]).status == 200
    assert opened(home, token).body["can_send_back"]


def test_a_link_writes_only_so_many_comments(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor)
    _, token = link_to(owner, path)
    for _ in range(COMMENTS_PER_HOUR):
        assert by_link(home, "comments", token, text="ciao").status == 201
    refused = by_link(home, "comments", token, text="ciao")
    assert (refused.status, "retry-after" in refused.headers) == (429, True)
    assert editor.ask("POST", f"{path}/approval/comments", {"text": "noi sì"}).status == 201


@pytest.mark.parametrize("step", ["open", "approve"])
def test_another_site_cannot_use_a_link_through_a_browser(home: RunningSystem, step: str) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor)
    _, token = link_to(owner, path)
    body = {"token": token} if step == "open" else {"token": token, "name": "x", "version": "x"}
    refused = ask("POST", f"{home.url}{PAGE}/{step}", body, {"Origin": "https://evil.example"})
    assert (refused.status, refused.body["code"]) == (403, "origin")


def test_what_was_published_needs_no_decision_any_more(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor)
    _, token = link_to(owner, path)
    assert owner.ask("POST", f"{path}/publish").status in {200, 202}
    until(lambda: state_of(home, path)[0] == "published")
    page = opened(home, token).body
    assert (page["can_decide"], page["can_send_back"], page["deliveries"][0]["state"]) == (False, False, "published")
    late = by_link(home, "send-back", token, version=page["version"])
    assert late.body["code"] == "nothing_to_approve"
