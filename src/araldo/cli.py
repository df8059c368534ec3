"""The command line: each command is a few lines around what does the work."""

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
from araldo import doctor as checks
from araldo.app import Araldo, create_web
from araldo.console import complain, say, set_up_logging, terminal_language
from araldo.data_folder import sole_owner
from araldo.errors import AraldoError, PostInvalid, Sentence
from araldo.run import Demo
from araldo.sandbox.app import create_app as create_sandbox
from araldo.server import open_listening_socket, serve
from araldo.settings import Settings
from araldo.storage.private_files import UMASK, make_private_folder, restrict_tree
from araldo.workspaces import audit_store, session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import Action
from araldo.workspaces.keys import make_key
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import EVERYTHING, SCOPES, normal_scopes, scope_problems
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
workspaces = typer.Typer(help="Workspaces: one a brand.", no_args_is_help=True)
users = typer.Typer(help="People who sign in.", no_args_is_help=True)
cli.add_typer(connect, name="connect")
cli.add_typer(keys, name="keys")
cli.add_typer(workspaces, name="workspace")
cli.add_typer(users, name="users")

InWorkspace = Annotated[str | None, typer.Option(help="The workspace's name or id; default: the first.")]

OfWorkspace = Annotated[str | None, typer.Option(help="The workspace's name or id; default: all.")]


@cli.command()
def run() -> None:
    """Try it: the sandbox and Araldo together, with an example post. Nothing leaves this machine."""
    raise typer.Exit(Demo(_settings()).run())


@cli.command()
def up() -> None:
    """Start Araldo for real: the web server and the worker."""
    settings = _settings()
    set_up_logging(settings.log_level)
    with sole_owner(settings.data_dir), open_listening_socket(settings.host, settings.port) as listening:
        araldo = Araldo(settings)
        say(Sentence("Araldo is starting at {url}", "Araldo si avvia su {url}"), url=settings.own_url)
        web = create_web(araldo, when_up=lambda: _say_how_to_sign_in(araldo))
        serve(web, listening, before_stopping=araldo.news.close)


@cli.command()
def sandbox(
    port: Annotated[int | None, typer.Option(help="Port to listen on; default: ARALDO_SANDBOX_PORT.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where it remembers what was posted; default: nowhere, only while it runs.")
    ] = None,
) -> None:
    """Start the sandbox: a Meta of your own, on this machine."""
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
        typer.Option(help="A user, system-user or Page token; - reads it from standard input. Without: log in."),
    ] = None,
    page: Annotated[
        list[str] | None,
        typer.Option(help="Connect this Page only, by its id; may be repeated. Default: ask; all, with a token."),
    ] = None,
    workspace: InWorkspace = None,
) -> None:
    """Connect Pages and their Instagram accounts, by a log-in in the browser or by a token."""
    token = user_token
    if user_token is not None:
        token = terminal.read_token() if user_token == "-" else user_token.strip()  # noqa: S105 - a dash is none

    async def work(araldo: Araldo) -> None:
        owner = await _workspace(araldo, workspace)
        await terminal.connect(araldo, owner.id, token, page or [])

    _with_araldo(work)


@workspaces.command("create")
def workspace_create(name: Annotated[str, typer.Argument(help="What the brand is called.")]) -> None:
    """Make a workspace: accounts, posts and keys of its own, for the first user. Prints its id."""

    async def work(araldo: Araldo) -> None:
        async with araldo.database.transaction() as transaction:
            now = araldo.clock.now()
            made = await workspace_store.create(transaction, name, now)
            await user_store.join(transaction, (await user_store.first_or_new(transaction, now)).id, made.id, now)
        print(made.id)

    _with_araldo(work)


