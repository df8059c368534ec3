"""Connect accounts in the terminal: log in or use a token, and choose the Pages."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from getpass import getpass

from araldo.accounts.connection_store import Connection
from araldo.accounts.health import missing_features_of
from araldo.accounts.models import Account
from araldo.app import Araldo
from araldo.console import print_error, print_message, terminal_language
from araldo.errors import Conflict
from araldo.messages import Message, message_in, message_of
from araldo.platforms.login import DiscoveredAccount

_POLL_S = 0.5

_ALL = {"all", "tutte", "tutti"}


def read_token() -> str:
    """Read one line from standard input, without echo on a terminal."""
    if sys.stdin.isatty():
        return getpass(Message("terminal.paste_token").to(terminal_language())).strip()
    return sys.stdin.readline().strip()


async def connect(araldo: Araldo, workspace_id: str, token: str | None, page_ids: list[str]) -> None:
    """Connect by token or log-in, and choose `page_ids`, or Pages that the user picks here or in the browser.

    With a token and no terminal, all Pages are connected, because there is nobody to ask.
    """
    if token is not None:
        connection = await araldo.connector.connect_with_token("meta", token, workspace_id, None)
    else:
        connection = await _log_in(araldo, workspace_id)
    for note in connection.notes or []:
        print_error(message_of(note))
    found = araldo.connector.discovered_accounts(connection)
    chosen: list[str] | None = page_ids or None
    # When no Page can be connected there is no question: choosing raises the reasons.
    any_open = any(account.refusal is None for account in found)
    if chosen is None and any_open and connection.status == "pending" and (token is None or sys.stdin.isatty()):
        chosen = await _ask_for_pages(araldo, connection, found)
    if token is None and connection.status == "pending":
        # The user may have chosen in the browser meanwhile.
        connection = await araldo.connector.get(workspace_id, connection.id)
    if connection.status == "done":
        print_message(Message("terminal.chosen_in_browser"))
        return
    for account in await araldo.connector.connect_chosen(workspace_id, connection.id, chosen):
        _print_connected(account)


def _print_connected(account: Account) -> None:
    print_message(Message("terminal.connected"), name=account.name, kind=account.kind.replace("_", " "))
    hint = message_in(account.health_detail)
    if hint is not None:
        print_message(Message("terminal.account_hint", {"hint": hint}))


async def _log_in(araldo: Araldo, workspace_id: str) -> Connection:
    """Print the log-in URL and wait until the running server has handled the log-in. Raises Conflict when it failed."""
    begun, url = await araldo.connector.start_login("meta", workspace_id, None)
    print_message(Message("terminal.redirect_address"), url=araldo.connector.redirect_uri("meta"))
    print_message(Message("terminal.open_login"), url=url)
    connection = await _wait_while(araldo, begun, "begun")
    if connection.error is not None:
        raise Conflict(message_of(connection.error))
    return connection


async def _wait_while(araldo: Araldo, connection: Connection, status: str) -> Connection:
    """Poll until the connection has another status. Raises Conflict when it has expired."""
    while connection.status == status:
        await araldo.clock.sleep(_POLL_S)
        connection = await araldo.connector.get(connection.workspace_id, connection.id)
    if connection.status == "expired":
        raise Conflict(Message("terminal.login_expired"))
    return connection


async def _ask_for_pages(araldo: Araldo, connection: Connection, found: list[DiscoveredAccount]) -> list[str] | None:
    """Return the ids of the Pages that the user picks here; None after a choice in the browser instead."""
    by_page: dict[str, list[DiscoveredAccount]] = {}
    for account in found:
        by_page.setdefault(account.page_id, []).append(account)
    _print_pages(araldo, by_page)
    if not sys.stdin.isatty():
        print_message(Message("terminal.choose_in_browser"))
        await _wait_while(araldo, connection, "pending")
        return None
    refusals = {page_id: places[0].refusal for page_id, places in by_page.items()}
    while True:
        answer = await asyncio.to_thread(input, Message("terminal.choose_pages").to(terminal_language()))
        chosen = _parse_selection(answer, refusals)
        refused = [refusal for page_id in chosen if (refusal := refusals[page_id]) is not None]
        if chosen and not refused:
            return chosen
        still = await araldo.connector.get(connection.workspace_id, connection.id)
        if still.status != "pending":
            return None
        for refusal in dict.fromkeys(refused):
            print_error(refusal)
        print_error(Message("terminal.choose_again"), count=len(by_page))


def _parse_selection(answer: str, refusals: Mapping[str, Message | None]) -> list[str]:
    """Return the ids of the chosen numbers; [] when any part is not understood. "all": every Page without a refusal."""
    page_ids = list(refusals)
    words = answer.replace(",", " ").lower().split()
    if len(words) == 1 and words[0] in _ALL:
        return [page_id for page_id in page_ids if refusals[page_id] is None]
    if not all(word.isascii() and word.isdigit() and 0 < int(word) <= len(page_ids) for word in words):
        return []
    return [page_ids[int(word) - 1] for word in dict.fromkeys(words)]


def _print_pages(araldo: Araldo, by_page: dict[str, list[DiscoveredAccount]]) -> None:
    line = Message("terminal.numbered")
    print_message(Message("terminal.pages_found"))
    for number, places in enumerate(by_page.values(), 1):
        named = " + ".join([places[0].name, *(f"Instagram @{place.username or place.name}" for place in places[1:])])
        print_message(line, number=number, name=named)
        for lack in missing_features_of(places, araldo.declarations.values()):
            print_message(Message("terminal.account_hint", {"hint": lack.to(terminal_language())}))
