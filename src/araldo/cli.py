"""The command line: one function per command."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Coroutine, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from araldo import administer, terminal
from araldo import doctor as diagnostics
from araldo.app import Araldo, create_web
from araldo.console import print_error, print_message, set_up_logging, terminal_language
from araldo.data_folder import lock_data_folder
from araldo.errors import AraldoError, PostInvalid
from araldo.messages import Message
from araldo.run import Demo
from araldo.sandbox.app import create_app as create_sandbox
from araldo.server import open_listening_socket, serve
from araldo.settings import Settings
from araldo.storage.private_files import UMASK, make_private_folder, restrict_tree
from araldo.workspaces import audit_store, session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.keys import make_key
from araldo.workspaces.language_store import adopt_language
from araldo.workspaces.models import LanguageSource, Workspace
from araldo.workspaces.permissions import ALL_SCOPES, SCOPES, normalize_scopes, validate_scopes
from araldo.workspaces.users import link_url

T = TypeVar("T")

cli = typer.Typer(
    name="araldo",
    help="One idea, the right post for every platform, exactly once and on time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
connect = typer.Typer(help="Connect accounts.", no_args_is_help=True)
keys = typer.Typer(help="API keys.", no_args_is_help=True)
workspaces = typer.Typer(help="Workspaces, one for each brand.", no_args_is_help=True)
users = typer.Typer(help="People who sign in.", no_args_is_help=True)
cli.add_typer(connect, name="connect")
cli.add_typer(keys, name="keys")
cli.add_typer(workspaces, name="workspace")
cli.add_typer(users, name="users")

InWorkspace = Annotated[str | None, typer.Option(help="The workspace's name or id; default: the first.")]

OfWorkspace = Annotated[str | None, typer.Option(help="The workspace's name or id; default: all.")]


@cli.command()
def run() -> None:
    """Try Araldo with the sandbox and an example post. Nothing leaves this machine."""
    raise typer.Exit(Demo(_settings()).run())


@cli.command()
def up() -> None:
    """Start Araldo: the web server and the worker."""
    settings = _settings()
    set_up_logging(settings.log_level)
    with lock_data_folder(settings.data_dir), open_listening_socket(settings.host, settings.port) as listening:
        araldo = Araldo(settings)
        print_message(Message("cli.starting"), url=settings.own_url)
        web = create_web(araldo, when_up=lambda: _print_sign_in_link(araldo))
        serve(web, listening, before_stopping=araldo.events_available.close)


@cli.command()
def sandbox(
    port: Annotated[int | None, typer.Option(help="Port to listen on; default: ARALDO_SANDBOX_PORT.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder that keeps the posts; default: none, they are lost at the end.")
    ] = None,
) -> None:
    """Start the sandbox, which plays Meta on this machine."""
    settings = _settings()
    set_up_logging(settings.log_level)
    number = port or settings.sandbox_port
    if data_dir is not None:
        make_private_folder(data_dir)
        restrict_tree(data_dir)
    with open_listening_socket("127.0.0.1", number) as listening:
        serve(create_sandbox(public_url=f"http://127.0.0.1:{number}", data_dir=data_dir), listening)


@connect.command("meta")
def connect_meta(
    user_token: Annotated[
        str | None,
        typer.Option(help="A user, system-user or Page token; - reads it from standard input. Default: log in."),
    ] = None,
    page: Annotated[
        list[str] | None,
        typer.Option(help="Id of a Page to connect; may be repeated. Default: ask; with a token, all."),
    ] = None,
    workspace: InWorkspace = None,
) -> None:
    """Connect Pages and their Instagram accounts, by a login in the browser or by a token."""
    token = user_token
    if user_token is not None:
        token = terminal.read_token() if user_token == "-" else user_token.strip()  # noqa: S105 - a dash is none

    async def work(araldo: Araldo) -> None:
        owner = await _find_workspace(araldo, workspace)
        await terminal.connect(araldo, owner.id, token, page or [])

    _run_with_araldo(work)


@workspaces.command("create")
def workspace_create(name: Annotated[str, typer.Argument(help="The brand's name.")]) -> None:
    """Create a workspace for the first user, with its own accounts, posts and keys. Prints its id."""

    async def work(araldo: Araldo) -> None:
        async with araldo.database.transaction() as transaction:
            now = araldo.clock.now()
            made = await workspace_store.create(transaction, name, now)
            owner = await user_store.get_or_create_first(transaction, now)
            await user_store.add_member(transaction, owner.id, made.id, now)
            if owner.language is not None:
                await adopt_language(transaction, owner.id, owner.language, LanguageSource.MEMBER)
        print(made.id)

    _run_with_araldo(work)


@keys.command("create")
def keys_create(
    name: Annotated[str, typer.Option(help="What the key is for.")] = "",
    workspace: InWorkspace = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help=f"A permission: {', '.join(SCOPES)}; may be repeated. Default: all."),
    ] = None,
) -> None:
    """Create an API key and print it. It is shown only this once."""
    key, scopes = make_key(), scope or [ALL_SCOPES]

    async def work(araldo: Araldo) -> None:
        problems = validate_scopes(scopes)
        if problems:
            raise PostInvalid(problems)
        owner = await _find_workspace(araldo, workspace)
        async with araldo.database.transaction() as transaction:
            now = araldo.clock.now()
            key_id = await workspace_store.add_key(
                transaction, owner.id, name, key, now, scopes=normalize_scopes(scopes)
            )
            await audit_store.record(
                transaction, AuditAction.KEY_CREATED, workspace_id=owner.id, at=now, target=key_id, target_name=name
            )

    _run_with_araldo(work)
    print(key.secret)


@keys.command("list")
def keys_list(workspace: InWorkspace = None) -> None:
    """List a workspace's API keys: id, beginning, name, and when it was created, last used and expires."""

    async def work(araldo: Araldo) -> None:
        _print_all(await administer.list_keys(araldo, await _find_workspace(araldo, workspace)))

    _run_with_araldo(work)