@keys.command("create")
def keys_create(
    name: Annotated[str, typer.Option(help="What the key is for.")] = "",
    workspace: InWorkspace = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help=f"What it may do, of {', '.join(SCOPES)}; several times for several. Default: everything."),
    ] = None,
) -> None:
    """Make an API key and print it; it is shown this once and never again."""
    key, scopes = make_key(), scope or [EVERYTHING]

    async def work(araldo: Araldo) -> None:
        problems = scope_problems(scopes)
        if problems:
            raise PostInvalid(problems)
        owner = await _workspace(araldo, workspace)
        async with araldo.database.transaction() as transaction:
            now = araldo.clock.now()
            key_id = await workspace_store.add_key(transaction, owner.id, name, key, now, scopes=normal_scopes(scopes))
            await audit_store.record(
                transaction, Action.KEY_CREATED, workspace_id=owner.id, at=now, target=key_id, target_name=name
            )

    _with_araldo(work)
    print(key.secret)


@keys.command("list")
def keys_list(workspace: InWorkspace = None) -> None:
    """List the API keys of a workspace: id, beginning, name, and when it was made, used and ends."""

    async def work(araldo: Araldo) -> None:
        _print_all(await administer.list_keys(araldo, await _workspace(araldo, workspace)))

    _with_araldo(work)


@keys.command("revoke")
def keys_revoke(
    key: Annotated[str, typer.Argument(help="The key's id, or how it begins: `ara_` and six characters.")],
    workspace: OfWorkspace = None,
) -> None:
    """Revoke an API key at once and for good; its streams of events end."""

    async def work(araldo: Araldo) -> None:
        await administer.revoke_key(araldo, key, await _workspace_or_all(araldo, workspace))

    _with_araldo(work)


@users.command("list")
def users_list() -> None:
    """List everybody: id, name, and the workspaces that they belong to."""

    async def work(araldo: Araldo) -> None:
        _print_all(await administer.list_users(araldo))

    _with_araldo(work)


@users.command("remove")
def users_remove(
    name: Annotated[str, typer.Argument(help="Who.")],
    workspace: Annotated[
        str | None, typer.Option(help="Only from this workspace, by name or id; default: altogether.")
    ] = None,
) -> None:
    """Remove a user, or a membership; sessions end. The last member of a workspace stays."""

    async def work(araldo: Araldo) -> None:
        await administer.remove_user(araldo, name, await _workspace_or_all(araldo, workspace))

    _with_araldo(work)


@users.command("reset-totp")
def users_reset_totp(name: Annotated[str, typer.Argument(help="Who lost the app and the recovery codes.")]) -> None:
    """Forget a user's second factor: signing in takes no code until a new one is set up."""

    async def work(araldo: Araldo) -> None:
        await administer.reset_totp(araldo, name)

    _with_araldo(work)


