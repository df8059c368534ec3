"""The language of a workspace's mail: its first member's until one is chosen, the machine's until there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.browsing import Person, create_sign_in_link, person_of, signed_in
from tests.support.processes import environment, free_port, run_araldo
from tests.support.running_system import RunningSystem, ask, start_system

SESSION, WORKSPACES = "/api/v1/session", "/api/v1/workspaces"


def sign_in(home: RunningSystem, accepted: str) -> Person:
    """Sign the first user in with a browser of these languages."""
    body = {"link": create_sign_in_link(home)}
    return person_of(ask("POST", home.url + SESSION, body, {"accept-language": accepted}), home.url)


def language(person: Person) -> str:
    found: str = person.ask("GET", SESSION).body["workspace"]["language"]
    return found


def choose(person: Person, code: str) -> None:
    assert person.ask("PATCH", SESSION, {"language": code}).status == 200


def choose_for_workspace(person: Person, code: str) -> None:
    here = person.ask("GET", SESSION).body["workspace"]["id"]
    assert person.ask("PATCH", f"{WORKSPACES}/{here}", {"language": code}).status == 200


@pytest.mark.parametrize(("locale", "expected"), [("it_IT.UTF-8", "it"), ("en_GB.UTF-8", "en"), ("de_DE.UTF-8", "en")])
def test_the_first_workspace_has_the_machines_language_until_somebody_signs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, expected: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    other = "en" if expected == "it" else "it"
    with start_system(tmp_path) as home:
        assert language(sign_in(home, "de")) == expected
        assert language(sign_in(home, f"de, {other}-CH;q=0.8")) == other


def test_it_is_detected_once_and_follows_the_first_users_choice(home: RunningSystem) -> None:
    me = sign_in(home, "it-IT, en;q=0.5")
    assert language(me) == "it"
    assert language(sign_in(home, "en-GB")) == "it"
    for code in ("en", "it", "en"):
        choose(me, code)
        assert language(me) == code
    assert language(sign_in(home, "it")) == "en"


def test_a_language_chosen_for_the_workspace_stays(home: RunningSystem) -> None:
    me = sign_in(home, "en")
    choose_for_workspace(me, "it")
    choose(me, "en")
    assert language(me) == "it"
    choose_for_workspace(me, "en")
    assert language(me) == "en"


def test_another_member_does_not_change_it(home: RunningSystem) -> None:
    me = sign_in(home, "en")
    other = signed_in(home, "Bruna", new=True)
    choose(other, "it")
    assert (language(other), language(me)) == ("en", "en")


def test_a_new_workspace_has_the_language_of_the_user_who_creates_it(home: RunningSystem) -> None:
    me = sign_in(home, "en")

    def create(name: str, **fields: str) -> str:
        made = me.ask("POST", WORKSPACES, {"name": name, **fields}, accept_language="it")
        assert made.status == 201
        found: str = made.body["language"]
        return found

    assert create("Uno") == "it"
    assert create("Due", language="en") == "en"
    choose(me, "en")
    assert create("Tre") == "en"
    choose(me, "it")
    found = me.ask("GET", WORKSPACES).body["data"]
    assert {row["name"]: row["language"] for row in found} == {"Araldo": "it", "Uno": "it", "Due": "en", "Tre": "it"}


def test_a_workspace_of_the_command_line_has_the_first_users_language_else_the_machines(
    home: RunningSystem,
) -> None:
    env = environment(home.settings.data_dir, free_port(), LANG="it_IT.UTF-8")
    assert run_araldo("workspace", "create", "Prima", env=env).returncode == 0
    me = sign_in(home, "de")
    choose(me, "en")
    assert run_araldo("workspace", "create", "Dopo", env=env).returncode == 0
    found = {row["name"]: row["language"] for row in me.ask("GET", WORKSPACES).body["data"]}
    assert found == {"Araldo": "en", "Prima": "en", "Dopo": "en"}
