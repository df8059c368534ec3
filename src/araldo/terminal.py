"""Connecting in the terminal: where to log in, which Pages there are, and which of them to take."""

from __future__ import annotations

import sys

from araldo.accounts.connection_store import Connection
from araldo.app import Araldo
from araldo.console import complain, say, terminal_language
from araldo.errors import Conflict, Sentence
from araldo.platforms.base import FoundAccount

_LOOK_S = 0.5

_LOG_IN = Sentence(
    "`araldo up` has to be running. Open this address, log in and choose your Pages:\n\n{url}\n",
    "`araldo up` deve essere attivo. Apri questo indirizzo, accedi e scegli le Pagine:\n\n{url}\n",
)
_REDIRECT = Sentence(
    "In the app's settings this must be a valid OAuth redirect address: {url}",
    "Nelle impostazioni dell'app questo deve essere un indirizzo di reindirizzamento OAuth valido: {url}",
)
_WHICH = Sentence(
    "Which Pages? Numbers with commas, or Enter for all: ",
    "Quali Pagine? Numeri separati da virgole, o Invio per tutte: ",
)
_CONNECTED = Sentence("Connected: {name} ({kind})", "Collegato: {name} ({kind})")
_OVER = Sentence("The log-in ended without a connection.", "L'accesso è finito senza un collegamento.")
_DONE = Sentence("The Pages were chosen in the browser.", "Le Pagine sono state scelte nel browser.")


async def connect(araldo: Araldo, workspace_id: str, token: str | None, page_ids: list[str]) -> None:
    """By a token (all its Pages, or those named), else by a log-in."""
    if token is not None:
        connection = await araldo.connector.paste("meta", token, workspace_id, None)
    else:
        connection = await _log_in(araldo, workspace_id)
        if connection.status == "done":
            say(_DONE)
            return
    for note in connection.notes or []:
        complain(Sentence(**note))
    found = araldo.connector.found_in(connection)
    chosen = page_ids or _ask_which(found, interactive=token is None and sys.stdin.isatty())
    for account in await araldo.connector.choose(workspace_id, connection.id, chosen):
        say(_CONNECTED, name=account.name, kind=account.kind.replace("_", " "))


async def _log_in(araldo: Araldo, workspace_id: str) -> Connection:
    """Until somebody has come back from the log-in to the running server, or it is over."""
    begun, url = await araldo.connector.begin("meta", workspace_id, None)
    say(_REDIRECT, url=araldo.connector.redirect_uri("meta"))
    say(_LOG_IN, url=url)
    connection = begun
    while connection.status == "begun":
        if araldo.clock.now() >= connection.expires_at:
            raise Conflict(_OVER)
        await araldo.clock.sleep(_LOOK_S)
        connection = await araldo.connector.get(workspace_id, begun.id)
    if connection.error is not None:
        raise Conflict(Sentence(**connection.error))
    return connection


def _ask_which(found: list[FoundAccount], *, interactive: bool) -> list[str] | None:
    pages = list({one.page_id: one for one in found}.values())
    if not interactive or len(pages) == 1:
        return None
    for number, page in enumerate(pages, 1):
        lacks = " ".join(sentence.to(terminal_language()) for sentence in page.lacks)
        say(
            Sentence("{number}. {name} {lacks}", "{number}. {name} {lacks}"), number=number, name=page.name, lacks=lacks
        )
    answer = input(_WHICH.to(terminal_language())).strip()
    if not answer:
        return None
    numbers = [int(part) for part in answer.split(",") if part.strip().isdigit()]
    return [pages[number - 1].page_id for number in numbers if 0 < number <= len(pages)]
