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
from araldo.errors import OutsideError, Sentence
from araldo.settings import Settings
from araldo.storage.vault import NoKey
from araldo.workspaces import store as workspace_store

Grade = Literal["good", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`note` is fine for trying out, and to be mended before real use."""

    grade: Grade
    sentence: Sentence

    @property
    def mark(self) -> str:
        return {"good": "✓", "note": "!", "bad": "✗"}[self.grade]


async def examine(settings: Settings, *, ask_services: bool = False) -> list[Finding]:
    findings = [_python(), *_meta(settings), _public_url(settings)]
    try:
        araldo = Araldo(settings)
    except OSError as broken:
        sentence = Sentence(
            "The data folder {path} cannot be used: {why}. Give one with ARALDO_DATA_DIR.",
            "La cartella dati {path} non è utilizzabile: {why}. Indicane una con ARALDO_DATA_DIR.",
        )
        return [*findings, Finding("bad", sentence.with_(path=settings.data_dir, why=broken.strerror))]
    except NoKey as spoilt:
        return [*findings, Finding("bad", spoilt.sentence)]
    findings.append(_secret_key(settings))
    try:
        findings += [finding async for finding in _database(araldo, ask_services=ask_services)]
    finally:
        await araldo.close()
    return findings


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("good", Sentence("Python {version}", "Python {version}").with_(version=version))


def _meta(settings: Settings) -> list[Finding]:
    meta = settings.meta
    local = not is_public_url(meta.graph_url)
    where = Sentence("Graph API: {url}{note}", "Graph API: {url}{note}").with_(
        url=meta.graph_url, note=" (sandbox)" if local else ""
    )
    findings = [Finding("good", where)]
    if meta.app_id and meta.app_secret:
        findings.append(
            Finding("good", Sentence("Meta app id and secret are set.", "Id e segreto dell'app Meta sono impostati."))
        )
    else:
        sentence = Sentence(
            "ARALDO_META__APP_ID and ARALDO_META__APP_SECRET are not both set: a user token cannot be made long-lived.",
            "ARALDO_META__APP_ID e ARALDO_META__APP_SECRET non sono entrambi impostati: "
            "un token utente non può essere reso di lunga durata.",
        )
        findings.append(Finding("note", sentence))
    return findings


def _public_url(settings: Settings) -> Finding:
    if is_public_url(settings.public_url):
        good = Sentence("Public address: {url}", "Indirizzo pubblico: {url}")
        return Finding("good", good.with_(url=settings.public_url))
    if not is_public_url(settings.meta.graph_url):
        return Finding(
            "good",
            Sentence(
                "No public address is needed with the sandbox.", "Con la sandbox non serve un indirizzo pubblico."
            ),
        )
    sentence = Sentence(
        "ARALDO_PUBLIC_URL is not an address that the internet reaches: "
        "Instagram cannot fetch pictures. Facebook works.",
        "ARALDO_PUBLIC_URL non è un indirizzo raggiungibile da internet: "
        "Instagram non può scaricare le immagini. Facebook funziona.",
    )
    return Finding("note", sentence)


def _secret_key(settings: Settings) -> Finding:
    path = settings.data_dir / "secret.key"
    if settings.secret_keys:
        return Finding(
            "good", Sentence("Tokens are sealed with your keys.", "I token sono sigillati con le tue chiavi.")
        )
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        sentence = Sentence(
            "Others can read {path}, which opens every token: run `chmod 600 {path}`.",
            "Altri possono leggere {path}, che apre ogni token: esegui `chmod 600 {path}`.",
        )
        return Finding("bad", sentence.with_(path=path))
    good = Sentence("Tokens are sealed with {path}: back it up.", "I token sono sigillati con {path}: fanne una copia.")
    return Finding("good", good.with_(path=path))


async def _database(araldo: Araldo, *, ask_services: bool) -> AsyncIterator[Finding]:
    if not await araldo.database.answers():
        sentence = Sentence(
            "The database does not answer: check ARALDO_DATABASE__URL and that it is running.",
            "Il database non risponde: controlla ARALDO_DATABASE__URL e che sia attivo.",
        )
        yield Finding("bad", sentence)
        return
    await araldo.prepare()
    yield Finding("good", Sentence("The database answers and is up to date.", "Il database risponde ed è aggiornato."))
    async with araldo.database.transaction() as transaction:
        accounts = await account_store.all_of_them(transaction)
        keys = await workspace_store.count_keys(transaction)
        workspaces = await workspace_store.all_of_them(transaction)
    if not keys:
        yield Finding(
            "note",
            Sentence(
                "There is no API key: run `araldo keys create`.", "Nessuna chiave API: esegui `araldo keys create`."
            ),
        )
    if not accounts:
        sentence = Sentence(
            "No account is connected: run `araldo connect meta --user-token -`.",
            "Nessun account collegato: esegui `araldo connect meta --user-token -`.",
        )
        yield Finding("note", sentence)
    names = {one.id: one.name for one in workspaces}
    unwell = False
    for account in accounts:
        where = f", {names[account.workspace_id]}" if len(names) > 1 else ""
        finding = await _account(araldo, account, where, ask_services=ask_services)
        unwell = unwell or finding.grade != "good"
        yield finding
    if unwell:
        yield Finding("note", _AGAIN)


async def _account(araldo: Araldo, account: Account, where: str, *, ask_services: bool) -> Finding:
    """One line, with `ask_services` a second one on its token. `where` names the workspace, if there are several."""
    asked: Sentence | None = None
    if ask_services:
        try:
            account = await araldo.checkup.check(account)
        except OutsideError as failure:
            asked = failure.sentence
    hint = asked or (Sentence(**told) if (told := (account.health_detail or {}).get("sentence")) else None)
    known = {"name": account.name, "kind": account.kind.replace("_", " "), "where": where, "health": account.health}
    line = _ACCOUNT.with_(**known) if asked is None else _NOT_ASKED.with_(**known)
    said = _joined(line, ": ", hint) if hint is not None else line
    if ask_services:
        said = _joined(said, "\n    ", _token(account))
    grades: dict[str, Grade] = {"ok": "good", "expiring": "note"}
    return Finding("note" if asked is not None else grades.get(account.health, "bad"), said)


def _token(account: Account) -> Sentence:
    """What is known of its token: what was not said is unknown, which is not "never"."""
    ends = account.token_expires_at
    end = _NEVER if account.token_expiry == "never" else _END_UNKNOWN  # noqa: S105 - a word, not a token
    if ends is not None:
        end = _AT.with_(moment=f"{ends:%Y-%m-%d %H:%M}")
    lasts = account.data_access_expires_at
    data = _UNTIL.with_(day=f"{lasts:%Y-%m-%d}") if lasts is not None else _UNTIL_UNKNOWN
    kind = Sentence("{kind} token", "token: {kind}").with_(kind=account.token_kind or "?")
    return _joined(_joined(kind, ", ", end), ", ", data)


def _joined(first: Sentence, between: str, second: Sentence) -> Sentence:
    return Sentence(f"{first.en}{between}{second.en}", f"{first.it}{between}{second.it}")


_ACCOUNT = Sentence("Account {name} ({kind}{where}): {health}", "Account {name} ({kind}{where}): {health}")
_NOT_ASKED = Sentence(
    "Account {name} ({kind}{where}) could not be asked about", "Account {name} ({kind}{where}): impossibile chiedere"
)
_NEVER = Sentence("ends never", "senza scadenza")
_AT = Sentence("ends {moment} UTC", "scade il {moment} UTC")
_END_UNKNOWN = Sentence("its end is unknown", "scadenza sconosciuta")
_UNTIL = Sentence("data access until {day}", "accesso ai dati fino al {day}")
_UNTIL_UNKNOWN = Sentence("data access: unknown until when", "accesso ai dati: fino a quando è sconosciuto")
_AGAIN = Sentence(
    "To connect an account again: `araldo connect meta`.", "Per ricollegare un account: `araldo connect meta`."
)