@keys.command("revoke")
def keys_revoke(
    key: Annotated[str, typer.Argument(help="The key's id, or its beginning: `ara_` and six characters.")],
    workspace: OfWorkspace = None,
) -> None:
    """Revoke an API key at once and for ever; its event streams end."""

    async def work(araldo: Araldo) -> None:
        await administer.revoke_key(araldo, key, await _find_workspace_or_none(araldo, workspace))

    _run_with_araldo(work)


@users.command("list")
def users_list() -> None:
    """List all users: id, name and workspaces."""

    async def work(araldo: Araldo) -> None:
        _print_all(await administer.list_users(araldo))

    _run_with_araldo(work)


@users.command("remove")
def users_remove(
    name: Annotated[str, typer.Argument(help="The user's name.")],
    workspace: Annotated[
        str | None, typer.Option(help="Remove from this workspace only (name or id); default: delete the user.")
    ] = None,
) -> None:
    """Remove a user, or a membership; sessions end. A workspace's last member cannot be removed."""

    async def work(araldo: Araldo) -> None:
        await administer.remove_user(araldo, name, await _find_workspace_or_none(araldo, workspace))

    _run_with_araldo(work)


@users.command("reset-totp")
def users_reset_totp(name: Annotated[str, typer.Argument(help="The user's name.")]) -> None:
    """Turn off a user's two-factor sign-in, after losing the app and the recovery codes."""

    async def work(araldo: Araldo) -> None:
        await administer.reset_totp(araldo, name)

    _run_with_araldo(work)


@cli.command()
def audit(
    workspace: OfWorkspace = None,
    action: Annotated[list[str] | None, typer.Option(help="Only this action; may be repeated.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only of this API key or user, by id or name.")] = None,
    since: Annotated[datetime | None, typer.Option(help="At or after this time (UTC).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Number of entries.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")] = False,
) -> None:
    """Show who did what, and from which address, newest first."""
    moment = None if since is None else since.replace(tzinfo=UTC)

    async def work(araldo: Araldo) -> None:
        where = await _find_workspace_or_none(araldo, workspace)
        _print_all(await administer.read_audit(araldo, where, action or [], actor, moment, limit, as_json=as_json))

    _run_with_araldo(work)


