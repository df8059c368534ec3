"""`araldo doctor`: check the settings, the database and the accounts, and say how to fix what is wrong."""

from __future__ import annotations

import stat
import sys
from collections.abc import AsyncIterator
from functools import partial

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.addresses import is_public_url
from araldo.app import Araldo
from araldo.cli.findings import DoctorFinding, Grade, backup_finding, database_size_finding, megabytes
from araldo.errors import Conflict, OutsideError
from araldo.messages import Message, message_in
from araldo.messages.times import ZonedInstant
from araldo.settings import Settings
from araldo.storage import sizes
from araldo.storage.blobs import Blobs, BlobStoreUnavailable
from araldo.storage.database import Transaction
from araldo.storage.sealed_columns import count_unreadable
from araldo.storage.vault import VaultKeyInvalid
from araldo.workflows.maintenance.backup_status import read_status
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace


async def examine(settings: Settings, *, ask_services: bool = False) -> list[DoctorFinding]:
    findings = [_python_finding()]
    try:
        araldo = Araldo(settings)
    except OSError as broken:
        message = Message("data_folder.unusable")
        return [*findings, DoctorFinding("bad", message.with_values(path=settings.data_dir, why=broken.strerror))]
    except VaultKeyInvalid as spoilt:
        return [*findings, DoctorFinding("bad", spoilt.message)]
    findings += [*_service_findings(araldo), _public_url_finding(araldo), _secret_key_finding(settings)]
    try:
        findings.append(await _blobs_finding(araldo.blobs))
        findings += [finding async for finding in _database_findings(araldo, ask_services=ask_services)]
    finally:
        await araldo.close()
    return findings


def _python_finding() -> DoctorFinding:
    version = ".".join(map(str, sys.version_info[:3]))
    return DoctorFinding("good", Message("doctor.python", {"version": version}))


def _service_findings(araldo: Araldo) -> list[DoctorFinding]:
    found = [finding for service in araldo.services.values() for finding in service.settings_findings()]
    return [DoctorFinding(finding.grade, finding.message) for finding in found]


def _public_url_finding(araldo: Araldo) -> DoctorFinding:
    url = araldo.settings.public_url
    if is_public_url(url):
        return DoctorFinding("good", Message("doctor.public_url").with_values(url=url))
    unable = araldo.platforms_unable_to_fetch()
    if not unable:
        return DoctorFinding("good", Message("doctor.no_public_url_needed"))
    labels = ", ".join(araldo.declarations[name].label for name in unable)
    return DoctorFinding("note", Message("doctor.public_url_not_public", {"labels": labels}))


def _secret_key_finding(settings: Settings) -> DoctorFinding:
    path = settings.data_dir / "secret.key"
    if settings.secret_keys:
        return DoctorFinding("good", Message("doctor.sealed_with_settings"))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        message = Message("doctor.secret_key_readable")
        return DoctorFinding("bad", message.with_values(path=path))
    good = Message("doctor.sealed_with_file")
    return DoctorFinding("good", good.with_values(path=path))


async def _blobs_finding(blobs: Blobs) -> DoctorFinding:
    try:
        await blobs.check()
    except BlobStoreUnavailable as away:
        return DoctorFinding("bad", away.message)
    except OSError as broken:
        why = Message("doctor.blobs_unwritable").with_values(where=blobs.where, why=broken.strerror)
        return DoctorFinding("bad", why)
    return DoctorFinding("good", Message("doctor.blobs_ok").with_values(where=blobs.where))


async def _database_findings(araldo: Araldo, *, ask_services: bool) -> AsyncIterator[DoctorFinding]:
    if not await araldo.database.is_reachable():
        message = Message("doctor.database_down")
        yield DoctorFinding("bad", message)
        return
    try:
        await araldo.prepare()
    except Conflict as refused:
        yield DoctorFinding("bad", refused.message)
        return
    yield DoctorFinding("good", Message("doctor.database_ok"))
    unreadable = await araldo.database.read(partial(count_unreadable, vault=araldo.vault))
    if unreadable:
        yield DoctorFinding("bad", Message("doctor.secrets_unreadable", {"count": unreadable}))

    def in_transaction(transaction: Transaction) -> tuple[list[Account], int, list[Workspace]]:
        accounts = account_store.list_all(transaction)
        keys = workspace_store.count_keys(transaction)
        workspaces = workspace_store.list_all(transaction)
        return accounts, keys, workspaces

    accounts, keys, workspaces = await araldo.database.read(in_transaction)
    yield backup_finding(
        await araldo.database.read(read_status),
        is_scheduled=araldo.settings.backup.folder is not None,
        zone=workspaces[0].zone,
    )
    async for finding in _size_findings(araldo):
        yield finding
    if not keys:
        yield DoctorFinding(
            "note",
            Message("doctor.no_api_key"),
        )
    if not accounts:
        message = Message("doctor.no_account")
        yield DoctorFinding("note", message)
    by_id = {workspace.id: workspace for workspace in workspaces}
    unwell = False
    for account in accounts:
        workspace = by_id[account.workspace_id]
        where = f", {workspace.name}" if len(by_id) > 1 else ""
        finding = await _account_finding(araldo, account, where, workspace.zone, ask_services=ask_services)
        unwell = unwell or finding.grade != "good"
        yield finding
    if unwell:
        yield DoctorFinding("note", Message("doctor.how_to_reconnect"))


async def _size_findings(araldo: Araldo) -> AsyncIterator[DoctorFinding]:
    size = await araldo.database.read(sizes.read_database_bytes)
    rows = {name: await araldo.database.read(partial(sizes.count_rows_of, table=name)) for name in sizes.TABLES}
    yield database_size_finding(size, rows)
    try:
        count, size = await araldo.blobs.measure()
    except (BlobStoreUnavailable, OSError):
        # The check of the store has said so.
        return
    yield DoctorFinding("good", Message("doctor.pictures", {"count": count, "size": megabytes(size)}))


async def _account_finding(
    araldo: Araldo, account: Account, where: str, zone: str, *, ask_services: bool
) -> DoctorFinding:
    """Return one line; with `ask_services` a second, about its access. `where`: the workspace, if there are several."""
    asked: Message | None = None
    if ask_services:
        try:
            account = await araldo.account_inspector.inspect(account)
        except OutsideError as failure:
            asked = failure.message
    hint = asked or message_in(account.health_detail)
    known = {"name": account.name, "kind": account.kind.replace("_", " "), "where": where, "health": account.health}
    line = Message("doctor.account", known) if asked is None else Message("doctor.account_not_inspected", known)
    said = _join(line, ": ", hint) if hint is not None else line
    if ask_services:
        said = _join(said, "\n    ", _access_message(account, zone))
    grades: dict[str, Grade] = {"ok": "good", "expiring": "note"}
    return DoctorFinding("note" if asked is not None else grades.get(account.health, "bad"), said)


def _access_message(account: Account, zone: str) -> Message:
    """Say what the account's access depends on and when it ends; what was not reported is unknown, not endless."""
    said: Message | None = None
    for end in account.access_ends:
        if end.at is None:
            line = Message("doctor.access_endless", {"what": end.what})
        elif end.is_renewable:
            line = Message("doctor.access_renewed", {"what": end.what, "when": ZonedInstant(end.at, zone)})
        else:
            line = Message("doctor.access_ends", {"what": end.what, "when": ZonedInstant(end.at, zone)})
        said = line if said is None else _join(said, ", ", line)
    return said or Message("doctor.access_unknown")


def _join(first: Message, between: str, second: Message) -> Message:
    return Message("doctor.joined", {"first": first, "between": between, "second": second})