@cli.command()
def audit(
    workspace: OfWorkspace = None,
    action: Annotated[list[str] | None, typer.Option(help="Only this action; may be repeated.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only of this key or user, by id or name.")] = None,
    since: Annotated[datetime | None, typer.Option(help="At or after this time (UTC).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="So many entries.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show who did what, and from where: newest first."""
    moment = None if since is None else since.replace(tzinfo=UTC)

    async def work(araldo: Araldo) -> None:
        where = await _workspace_or_all(araldo, workspace)
        _print_all(await administer.read_audit(araldo, where, action or [], actor, moment, limit, as_json=as_json))

    _with_araldo(work)


@users.command("link")
def users_link(
    name: Annotated[str | None, typer.Argument(help="Who; default: the first user.")] = None,
    forget_password: Annotated[
        bool, typer.Option("--forget-password", help="Also forget the password and end the user's sessions.")
    ] = False,
) -> None:
    """Print a link that signs in once, within 15 minutes."""

    async def work(araldo: Araldo) -> None:
        async with araldo.database.transaction() as transaction:
            now = araldo.clock.now()
            if name is None:
                user = await user_store.first_or_new(transaction, now)
            else:
                user = await user_store.named(transaction, name)
            if forget_password:
                await user_store.forget_password(transaction, user.id)
                await session_store.end_all(transaction, user.id)
                await administer.record_for_user(araldo, transaction, Action.PASSWORD_FORGOTTEN, user.id, user.name)
            token = await user_store.make_link(transaction, user.id, now)
        print(link_url(araldo.settings.own_url, token))

    _with_araldo(work)


@users.command("create")
def users_create(
    name: Annotated[str, typer.Argument(help="What the person signs in as.")], workspace: InWorkspace = None
) -> None:
    """Make a user of a workspace and print a link that signs in once, within 15 minutes."""

    async def work(araldo: Araldo) -> None:
        where, now = await _workspace(araldo, workspace), araldo.clock.now()
        async with araldo.database.transaction() as transaction:
            made = await user_store.create(transaction, name, None, now)
            await user_store.join(transaction, made.id, where.id, now)
            await administer.record_for_user(araldo, transaction, Action.USER_CREATED, made.id, made.name)
            token = await user_store.make_link(transaction, made.id, now)
        print(link_url(araldo.settings.own_url, token))

    _with_araldo(work)


@cli.command()
def doctor(
    accounts: Annotated[bool, typer.Option("--accounts", help="Ask the services how each account is.")] = False,
) -> None:
    """Look at what is set, what is missing, and say how to mend it."""
    settings = _settings()
    findings = asyncio.run(checks.examine(settings, ask_services=accounts))
    for finding in findings:
        print(f"{finding.mark} {finding.sentence.to(terminal_language())}")
    raise typer.Exit(1 if any(finding.grade == "bad" for finding in findings) else 0)


@cli.command()
def openapi() -> None:
    """Print the API's description."""
    print(json.dumps(create_web(Araldo(_settings())).openapi(), indent=2, ensure_ascii=False, sort_keys=True))


def main() -> None:
    """Every error that a person can mend is one sentence, and exit status 1."""
    os.umask(UMASK)
    try:
        cli()
    except AraldoError as error:
        complain(error.sentence)
        sys.exit(1)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as wrong:
        for entry in wrong.errors():
            name = "ARALDO_" + "__".join(str(part) for part in entry["loc"]).upper()
            complain(Sentence("{name}: {why}", "{name}: {why}"), name=name, why=entry["msg"])
        sys.exit(2)


def _with_araldo(work: Any) -> None:
    """Run `work(araldo)` beside a running server: the schema is brought up to date, transactions are short."""

    async def opened() -> None:
        administer.act_as_command()
        araldo = Araldo(_settings())
        try:
            await araldo.prepare()
            await work(araldo)
        finally:
            await araldo.close()

    _run(opened())


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def _workspace(araldo: Araldo, name: str | None) -> Workspace:
    async with araldo.database.transaction() as transaction:
        if name is None:
            return await workspace_store.first_or_new(transaction, araldo.clock.now())
        return await workspace_store.named(transaction, name)


async def _workspace_or_all(araldo: Araldo, name: str | None) -> Workspace | None:
    return None if name is None else await _workspace(araldo, name)


def _print_all(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


async def _say_how_to_sign_in(araldo: Araldo) -> None:
    """Until somebody has a way in. What is no terminal may be a log, where no link belongs."""
    now = araldo.clock.now()
    async with araldo.database.transaction() as transaction:
        if await user_store.somebody_has_a_way_in(transaction, now):
            return
        if not sys.stdout.isatty():
            say(_NOBODY_YET)
            return
        first = await user_store.first_or_new(transaction, now)
        token = await user_store.make_link(transaction, first.id, now)
    say(_SIGN_IN, url=link_url(araldo.settings.own_url, token))


_SIGN_IN = Sentence(
    "Sign in with this link, once and within 15 minutes:\n  {url}",
    "Accedi con questo link, una sola volta ed entro 15 minuti:\n  {url}",
)
_NOBODY_YET = Sentence(
    "Nobody can sign in yet: `araldo users link` prints a link.",
    "Nessuno può ancora accedere: `araldo users link` stampa un link.",
)