@users.command("link")
def users_link(
    name: Annotated[str | None, typer.Argument(help="The user's name; default: the first user.")] = None,
    forget_password: Annotated[
        bool, typer.Option("--forget-password", help="Also remove the password and end the user's sessions.")
    ] = False,
) -> None:
    """Print a link that signs in once, within 15 minutes."""

    async def work(araldo: Araldo) -> None:
        async with araldo.database.transaction() as transaction:
            now = araldo.clock.now()
            if name is None:
                user = await user_store.get_or_create_first(transaction, now)
            else:
                user = await user_store.get_by_name(transaction, name)
            if forget_password:
                await user_store.clear_password(transaction, user.id)
                await session_store.end_all(transaction, user.id)
                await administer.record_for_user(
                    araldo, transaction, AuditAction.PASSWORD_FORGOTTEN, user.id, user.name
                )
            token = await user_store.create_link(transaction, user.id, now)
        print(link_url(araldo.settings.own_url, token))

    _run_with_araldo(work)


@users.command("create")
def users_create(
    name: Annotated[str, typer.Argument(help="The name that the person signs in with.")], workspace: InWorkspace = None
) -> None:
    """Create a user in a workspace and print a link that signs in once, within 15 minutes."""

    async def work(araldo: Araldo) -> None:
        where, now = await _find_workspace(araldo, workspace), araldo.clock.now()
        async with araldo.database.transaction() as transaction:
            made = await user_store.create(transaction, name, None, now)
            await user_store.add_member(transaction, made.id, where.id, now)
            await administer.record_for_user(araldo, transaction, AuditAction.USER_CREATED, made.id, made.name)
            token = await user_store.create_link(transaction, made.id, now)
        print(link_url(araldo.settings.own_url, token))

    _run_with_araldo(work)


@cli.command()
def doctor(
    accounts: Annotated[bool, typer.Option("--accounts", help="Inspect each account at its service.")] = False,
) -> None:
    """Check the settings, and say what is missing and how to fix it."""
    settings = _settings()
    findings = asyncio.run(diagnostics.examine(settings, ask_services=accounts))
    for finding in findings:
        print(f"{finding.mark} {finding.message.to(terminal_language())}")
    raise typer.Exit(1 if any(finding.grade == "bad" for finding in findings) else 0)


@cli.command()
def openapi() -> None:
    """Print the API's description."""
    print(json.dumps(create_web(Araldo(_settings())).openapi(), indent=2, ensure_ascii=False, sort_keys=True))


def main() -> None:
    """Run the command line. An AraldoError is printed as one message, with exit status 1."""
    os.umask(UMASK)
    try:
        cli()
    except AraldoError as error:
        print_error(error.message)
        sys.exit(1)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as wrong:
        for entry in wrong.errors():
            name = "ARALDO_" + "__".join(str(part) for part in entry["loc"]).upper()
            print_error(Message("cli.named_reason"), name=name, why=entry["msg"])
        sys.exit(2)


def _run_with_araldo(work: Any) -> None:
    """Migrate the schema and run `work(araldo)`, possibly beside a running server."""

    async def open_and_run() -> None:
        administer.set_command_actor()
        araldo = Araldo(_settings())
        try:
            await araldo.prepare()
            await work(araldo)
        finally:
            await araldo.close()

    _run(open_and_run())


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def _find_workspace(araldo: Araldo, name: str | None) -> Workspace:
    async with araldo.database.transaction() as transaction:
        if name is None:
            return await workspace_store.get_or_create_first(transaction, araldo.clock.now())
        return await workspace_store.get_by_id_or_name(transaction, name)


async def _find_workspace_or_none(araldo: Araldo, name: str | None) -> Workspace | None:
    return None if name is None else await _find_workspace(araldo, name)


def _print_all(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


async def _print_sign_in_link(araldo: Araldo) -> None:
    """Print a sign-in link while no user can sign in otherwise. Not into a log: only on a terminal."""
    now = araldo.clock.now()
    async with araldo.database.transaction() as transaction:
        if await user_store.can_anyone_sign_in(transaction, now):
            return
        if not sys.stdout.isatty():
            print_message(Message("cli.no_login_yet"))
            return
        first = await user_store.get_or_create_first(transaction, now)
        token = await user_store.create_link(transaction, first.id, now)
    print_message(Message("cli.sign_in"), url=link_url(araldo.settings.own_url, token))
