"""The commands, as an operator types them."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from araldo.cli.terminal import _parse_selection
from tests.support.processes import environment, free_port, run_araldo
from tests.support.running_system import running_sandbox


@pytest.mark.parametrize("answer", ["all", "Tutti", "tutte", "todas", " TODOS "])
def test_all_accounts_are_chosen_by_the_word_of_any_language(answer: str) -> None:
    assert _parse_selection(answer, {"a": None, "b": None}) == ["a", "b"]


def test_commands_from_an_empty_folder_to_a_connected_account(tmp_path: Path) -> None:
    with running_sandbox() as meta:
        env = environment(tmp_path / "data", free_port(), meta)
        key = run_araldo("keys", "create", env=env)
        assert (key.returncode, key.stderr) == (0, "")
        assert key.stdout.startswith("ara_")
        token = meta.mint()
        connected = run_araldo("connect", "meta", "--method", "token", env=env, stdin=f"{token}\n")
        assert connected.returncode == 0, connected.stderr
        assert connected.stdout.splitlines() == [
            "Connected: Studio Demo (facebook page)",
            "Connected: studio.demo (instagram account)",
        ]
        looked = run_araldo("doctor", env=env)
        assert looked.returncode == 0, looked.stdout
        (tmp_path / "data" / "secret.key").rename(tmp_path / "lost.key")
        lost = run_araldo("doctor", env=env)
        assert (lost.returncode, "cannot be decrypted with the keys at hand" in lost.stdout) == (1, True)
        assert "Account Studio Demo (facebook page): ok" in looked.stdout
        assert token not in connected.stdout + looked.stdout


def test_doctor_reports_accounts_of_two_workspaces(tmp_path: Path) -> None:
    with running_sandbox() as meta:
        env = environment(tmp_path / "data", free_port(), meta)
        made = run_araldo("workspace", "create", "Bottega", env=env)
        assert made.stdout.startswith("ws_"), made.stderr
        assert run_araldo("keys", "create", "--workspace", "Bottega", env=env).stdout.startswith("ara_")
        where = ("--method", "token", "--workspace")
        assert run_araldo("connect", "meta", *where, "Bottega", env=env, stdin=meta.mint()).returncode == 0
        some = meta.mint(scopes=["pages_show_list", "pages_read_engagement", "pages_manage_posts"])
        lacking = run_araldo("connect", "meta", *where, "Araldo", env=env, stdin=some)
        assert (lacking.returncode, "  ! Missing permissions for Instagram" in lacking.stdout) == (0, True)
        assert (
            "workspace does not exist" in run_araldo("connect", "meta", *where, "Altrove", env=env, stdin=some).stderr
        )
        looked = run_araldo("doctor", "--accounts", env=env)
        in_italian = run_araldo("doctor", "--accounts", env=env | {"LANG": "it_IT.UTF-8"})
    assert (looked.returncode, in_italian.returncode) == (1, 1)
    assert "✓ Account studio.demo (instagram account, Bottega): ok" in looked.stdout
    assert (
        "✗ Account studio.demo (instagram account, Araldo): action_needed: Missing permissions for Instagram"
        in looked.stdout
    )
    time = r"[a-z]{3} \d{1,2} [a-z]{3} 20\d\d, \d\d:\d\d \(Europe/Rome\)"
    assert re.search(rf"    Access to the Page without end, .*Permission to use data until (?i:{time})", looked.stdout)
    assert re.search(
        rf"    Accesso alla Pagina senza scadenza, .*Permesso di usare i dati fino al {time}", in_italian.stdout
    )
    assert "Per ricollegare un account, esegui `araldo connect SERVIZIO`." in in_italian.stdout


def test_a_link_for_each_user_and_a_user_for_each_name(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", port := free_port())
    asked = (["link"], ["create", "Bruna"], ["link", "BRUNA", "--forget-password"])
    said = [run_araldo("users", *words, env=env).stdout for words in asked]
    assert all(re.fullmatch(rf"http://127\.0\.0\.1:{port}/sign-in#aral_[\w-]{{43}}\n", one) for one in said), said
    assert len(set(said)) == 3
    assert run_araldo("workspace", "create", "Bottega", env=env).returncode == 0
    with closing(sqlite3.connect(tmp_path / "data" / "araldo.db")) as database:
        belongs = (
            "SELECT u.name, w.name FROM members JOIN users u ON u.id = user_id JOIN workspaces w ON w.id = workspace_id"
        )
        found = set(database.execute(belongs))
    assert found == {("owner", "Araldo"), ("owner", "Bottega"), ("Bruna", "Araldo")}
    nobody = run_araldo("users", "link", "nobody", env=env)
    assert (nobody.returncode, nobody.stdout, nobody.stderr) == (1, "", "This user does not exist.\n")


def _rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "araldo.db")) as database:
        return database.execute(query).fetchall()


def test_a_key_is_listed_and_revoked_by_its_beginning(tmp_path: Path) -> None:
    env = environment(tmp_path, free_port())
    key = run_araldo("keys", "create", "--name", "Blog", env=env).stdout.strip()
    (line,) = run_araldo("keys", "list", env=env).stdout.splitlines()
    assert re.fullmatch(rf"key_\w+  {re.escape(key[:10])}…  Blog  made 20[\d-]+  used -  ends -", line)
    assert run_araldo("keys", "revoke", key[:10], env=env).returncode == 0
    assert run_araldo("keys", "list", env=env).stdout == ""
    again = run_araldo("keys", "revoke", line.split()[0], env=env)
    assert (again.returncode, again.stderr) == (1, "This API key does not exist.\n")
    told = [json.loads(one) for one in run_araldo("audit", "--json", env=env).stdout.splitlines()]
    assert [(one["action"], one["target_name"], one["actor"]["kind"]) for one in told] == [
        ("key_revoked", "Blog", "command"),
        ("key_created", "Blog", "command"),
    ]
    assert key not in str(told)
    assert run_araldo("audit", "--action", "published", env=env).stdout == ""
    assert "The action" in run_araldo("audit", "--action", "nothing", env=env).stderr


def test_users_are_removed_except_the_last_and_clearing_a_password_ends_sessions(tmp_path: Path) -> None:
    env = environment(tmp_path, free_port())
    for words in (("create", "Bruna"), ("create", "Carla")):
        assert run_araldo("users", *words, env=env).returncode == 0
    (bruna,) = [str(row[0]) for row in _rows(tmp_path, "SELECT id FROM users WHERE name = 'Bruna'")]
    with closing(sqlite3.connect(tmp_path / "araldo.db")) as database:
        database.execute(
            "INSERT INTO sessions SELECT 'ses_1', 'h', id, (SELECT id FROM workspaces), '', '2030-01-01', '2030-01-01',"
            " '2099-01-01' FROM users WHERE name = 'Bruna'"
        )
        database.execute("UPDATE users SET password_hash = 'x'")
        database.commit()
    assert run_araldo("users", "link", "Bruna", "--forget-password", env=env).returncode == 0
    assert _rows(tmp_path, "SELECT count(*) FROM sessions") == [(0,)]
    assert _rows(tmp_path, "SELECT name FROM users WHERE password_hash IS NULL") == [("Bruna",)]
    listed = run_araldo("users", "list", env=env).stdout
    assert f"{bruna}  Bruna  Araldo\n" in listed
    assert run_araldo("users", "remove", "Carla", "--workspace", "Araldo", env=env).returncode == 0
    assert run_araldo("users", "remove", "bruna", env=env).returncode == 0
    refused = run_araldo("users", "remove", "owner", env=env)
    assert refused.returncode == 1
    assert refused.stderr.startswith("This is the only owner of Araldo")
    assert _rows(tmp_path, "SELECT name FROM users ORDER BY name") == [("Carla",), ("owner",)]
    assert run_araldo("users", "reset-totp", "owner", env=env).stderr == "This user does not use two-factor sign-in.\n"
    said = run_araldo("audit", "--limit", "3", env=env).stdout.splitlines()
    assert [line.split("  ")[1] for line in said] == ["user_removed", "member_removed", "password_forgotten"]


@pytest.mark.parametrize(
    ("kind", "said"), [("app", "app token"), ("rubbish", "no longer valid"), ("empty", "Access token is missing")]
)
def test_a_useless_token_is_refused_with_advice(tmp_path: Path, kind: str, said: str) -> None:
    with running_sandbox() as meta:
        token = {"rubbish": "EAArubbish", "empty": ""}.get(kind) or (meta.mint("app") if kind == "app" else "")
        refused = run_araldo(
            "connect", "meta", "--method", "token", env=environment(tmp_path, free_port(), meta), stdin=token
        )
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_doctor_says_what_is_missing(tmp_path: Path) -> None:
    looked = run_araldo("doctor", env=environment(tmp_path, free_port()))
    assert looked.returncode == 0
    for said in ("ARALDO_META__APP_ID", "ARALDO_PUBLIC_URL", "araldo keys create", "araldo connect SERVICE"):
        assert said in looked.stdout
    in_italian = run_araldo("doctor", env=environment(tmp_path, free_port(), LANG="it_IT.UTF-8"))
    assert "Non c'è ancora una chiave API" in in_italian.stdout


def test_an_invalid_setting_is_named(tmp_path: Path) -> None:
    refused = run_araldo("doctor", env=environment(tmp_path, free_port(), ARALDO_PUBLISH__LEASE_S="soon"))
    assert refused.returncode == 2
    assert "ARALDO_PUBLISH__LEASE_S" in refused.stderr


def test_an_unusable_folder_or_port_is_reported_as_a_message(tmp_path: Path) -> None:
    with running_sandbox() as meta:
        taken = tmp_path / "a file"
        taken.write_text("mine")
        said = run_araldo("up", env=environment(taken, free_port(), meta))
        assert (said.returncode, taken.read_text()) == (1, "mine")
        assert said.stderr.startswith(f"The data folder {taken} cannot be used: ")
        with socket.create_server(("127.0.0.1", 0)) as busy:
            port = busy.getsockname()[1]
            said = run_araldo("up", env=environment(tmp_path / "data", port, meta))
        assert said.returncode == 1
        assert said.stderr.startswith(f"Port {port} of 127.0.0.1 cannot be used: Address already in use")


def test_a_key_is_created_with_scopes(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", free_port())
    narrow = run_araldo("keys", "create", "--scope", "draft", "--scope", "read", env=env).stdout
    assert narrow.startswith("ara_")
    assert run_araldo("keys", "create", env=env).stdout.startswith("ara_")
    wrong = run_araldo("keys", "create", "--scope", "publsh", env=env)
    assert (wrong.returncode, '"publsh"' in wrong.stderr, wrong.stdout) == (1, True, "")
    with closing(sqlite3.connect(tmp_path / "data" / "araldo.db")) as database:
        kept = [json.loads(scopes) for (scopes,) in database.execute("SELECT scopes FROM api_keys ORDER BY created_at")]
    assert kept == [["read", "draft"], ["*"]]


@pytest.mark.parametrize(
    "words",
    [
        ("users", "list"),
        ("keys", "rotate-secret"),
        ("workspace", "create", "Bottega"),
        ("audit",),
        ("backup", "new.tar"),
    ],
)
def test_a_database_that_is_away_is_one_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    away = f"postgresql://araldo:sesame@127.0.0.1:{free_port()}/araldo"
    done = run_araldo(*words, env=environment(tmp_path, free_port(), ARALDO_DATABASE__URL=away))
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "sesame" not in line
    assert "does not answer" in line or "Connection refused" in line


def test_a_database_file_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'missing' / 'araldo.db'}"
    done = run_araldo("users", "list", env=environment(tmp_path, free_port(), ARALDO_DATABASE__URL=url))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "This machine could not do it: OperationalError SQLITE_CANTOPEN. Put that right, and run the command again.\n"
    )
