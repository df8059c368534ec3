"""Pages without publishing rights, tasks that are revoked and granted again, and incomplete lists."""

from __future__ import annotations

from typing import Any

from tests.support.login_dialog import PAGE, begin_login, complete_login, token_request
from tests.support.running_system import RunningSystem
from tests.support.waiting import until


def pasted(home: RunningSystem, language: str = "en") -> Any:
    body = token_request(home.meta.mint("user_long"))
    return home.ask("POST", "/api/v1/connections", body, accept_language=language).body


def choose(home: RunningSystem, connection_id: str, *page_ids: str) -> Any:
    return home.ask("POST", f"/api/v1/connections/{connection_id}/choose", {"group_ids": list(page_ids)})


def test_a_page_without_publishing_rights_is_refused_with_the_reason(empty: RunningSystem) -> None:
    closed = empty.meta.control("pages", {"name": "Sola lettura", "instagram_username": "sola", "tasks": ["ANALYZE"]})
    untold = empty.meta.control("pages", {"name": "Senza elenco"})
    empty.meta.control(f"pages/{untold['id']}", {"tasks": None})
    found = pasted(empty)
    assert [(page["name"], page["choosable"]) for page in found["groups"]] == [
        ("Studio Demo", True),
        ("Sola lettura", False),
        ("Senza elenco", True),
    ]
    assert "CREATE_CONTENT" in found["groups"][1]["lacks"][0]
    refused = choose(empty, found["id"], PAGE, closed["id"])
    assert (refused.status, len(refused.body["errors"])) == (422, 1)
    problem = refused.body["errors"][0]
    assert (problem["pointer"], problem["code"]) == ("/group_ids/1", "group_refused")
    assert "Page admin to give it to you in Meta Business Suite" in problem["detail"]
    # Refused as a whole: nothing was connected, and the choice is still open.
    assert empty.ask("GET", "/api/v1/accounts").body["data"] == []
    connected = choose(empty, found["id"], PAGE, untold["id"])
    assert [account["health"] for account in connected.body["data"]] == ["ok", "ok", "ok"]


def test_a_page_without_publishing_rights_cannot_be_checked(empty: RunningSystem) -> None:
    empty.meta.control("pages", {"name": "Sola lettura", "tasks": []})
    page = complete_login(begin_login(empty)["login_url"]).raw.decode()
    boxes = [part.partition("</label>")[0] for part in page.split("<input type=checkbox")[1:]]
    assert [" disabled>" in box for box in boxes] == [False, True]
    assert "CREATE_CONTENT" in boxes[1]


def test_a_lost_task_is_named_and_publishing_resumes_once_it_is_granted(home: RunningSystem) -> None:
    accounts = {one["kind"]: one["id"] for one in home.ask("GET", "/api/v1/accounts").body["data"]}
    home.meta.control(f"pages/{PAGE}", {"tasks": ["ANALYZE", "ADVERTISE"]})
    waiting = home.create(wait=60, publish_immediately=True).body
    result = waiting["platforms"][0]
    assert result["state"] == "needs_reconnect"
    assert "CREATE_CONTENT" in result["error"]
    for account_id in accounts.values():
        checked = home.ask("POST", f"/api/v1/accounts/{account_id}/check", accept_language="it").body
        assert checked["health"] == "action_needed"
        assert "CREATE_CONTENT" in checked["health_hint"]
        assert "amministratore di ridarlo in Meta Business Suite" in checked["health_hint"]
    home.meta.control(f"pages/{PAGE}", {"tasks": ["CREATE_CONTENT"]})
    for account_id in accounts.values():
        assert home.ask("POST", f"/api/v1/accounts/{account_id}/check").body["health"] == "ok"
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{waiting['job_id']}").body["status"] == "published")
    assert len(home.meta.published_ids()) == 1


def test_an_incomplete_list_is_noted_and_its_pages_can_be_chosen(empty: RunningSystem) -> None:
    for number in range(120):
        empty.meta.control("pages", {"name": f"N{number}"})
    whole = pasted(empty)
    assert (len(whole["groups"]), whole["complete"], whole["notes"]) == (121, True, [])
    empty.meta.fault(method="GET", path="me/accounts", kind="graph_error", error={"code": 2}, skip=1)
    cut = pasted(empty, "it")
    assert (len(cut["groups"]), cut["complete"]) == (100, False)
    assert cut["notes"] == [
        "Potrebbero mancare delle Pagine: l'elenco delle tue Pagine si è interrotto dopo 100 (2). Scegli tra queste, "
        "o ricomincia per vedere le altre."
    ]
    assert len(choose(empty, cut["id"], PAGE).body["data"]) == 2
