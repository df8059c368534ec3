"""Connecting in the terminal: where to log in, which Pages there are, and which of them to take."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from getpass import getpass

from araldo.accounts.connection_store import Connection
from araldo.accounts.health import lacks_of
from araldo.accounts.models import Account
from araldo.app import Araldo
from araldo.console import print_error, print_message, terminal_language
from araldo.errors import Conflict
from araldo.messages import Message, message_in, message_of
from araldo.platforms.login import DiscoveredAccount

_POLL_S = 0.5

_ALL = {"all", "tutte", "tutti"}


def read_token() -> str:
    """One line from standard input; typed by a person it is not shown."""
    if sys.stdin.isatty():
        return getpass(Message("terminal.paste_token").to(terminal_language())).strip()
    return sys.stdin.readline().strip()


async def connect(araldo: Araldo, workspace_id: str, token: str | None, page_ids: list[str]) -> None:
    """By a token, else by a log-in; then the Pages that were named, or a choice here or in the browser.

    Only of a token that a program brings all Pages are taken: nobody is there to be asked.
    """
    if token is not None:
        connection = await araldo.connector.paste("meta", token, workspace_id, None)
    else:
        connection = await _log_in(araldo, workspace_id)
    for note in connection.notes or []:
        print_error(message_of(note))
    found = araldo.connector.found_in(connection)
    chosen: list[str] | None = page_ids or None
    # Where no Page can be connected nobody is asked: choosing says why.
    any_open = any(account.refusal is None for account in found)
    if chosen is None and any_open and connection.status == "pending" and (token is None or sys.stdin.isatty()):
        chosen = await _ask_for_pages(araldo, connection, found)
    if token is None and connection.status == "pending":
        # In the meantime it may have been chosen in the browser, which is as good.
        connection = await araldo.connector.get(workspace_id, connection.id)
    if connection.status == "done":
        print_message(Message("terminal.chosen_in_browser"))
        return
    for account in await araldo.connector.choose(workspace_id, connection.id, chosen):
        _print_connected(account)


def _print_connected(account: Account) -> None:
    print_message(Message("terminal.connected"), name=account.name, kind=account.kind.replace("_", " "))
    hint = message_in(account.health_detail)
    if hint is not None:
        print_message(Message("terminal.account_hint", {"hint": hint}))


async def _log_in(araldo: Araldo, workspace_id: str) -> Connection:
    """Until somebody has come back from the log-in to the running server, or it is over."""
    begun, url = await araldo.connector.begin("meta", workspace_id, None)
    print_message(Message("terminal.redirect_address"), url=araldo.connector.redirect_uri("meta"))
    print_message(Message("terminal.open_login"), url=url)
    connection = await _wait_while(araldo, begun, "begun")
    if connection.error is not None:
        raise Conflict(message_of(connection.error))
    return connection


async def _wait_while(araldo: Araldo, connection: Connection, status: str) -> Connection:
    """Looks until the connection is something else. Raises Conflict when its time is over."""
    while connection.status == status:
        await araldo.clock.sleep(_POLL_S)
        connection = await araldo.connector.get(connection.workspace_id, connection.id)
    if connection.status == "expired":
        raise Conflict(Message("terminal.login_expired"))
    return connection


async def _ask_for_pages(araldo: Araldo, connection: Connection, found: list[DiscoveredAccount]) -> list[str] | None:
    """The ids of the Pages that a person names here. Where nobody can answer, the browser is waited for."""
    by_page: dict[str, list[DiscoveredAccount]] = {}
    for one in found:
        by_page.setdefault(one.page_id, []).append(one)
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
    """None of them when any part of the answer is not understood: a slip must not choose. All: of those that can be."""
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
        for lack in lacks_of(places, araldo.declarations.values()):
            print_message(Message("terminal.account_hint", {"hint": lack.to(terminal_language())}))
