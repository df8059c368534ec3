"""`araldo doctor`: what is set, what is missing, and how to mend it."""

from __future__ import annotations

import stat
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.addresses import is_public_url
from araldo.app import Araldo
from araldo.errors import OutsideError
from araldo.messages import Message, message_in
from araldo.settings import Settings
from araldo.storage.vault import NoKey
from araldo.workspaces import store as workspace_store

Grade = Literal["good", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`note` is fine for trying out, and to be mended before real use."""

    grade: Grade
    message: Message

    @property
    def mark(self) -> str:
        return {"good": "✓", "note": "!", "bad": "✗"}[self.grade]


async def examine(settings: Settings, *, ask_services: bool = False) -> list[Finding]:
    findings = [_python(), *_meta(settings), _public_url(settings)]
    try:
        araldo = Araldo(settings)
    except OSError as broken:
        message = Message("doctor.data_folder_unusable")
        return [*findings, Finding("bad", message.with_values(path=settings.data_dir, why=broken.strerror))]
    except NoKey as spoilt:
        return [*findings, Finding("bad", spoilt.message)]
    findings.append(_secret_key(settings))
    try:
        findings += [finding async for finding in _database(araldo, ask_services=ask_services)]
    finally:
        await araldo.close()
    return findings


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("good", Message("doctor.python", {"version": version}))


def _meta(settings: Settings) -> list[Finding]:
    meta = settings.meta
    local = not is_public_url(meta.graph_url)
    where = Message("doctor.graph_api", {"url": meta.graph_url, "note": " (sandbox)" if local else ""})
    findings = [Finding("good", where)]
    if meta.app_id and meta.app_secret:
        findings.append(Finding("good", Message("doctor.app_id_set")))
    else:
        message = Message("doctor.app_id_missing")
        findings.append(Finding("note", message))
    return findings


def _public_url(settings: Settings) -> Finding:
    if is_public_url(settings.public_url):
        good = Message("doctor.public_url")
        return Finding("good", good.with_values(url=settings.public_url))
    if not is_public_url(settings.meta.graph_url):
        return Finding(
            "good",
            Message("doctor.no_public_url_needed"),
        )
    message = Message("doctor.public_url_not_public")
    return Finding("note", message)


def _secret_key(settings: Settings) -> Finding:
    path = settings.data_dir / "secret.key"
    if settings.secret_keys:
        return Finding("good", Message("doctor.sealed_with_settings"))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        message = Message("doctor.secret_key_readable")
        return Finding("bad", message.with_values(path=path))
    good = Message("doctor.sealed_with_file")
    return Finding("good", good.with_values(path=path))


async def _database(araldo: Araldo, *, ask_services: bool) -> AsyncIterator[Finding]:
    if not await araldo.database.answers():
        message = Message("doctor.database_down")
        yield Finding("bad", message)
        return
    await araldo.prepare()
    yield Finding("good", Message("doctor.database_ok"))
    async with araldo.database.transaction() as transaction:
        accounts = await account_store.all_of_them(transaction)
        keys = await workspace_store.count_keys(transaction)
        workspaces = await workspace_store.all_of_them(transaction)
    if not keys:
        yield Finding(
            "note",
            Message("doctor.no_api_key"),
        )
    if not accounts:
        message = Message("doctor.no_account")
        yield Finding("note", message)
    names = {one.id: one.name for one in workspaces}
    unwell = False
    for account in accounts:
        where = f", {names[account.workspace_id]}" if len(names) > 1 else ""
        finding = await _account(araldo, account, where, ask_services=ask_services)
        unwell = unwell or finding.grade != "good"
        yield finding
    if unwell:
        yield Finding("note", Message("doctor.how_to_reconnect"))


async def _account(araldo: Araldo, account: Account, where: str, *, ask_services: bool) -> Finding:
    """One line, with `ask_services` a second one on its token. `where` names the workspace, if there are several."""
    asked: Message | None = None
    if ask_services:
        try:
            account = await araldo.checkup.check(account)
        except OutsideError as failure:
            asked = failure.message
    hint = asked or message_in(account.health_detail)
    known = {"name": account.name, "kind": account.kind.replace("_", " "), "where": where, "health": account.health}
    line = Message("doctor.account", known) if asked is None else Message("doctor.account_not_inspected", known)
    said = _joined(line, ": ", hint) if hint is not None else line
    if ask_services:
        said = _joined(said, "\n    ", _token(account))
    grades: dict[str, Grade] = {"ok": "good", "expiring": "note"}
    return Finding("note" if asked is not None else grades.get(account.health, "bad"), said)


def _token(account: Account) -> Message:
    """What is known of its token: what was not said is unknown, which is not "never"."""
    ends = account.token_expires_at
    end = Message("doctor.token_never_ends") if account.token_expiry == "never" else Message("doctor.token_end_unknown")  # noqa: S105 - a word, not a token
    if ends is not None:
        end = Message("doctor.token_ends_at", {"moment": f"{ends:%Y-%m-%d %H:%M}"})
    lasts = account.data_access_expires_at
    data = (
        Message("doctor.data_access_until", {"day": f"{lasts:%Y-%m-%d}"})
        if lasts is not None
        else Message("doctor.data_access_unknown")
    )
    kind = Message("doctor.token_kind", {"kind": account.token_kind or "?"})
    return _joined(_joined(kind, ", ", end), ", ", data)


def _joined(first: Message, between: str, second: Message) -> Message:
    return Message("doctor.joined", {"first": first, "between": between, "second": second})
