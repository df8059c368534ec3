"""Connect accounts in the terminal, by log-in or form and a choice among those found; disconnect them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from araldo.accounts.connection_store import Connection
from araldo.accounts.health import missing_features_of
from araldo.accounts.models import Account
from araldo.app import Araldo
from araldo.cli.answers import collect_answers
from araldo.console import print_error, print_message, terminal_language
from araldo.errors import Conflict
from araldo.messages import LANGUAGES, Message, message_in, message_of
from araldo.messages.times import ZonedInstant
from araldo.platforms.service import AccountGroup
from araldo.workspaces.models import Workspace

_POLL_S = 0.5

# Words that a question takes for "all" and for "yes", separated by spaces.
_ALL, _YES = Message("terminal.words_all"), Message("terminal.words_yes")


@dataclass(frozen=True, slots=True)
class Request:
    """What to connect. `method` None: the service's first. `answers`: NAME=VALUE; `group_ids`: [] asks which."""

    service: str
    method: str | None
    answers: list[str]
    group_ids: list[str]


async def connect(araldo: Araldo, workspace_id: str, request: Request) -> None:
    """Connect by form or log-in, and choose `group_ids`, or groups that the user picks here or in the browser.

    After a form and without a terminal, all are connected, because there is nobody to ask.
    """
    method = araldo.connector.get_method(request.service, request.method)
    answers = await asyncio.to_thread(collect_answers, method, request.answers)
    connection, url = await araldo.connector.begin(request.service, method.name, answers, workspace_id, None)
    if url is not None:
        connection = await _log_in(araldo, connection, url)
    for note in connection.notes or []:
        print_error(message_of(note))
    groups = araldo.connector.discovered_groups(connection)
    chosen: list[str] | None = request.group_ids or None
    # When nothing can be connected there is no question: choosing raises the reasons.
    any_open = any(group.refusal is None for group in groups)
    if chosen is None and any_open and connection.status == "pending" and (url is not None or sys.stdin.isatty()):
        chosen = await _ask_for_groups(araldo, connection, groups)
    if url is not None and connection.status == "pending":
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


async def _log_in(araldo: Araldo, begun: Connection, url: str) -> Connection:
    """Print the log-in URL and wait until the running server has handled the log-in. Raises Conflict when it failed."""
    print_message(Message("terminal.redirect_address"), url=araldo.connector.redirect_uri(begun.service))
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


async def _ask_for_groups(araldo: Araldo, connection: Connection, groups: Sequence[AccountGroup]) -> list[str] | None:
    """Return the ids of the groups that the user picks here; None after a choice in the browser instead."""
    _print_groups(araldo, groups)
    if not sys.stdin.isatty():
        print_message(Message("terminal.choose_in_browser"))
        await _wait_while(araldo, connection, "pending")
        return None
    refusals = {group.id: group.refusal for group in groups}
    while True:
        answer = await asyncio.to_thread(input, Message("terminal.choose_accounts").to(terminal_language()))
        chosen = _parse_selection(answer, refusals)
        refused = [refusal for group_id in chosen if (refusal := refusals[group_id]) is not None]
        if chosen and not refused:
            return chosen
        still = await araldo.connector.get(connection.workspace_id, connection.id)
        if still.status != "pending":
            return None
        for refusal in dict.fromkeys(refused):
            print_error(refusal)
        print_error(Message("terminal.choose_again"), count=len(groups))


def _parse_selection(answer: str, refusals: Mapping[str, Message | None]) -> list[str]:
    """Return the ids of the chosen numbers; [] when any part is not understood. "all": all that can be."""
    group_ids = list(refusals)
    words = answer.replace(",", " ").lower().split()
    if len(words) == 1 and words[0] in _words(_ALL):
        return [group_id for group_id in group_ids if refusals[group_id] is None]
    if not all(word.isascii() and word.isdigit() and 0 < int(word) <= len(group_ids) for word in words):
        return []
    return [group_ids[int(word) - 1] for word in dict.fromkeys(words)]


def _words(message: Message) -> set[str]:
    """Return the words of a message in every language: who answers may be used to another one."""
    return {word for language in LANGUAGES for word in message.to(language).split()}


def _print_groups(araldo: Araldo, groups: Sequence[AccountGroup]) -> None:
    line = Message("terminal.numbered")
    print_message(Message("terminal.accounts_found"))
    for number, group in enumerate(groups, 1):
        others = (f"@{account.username or account.name}" for account in group.members[1:])
        print_message(line, number=number, name=" + ".join([group.name, *others]))
        for lack in missing_features_of(group, araldo.declarations.values()):
            print_message(Message("terminal.account_hint", {"hint": lack.to(terminal_language())}))


async def disconnect(araldo: Araldo, workspace: Workspace, account_id: str, *, confirmed: bool) -> None:
    """Disconnect an account after naming what is scheduled there; unless `confirmed`, ask first.

    Raises Conflict when there is nobody to ask, because standard input has ended.
    """
    plan = await araldo.disconnector.preview(workspace.id, account_id)
    print_message(Message("terminal.disconnecting"), name=plan.account.name, count=plan.count)
    for delivery in plan.deliveries:
        when = Message("terminal.at_once") if delivery.due_at is None else ZonedInstant(delivery.due_at, workspace.zone)
        print_message(Message("terminal.will_wait"), platform=delivery.platform, text=delivery.text, when=when)
    if not confirmed:
        try:
            answer = await asyncio.to_thread(input, Message("terminal.confirm_disconnect").to(terminal_language()))
        except EOFError:
            raise Conflict(Message("terminal.nobody_to_ask")) from None
        if answer.strip().lower() not in _words(_YES):
            print_message(Message("terminal.not_disconnected"))
            return
    done = await araldo.disconnector.disconnect(workspace.id, account_id)
    print_message(Message("terminal.disconnected"), name=plan.account.name)
    if done.note is not None:
        print_message(done.note)
