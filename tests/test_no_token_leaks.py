"""The look for leaked secrets after the suite (tests/support/leaks.py) finds them; else its silence says nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import structlog

from araldo.redaction import redact
from araldo.sandbox.meta.state import new_token
from araldo.storage.vault import load_vault
from araldo.workspaces.keys import make_key
from araldo.workspaces.users import csrf_token_of, make_link_token, make_session_token
from tests.support.leaks import SecretLeakDetector
from tests.support.migrated import copy_migrated_file

SIGNED = "http://127.0.0.1/media/med_1.jpg?expires=1&signature=" + "x" * 43


@pytest.fixture
def detector() -> SecretLeakDetector:
    return SecretLeakDetector()


@pytest.mark.parametrize(
    ("secret", "sort"),
    [
        (new_token(), "a token"),
        (make_key().secret, "an API key"),
        (make_link_token().secret, "a sign-in link"),
        (make_session_token().secret, "a session"),
        (csrf_token_of("aras_x"), "a session"),
        ("sandbox-secret", "a secret or a signature"),
        (SIGNED, "a secret or a signature"),
        ("appsecret_proof=" + "0" * 64, "a secret or a signature"),
    ],
    ids=["token", "key", "link", "session", "csrf", "app-secret", "signature", "proof"],
)
def test_each_kind_of_secret_is_found_in_a_log(
    detector: SecretLeakDetector, tmp_path: Path, secret: str, sort: str
) -> None:
    (tmp_path / "up.log").write_text(f'{{"event": "request", "url": "{secret}"}}\n')
    detector.scan_files(tmp_path)
    assert detector.found == [f"{sort} in {tmp_path / 'up.log'}"]
    assert secret not in detector.found[0]
    (tmp_path / "up.log").unlink()


def test_a_registered_token_is_found_within_other_text(detector: SecretLeakDetector, tmp_path: Path) -> None:
    token = detector.register_token(new_token())
    with closing(sqlite3.connect(tmp_path / "some.db")) as database:
        database.execute("CREATE TABLE attempts (id TEXT, answer TEXT)")
        database.execute("INSERT INTO attempts VALUES ('att_1', ?)", (f"abc{token}",))
        database.commit()
    detector.scan_files(tmp_path)
    assert detector.found == [f"a token in {tmp_path / 'some.db'}"]
    (tmp_path / "some.db").unlink()


def test_a_token_is_found_in_one_of_many_copies_of_a_database(detector: SecretLeakDetector, tmp_path: Path) -> None:
    for name in ("1.db", "2.db", "3.db"):
        copy_migrated_file(tmp_path / name)
    with closing(sqlite3.connect(tmp_path / "2.db")) as database:
        database.execute("INSERT INTO system_state VALUES ('x', ?, '2030')", (f'"{new_token()}"',))
        database.commit()
    detector.scan_files(tmp_path)
    assert detector.found == [f"a token in {tmp_path / '2.db'}"]
    (tmp_path / "2.db").unlink()


def test_a_token_is_found_in_postgresql(detector: SecretLeakDetector, postgres_url: str) -> None:
    with psycopg.connect(f"{postgres_url}/postgres", autocommit=True) as admin:
        admin.execute("CREATE TABLE leaky (data JSON)")
        try:
            admin.execute("INSERT INTO leaky VALUES (json_build_object('raw', %s::text))", (new_token(),))
            detector.scan_postgres(admin)
        finally:
            admin.execute("DROP TABLE leaky")
    assert detector.found == ["a token in PostgreSQL, table leaky"]


def test_sealed_and_redacted_secrets_are_no_leak(detector: SecretLeakDetector, tmp_path: Path) -> None:
    token = detector.register_token(new_token())
    vault = load_vault(tmp_path, ())
    (tmp_path / "sealed.db").write_text("\n".join(vault.seal(token) for _ in range(200)))
    (tmp_path / "struck.log").write_text(redact(f'{{"message": "Malformed access token {token}"}}'))
    detector.scan_files(tmp_path)
    assert detector.found == []


def test_the_sandboxs_files_are_not_scanned(detector: SecretLeakDetector, tmp_path: Path) -> None:
    (tmp_path / "sandbox").mkdir()
    kept = tmp_path / "sandbox" / "world.json"
    kept.write_text(new_token())
    detector.scan_files(tmp_path)
    assert detector.found == []


def test_every_log_line_of_the_run_is_scanned(tmp_path_factory: pytest.TempPathFactory) -> None:
    structlog.get_logger().info("kept_for_the_look", number=42)
    # Not in a deeper folder: a test may have run tests of its own.
    (log,) = tmp_path_factory.getbasetemp().glob("log[0-9]*/structlog.log")
    assert "kept_for_the_look" in log.read_text().splitlines()[-1]
