"""Import posts from the rows of a table: validate all of them by the rules of every post, create them in slices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.errors import PostInvalid, Problem, UserError
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.posts import rules
from araldo.posts.importing.rows import ImportRow
from araldo.posts.rules import NewPost
from araldo.posts.timing import When
from araldo.storage import idempotency
from araldo.storage.database import Database, Transaction
from araldo.storage.idempotency import IdempotentRequest, StillRunning
from araldo.workflows.pictures.custom import CustomPictures, PictureSelection
from araldo.workflows.pictures.library import Library
from araldo.workflows.posts.authorization import require_intent_permission
from araldo.workflows.posts.create import PostCreator
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import Permissions

PICTURE_POINTER = "/images"
_URL = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class ValidatedRow:
    """A row with everything that keeps it from being imported. `medium_id`: its library picture.

    `when`: the time that it asks for, if it can be told.
    """

    row: ImportRow
    new: NewPost
    medium_id: str | None
    when: When | None
    problems: Sequence[Problem]
    warnings: Sequence[Problem]

    @property
    def picture_url(self) -> str | None:
        return self.row.picture if self.row.picture.lower().startswith(_URL) else None


@dataclass(frozen=True, slots=True)
class RowResult:
    """The post that a row has become, or why it has become none. `existed`: by an earlier request with the same key."""

    post_id: str | None = None
    existed: bool = False
    problems: Sequence[Problem] = ()


class PostImporter:
    """Validates and creates the posts of a table's rows. A picture by URL is fetched when its row is created."""

    def __init__(self, creator: PostCreator, library: Library, pictures: CustomPictures, database: Database) -> None:
        self._creator = creator
        self._library = library
        self._pictures = pictures
        self._database = database

    async def validate(self, workspace: Workspace, rows: Sequence[ImportRow], now: datetime) -> list[ValidatedRow]:
        """Validate every row, and store nothing."""

        def in_transaction(transaction: Transaction) -> list[ValidatedRow]:
            accounts = account_store.list_for_workspace(transaction, workspace.id)
            named = {row.picture for row in rows if row.picture and not row.picture.lower().startswith(_URL)}
            media = media_store.find_by_names(transaction, workspace.id, named)
            validated = []
            for row in rows:
                medium, picture_problems = _find_picture(row, media)
                new = _with_picture(row, medium)
                result = self._creator.validator.validate(workspace, new, accounts, now)
                when = rules.when_of(new, now, workspace.zone)
                validated.append(
                    ValidatedRow(
                        row,
                        new,
                        None if medium is None else medium.id,
                        when if isinstance(when, When) else None,
                        [*row.problems, *picture_problems, *result.problems],
                        result.warnings,
                    )
                )
            return validated

        return await self._database.read(in_transaction)

    async def find_existing(self, requests: Sequence[IdempotentRequest]) -> dict[IdempotentRequest, str | Problem]:
        """Return the posts that these rows have become already; a problem where with other choices."""
        return await self._database.read(lambda transaction: idempotency.find_posts(transaction, requests))

    async def create_all(
        self,
        workspace: Workspace,
        rows: Sequence[tuple[ValidatedRow, IdempotentRequest | None]],
        permissions: Permissions,
    ) -> list[RowResult | None]:
        """Create the posts of rows without pictures of their own, in one transaction; a row with a problem alone fails.

        None for a row that another request is creating right now.
        """

        def in_transaction(transaction: Transaction) -> list[RowResult | None]:
            accounts = account_store.list_for_workspace(transaction, workspace.id)
            return [
                self._create_row(transaction, workspace, validated, request, accounts, permissions)
                for validated, request in rows
            ]

        results = await self._database.write(in_transaction)
        self._creator.nudge()
        return results

    def _create_row(
        self,
        transaction: Transaction,
        workspace: Workspace,
        validated: ValidatedRow,
        request: IdempotentRequest | None,
        accounts: Sequence[Account],
        permissions: Permissions,
    ) -> RowResult | None:
        try:
            with transaction.savepoint():
                previous = None if request is None else idempotency.begin(transaction, request, transaction.now)
                if previous is not None and previous.post_id is not None:
                    return RowResult(previous.post_id, existed=True)
                if validated.problems:
                    raise PostInvalid(list(validated.problems))
                require_intent_permission(permissions, validated.new.intent)
                post_id = self._creator.add(
                    transaction, workspace, validated.new, accounts, transaction.now, permissions=permissions
                )
                if request is not None:
                    idempotency.finish(transaction, request, post_id=post_id)
                return RowResult(post_id)
        except StillRunning:
            return None
        except UserError as refused:
            return RowResult(problems=problems_of(refused))

    async def create(
        self,
        workspace: Workspace,
        validated: ValidatedRow,
        *,
        request: IdempotentRequest | None,
        fetched: dict[str, str],
        permissions: Permissions,
    ) -> str:
        """Create the row's post and return its id; with a problem, create nothing.

        `fetched`: the library pictures of the URLs that were fetched for this import, by URL; added to. Raises
        PostInvalid, PermissionMissing.
        """
        if validated.problems:
            raise PostInvalid(list(validated.problems))
        medium_id, url, alt = validated.medium_id, validated.picture_url, validated.row.alt or None
        if url is not None:
            if url not in fetched:
                fetched[url] = await self._library.add_url(workspace, url, alt=validated.row.alt)
            medium_id = fetched[url]
        custom = {}
        if medium_id is not None:
            chosen = PictureSelection(medium_id, alt=alt, says_alt=alt is not None)
            selections = dict.fromkeys(validated.new.platforms, chosen)
            custom = await self._pictures.prepare(
                workspace, selections, pointer=PICTURE_POINTER, shapes=validated.new.shapes
            )
        return await self._creator.create(
            workspace, validated.new, request=request, custom=custom, permissions=permissions
        )


def problems_of(refused: UserError) -> Sequence[Problem]:
    """Return what a row's refusal says as problems."""
    if isinstance(refused, PostInvalid):
        return refused.problems
    return [Problem("", refused.code, refused.message)]


def _find_picture(row: ImportRow, media: Mapping[str, Sequence[Medium]]) -> tuple[Medium | None, list[Problem]]:
    """Return the library picture that the row names, if it names one, and the problem of a name."""
    if not row.picture or row.picture.lower().startswith(_URL):
        return None, []
    found = media.get(row.picture, ())
    if len(found) == 1:
        return found[0], []
    name, ids = row.picture[:100], [medium.id for medium in found[:5]]
    if found:
        several = Message("imports.picture_ambiguous", {"name": name, "ids": ", ".join(ids)})
        return None, [Problem(PICTURE_POINTER, "media_ambiguous", several, suggestions=tuple(ids))]
    return None, [Problem(PICTURE_POINTER, "media_unknown", Message("imports.picture_unknown", {"name": name}))]


def _with_picture(row: ImportRow, medium: Medium | None) -> NewPost:
    if not row.picture:
        return row.new
    platforms = row.new.platforms
    described = bool(row.alt or (medium is not None and medium.alt))
    return replace(row.new, pictured=platforms, own_pictures=platforms, undescribed=() if described else platforms)
