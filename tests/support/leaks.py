"""Detection of leaked secrets: tokens, API keys, sessions and signatures in logs, files, databases and responses."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog

from araldo.sandbox.meta.state import new_token


@dataclass(frozen=True)
class Secret:
    """One kind of secret. `hints` are searched first: a hundred times faster than `pattern`, and usually absent."""

    sort: str
    hints: tuple[bytes, ...]
    pattern: re.Pattern[bytes]

    def is_in(self, data: bytes) -> bool:
        return any(hint in data for hint in self.hints) and bool(self.pattern.search(data))


def _word(sort: str, beginning: bytes, rest: bytes) -> Secret:
    """Match whole words only: sealed text may contain the same letters by chance."""
    return Secret(sort, (beginning,), re.compile(rb"(?<![A-Za-z0-9_-])" + beginning + rest))


_TOKEN = _word("a token", b"EAA", rb"[A-Za-z0-9]{60,}")
_KEY = _word("an API key", b"ara_", rb"[A-Za-z0-9_-]{30,}")
_LINK = _word("a sign-in link", b"aral_", rb"[A-Za-z0-9_-]{30,}")
_INVITATION = _word("an invitation", b"arai_", rb"[A-Za-z0-9_-]{30,}")
_APPROVAL = _word("an approval link", b"arap_", rb"[A-Za-z0-9_-]{30,}")
_SESSION = _word("a session", b"aras_", rb"[A-Za-z0-9_-]{30,}")
_CSRF = _word("a session", b"arac_", rb"[A-Za-z0-9_-]{30,}")
_PARAMETERS = (b"signature=", b"appsecret_proof=", b"access_token=", b"input_token=", b"fb_exchange_token=")
_OTHERS = Secret(
    "a secret or a signature",
    (b"sandbox-secret", *_PARAMETERS),
    re.compile(rb"sandbox-secret|(?:" + b"|".join(_PARAMETERS) + rb")[A-Za-z0-9_-]{20,}"),
)
_PLATFORMS = Path(__file__).parents[1] / "platforms"
# A registered token anywhere in the data, recognised by its beginning.
_BEGINNING = 40
_CANDIDATE = re.compile(rb"EAA[A-Za-z0-9]{37}")
# Not scanned: the sandbox's files, pictures, and the file that holds the demo's key on purpose.
_APART = {"sandbox", "blobs", "demo-api-key", "world.db", "world.db-wal", "world.db-shm"}
_SHOWS_A_KEY = re.compile(r"run\d*\.log")
_SQLITE, _PAGE_BYTES, _PAGES_MAX = b"SQLite format 3\0", 4096, 2000


@cache
def _secrets_of_services() -> tuple[Secret, ...]:
    """Return the secrets of single services: `SECRETS` in tests/platforms/<service>/leaks.py, where there is one."""
    services = sorted(file.parent.name for file in _PLATFORMS.glob("*/leaks.py"))
    modules = [importlib.import_module(f"tests.platforms.{service}.leaks") for service in services]
    return tuple(secret for module in modules for secret in module.SECRETS)


@dataclass
class SecretLeakDetector:
    """Collects findings in `found`: where, and which kind, never the secret itself."""

    minted: set[bytes] = field(default_factory=set)
    values: set[bytes] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
    # Pages of SQLite files that were scanned: nearly all of every other file's, for the schema alone takes 170.
    _scanned_pages: set[bytes] = field(default_factory=set)

    def register_token(self, token: str) -> str:
        self.minted.add(token.encode()[:_BEGINNING])
        return token

    def register_value(self, secret: str) -> str:
        """Register one secret of a service's server in tests, whatever its shape, and return it."""
        self.values.add(secret.encode())
        return secret

    def scan(self, where: str, data: bytes, *, keys: bool = True, others: bool = True, csrf: bool = True) -> None:
        """Scan data. `keys` False: API keys and links are allowed here; `csrf` False: the CSRF token is."""
        looked_for = [
            _TOKEN,
            _SESSION,
            *[_KEY, _LINK, _INVITATION, _APPROVAL] * keys,
            *[_CSRF] * csrf,
            *[_OTHERS] * others,
        ]
        looked_for += _secrets_of_services()
        found = {secret.sort for secret in looked_for if secret.is_in(data)}
        if b"EAA" in data and any(one in self.minted for one in _CANDIDATE.findall(data)):
            found.add(_TOKEN.sort)
        if any(value in data for value in self.values):
            found.add("a service's secret")
        self.found += [f"{sort} in {where}" for sort in sorted(found)]

    def scan_files(self, folder: Path) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and not _APART & set(path.relative_to(folder).parts):
                self.scan(str(path), self._unscanned(path.read_bytes()), keys=not _SHOWS_A_KEY.fullmatch(path.name))

    def _unscanned(self, data: bytes) -> bytes:
        """Return what is still to be scanned: of an SQLite file, where no text goes beyond a page, the new pages."""
        if not data.startswith(_SQLITE):
            return data
        pages = {data[start : start + _PAGE_BYTES] for start in range(0, len(data), _PAGE_BYTES)}
        pages -= self._scanned_pages
        if len(self._scanned_pages) < _PAGES_MAX:
            self._scanned_pages |= pages
        return b"\0".join(sorted(pages))

    def scan_postgres(self, connection: psycopg.Connection) -> None:
        """Scan every table. One statement for all: a statement a table takes eight times as long."""
        every = [f'SELECT \'{table}\', "{table}"::text FROM "{table}"' for table in tables_with_rows(connection)]
        for table, text in connection.execute(" UNION ALL ".join(every).encode()).fetchall() if every else ():
            self.scan(f"PostgreSQL, table {table}", text.encode())


def tables_with_rows(connection: psycopg.Connection) -> list[str]:
    """Return the names of the tables that have, or had, rows."""
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND pg_relation_size(oid) > 0 ORDER BY 1"
    )
    return [name for (name,) in found.fetchall()]


LEAK_DETECTOR = SecretLeakDetector()


@pytest.fixture(scope="session", autouse=True)
def no_secret_leaks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fail the run after its last test when a secret has leaked anywhere; logs are scanned before their redaction."""
    before = structlog.get_config()
    log = tmp_path_factory.mktemp("log") / "structlog.log"
    with log.open("a", buffering=1) as lines, pytest.MonkeyPatch.context() as patch:

        def keep(_logger: object, _method: str, event: Any) -> Any:
            whole = structlog.processors.format_exc_info(_logger, _method, dict(event))
            lines.write(json.dumps(whole, default=repr) + "\n")
            return event

        structlog.configure(processors=[keep, *before["processors"]])
        patch.setattr("araldo.sandbox.meta.tokens.new_token", lambda: LEAK_DETECTOR.register_token(new_token()))
        yield
        structlog.configure(**before)
    LEAK_DETECTOR.scan_files(tmp_path_factory.getbasetemp())
    assert LEAK_DETECTOR.found == [], "leaked secrets:\n" + "\n".join(LEAK_DETECTOR.found)
