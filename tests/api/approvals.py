"""A workspace that requires approvals, its owner and its editor, for the tests of approvals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.browsing import Person, signed_in
from tests.support.running_system import Reply, RunningSystem, ask

POSTS, PAGE, NOTE = "/api/v1/posts", "/api/v1/approval", "solo per noi: il cliente paga tardi"
LATER = "2030-07-01T10:00:00+02:00"


def owner_of(home: RunningSystem, *, required: bool = True) -> Person:
    """Sign an owner in; the workspace requires approvals, or does not."""
    person = signed_in(home)
    here = person.ask("GET", "/api/v1/session").body["workspace"]["id"]
    changed = person.ask("PATCH", f"/api/v1/workspaces/{here}", {"approval_required": required})
    assert changed.body["approval_required"] is required
    return person


def editor_of(home: RunningSystem, *scopes: str) -> RunningSystem:
    """Return the system with the key of somebody who writes and publishes, but does not approve."""
    granted = list(scopes or ("read", "draft", "publish"))
    made = signed_in(home).ask("POST", "/api/v1/keys", {"name": "redazione", "scopes": granted})
    return replace(home, key=made.body["key"])


def draft(home: RunningSystem, **fields: Any) -> str:
    """Create a draft without generated pictures and return its path."""
    body = {"content": "Pane fresco", "platforms": ["facebook"], "image_provider": "none", "note": NOTE, **fields}
    made = home.ask("POST", POSTS, body)
    assert made.status == 201, made.raw
    return f"{POSTS}/{made.body['job_id']}"


def approval(who: RunningSystem | Person, path: str) -> dict[str, Any]:
    found = who.ask("GET", f"{path}/approval")
    assert found.status == 200, found.raw
    body: dict[str, Any] = found.body
    return body


def requested(editor: RunningSystem, path: str) -> str:
    """Ask for the approval of the post and return the version to decide on."""
    asked = editor.ask("POST", f"{path}/approval/request", {"comment": "Va bene così?"})
    assert asked.status == 200, asked.raw
    return str(asked.body["version"])


def decide(who: RunningSystem | Person, path: str, step: str, version: str, comment: str = "") -> Reply:
    return who.ask("POST", f"{path}/approval/{step}", {"version": version, "comment": comment})


def approved(owner: Person, editor: RunningSystem, path: str) -> None:
    done = decide(owner, path, "approve", requested(editor, path))
    assert (done.status, done.body["state"]) == (200, "approved"), done.raw


def link_to(owner: Person, path: str, **fields: Any) -> tuple[str, str]:
    """Make a link and return its id and its token."""
    made = owner.ask("POST", f"{path}/approval/links", {"note": "Carla", **fields})
    assert made.status == 201, made.raw
    address, _, token = made.body["url"].partition("#")
    assert address.endswith("/approval")
    return made.body["id"], token


def opened(home: RunningSystem, token: str) -> Reply:
    return ask("POST", f"{home.url}{PAGE}/open", {"token": token})


def soon(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def state_of(home: RunningSystem, path: str) -> tuple[str, str | None]:
    (result,) = home.ask("GET", path).body["platforms"]
    return result["state"], result["error_code"]


def stays_in_its_workspace(other: Any, me: Any) -> None:
    """Approvals and links of the other's post are not found, and its link shows and changes that post alone.

    `other` and `me`: a WorkspaceUser each.
    """
    post, mine = (
        f"{POSTS}/{who.person.ask('POST', POSTS, {'content': who.name}).body['job_id']}" for who in (other, me)
    )
    link, token = link_to(other.person, post)
    for method, step, body in (
        ("GET", "", None),
        ("POST", "/request", {}),
        ("POST", "/comments", {"text": "mio"}),
        ("POST", "/approve", {"version": "x"}),
        ("POST", "/send-back", {"version": "x"}),
        ("POST", "/links", {}),
        ("DELETE", f"/links/{link}", None),
    ):
        assert me.person.ask(method, f"{post}/approval{step}", body).status == 404, step
    assert me.person.ask("DELETE", f"{mine}/approval/links/{link}").status == 404
    for step, more in (("open", {}), ("comments", {"text": "per uno"}), ("approve", {}), ("send-back", {})):
        named = {} if step == "open" else {"name": "Carla"}
        version = {} if step in {"open", "comments"} else {"version": "x"}
        shown = ask("POST", f"{me.system.url}{PAGE}/{step}", {"token": token, **named, **version, **more})
        assert shown.status == (409 if version else 201 if more else 200)
        assert not any(one in shown.raw.decode() for one in (*me.ids(), me.name))
    assert approval(me.person, mine)["comments"] == []
    for who, path in ((other, post), (me, mine)):
        assert who.person.ask("DELETE", path).status == 204


_STEPS = ("request", "comments", "approve", "send-back", "links")
APPROVAL_ROUTES = {
    **{("POST", f"{POSTS}/{{post_id}}/approval/{step}"): stays_in_its_workspace for step in _STEPS},
    **{("POST", f"{PAGE}/{step}"): stays_in_its_workspace for step in ("open", "comments", "approve", "send-back")},
    ("GET", f"{POSTS}/{{post_id}}/approval"): stays_in_its_workspace,
    ("DELETE", f"{POSTS}/{{post_id}}/approval/links/{{link_id}}"): stays_in_its_workspace,
}
