"""A picture of a person's own for one delivery: fitted before anything is changed, and what it makes of the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from araldo.errors import PostInvalid, Problem
from araldo.images.unfit import Unfit
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.posts import rules
from araldo.posts import store as post_store
from araldo.posts.models import WORKING, Delivery, PictureState, Post, State
from araldo.posts.pictures import options_of
from araldo.posts.rules import NO_PICTURES
from araldo.storage.blobs import BlobMissing
from araldo.storage.database import Database
from araldo.workflows.fitting import Cut, Fitting
from araldo.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class PictureSelection:
    """What a person says of one platform's picture: which, what of it, and in which words for who cannot see it.

    Without `media_id` but with a `cut` it is the one that is there; with neither, the words alone. `text_over`: whether
    the post's own words are drawn over it; None leaves that as it is.
    """

    media_id: str | None = None
    cut: Cut | None = None
    alt: str | None = None
    text_over: bool | None = None
    says_alt: bool = True


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    """A choice made ready: `copy` is fitted, its bytes kept, its row not yet. `made`: back to one that is made.

    `anew`: nobody chose it now, the one that is there was fitted to another shape. `says_alt`: the words are for it.
    """

    copy: Medium | None = None
    alt: str | None = None
    text_over: bool | None = None
    says_alt: bool = True
    made: bool = False
    anew: bool = False


class CustomPictures:
    def __init__(self, *, database: Database, fitting: Fitting, declarations: Mapping[str, Declaration]) -> None:
        self._database = database
        self._fitting = fitting
        self._declarations = declarations

    async def prepare(
        self,
        workspace: Workspace,
        choices: Mapping[str, PictureSelection | None],
        *,
        pointer: str,
        shapes: Mapping[str, str] | None = None,
        post_id: str | None = None,
    ) -> dict[str, PreparedPicture]:
        """By platform; nothing is changed yet. Raises PostInvalid with what is wrong with every one of them.

        `shapes` None: as the post has them. With others, what a post has been given is fitted anew.
        """
        if not choices and (shapes is None or post_id is None):
            return {}
        current_pictures = (
            CurrentPictures({}, {}, frozenset()) if post_id is None else await self._current(workspace, post_id)
        )
        wanted = current_pictures.shapes if shapes is None else shapes
        asked = {**self._refit(current_pictures, wanted), **choices}
        given, problems = {}, []
        for name, choice in asked.items():
            at = f"{pointer if name in choices else '/shapes'}/{rules.escape_pointer(name)}"
            try:
                given[name] = await self._prepare(workspace, name, choice, current_pictures, wanted, at)
            except Unfit as unfit:
                problems.append(Problem(at, unfit.code, unfit.message, name))
            except PostInvalid as wrong:
                problems += wrong.problems
            except BlobMissing:
                # Its row is there and its file is not: a backup that was half restored.
                problems.append(Problem(at, "media_unknown", Message("custom_pictures.media_unknown"), name))
        if problems:
            raise PostInvalid(problems)
        return given

    async def _current(self, workspace: Workspace, post_id: str) -> CurrentPictures:
        async with self._database.reading() as transaction:
            view = await post_store.get(transaction, workspace.id, post_id)
        given = {row.platform: custom_picture_of(row) for row in view.deliveries}
        return CurrentPictures(
            view.post.shapes,
            {
                name: PictureSelection(one["media_id"], crop_of_notes(one))
                for name, one in given.items()
                if one is not None
            },
            frozenset(row.platform for row in view.deliveries if row.changeable),
        )

    def _refit(
        self, current_pictures: CurrentPictures, shapes: Mapping[str, str]
    ) -> dict[str, PictureSelection | None]:
        """The pictures that a post has been given and that have another shape now, each as it was chosen."""
        moved = self._moved(current_pictures, shapes)
        return {name: choice for name, choice in current_pictures.given.items() if name in moved}

    def _moved(self, current_pictures: CurrentPictures, shapes: Mapping[str, str]) -> set[str]:
        known = [
            self._declarations[name]
            for name in current_pictures.given
            if name in current_pictures.open and name in self._declarations
        ]
        return {one.name for one in known if one.shape(current_pictures.shapes) != one.shape(shapes)}

    async def _prepare(
        self,
        workspace: Workspace,
        name: str,
        choice: PictureSelection | None,
        current_pictures: CurrentPictures,
        shapes: Mapping[str, str],
        at: str,
    ) -> PreparedPicture:
        if name not in self._declarations:
            raise PostInvalid(
                [Problem(at, "platform_unknown", Message("custom_pictures.platform_unknown", {"name": name}), name)]
            )
        if choice is None:
            return PreparedPicture(made=True)
        current = current_pictures.given.get(name)
        if choice.media_id is None and choice.cut is None:
            fitted = choice.text_over is None and name not in self._moved(current_pictures, shapes)
            if current is None or fitted:
                return PreparedPicture(alt=choice.alt, text_over=choice.text_over, says_alt=choice.says_alt)
            choice = replace(choice, media_id=current.media_id, cut=current.cut)
            stays = True
        else:
            stays = choice.media_id is None or choice is current
        source_id = choice.media_id or (None if current is None else current.media_id)
        if source_id is None:
            raise PostInvalid([Problem(at, "media_missing", Message("custom_pictures.media_missing"), name)])
        async with self._database.reading() as transaction:
            source = await media_store.in_library(transaction, workspace.id, source_id)
        if source is None:
            raise PostInvalid([Problem(at, "media_unknown", Message("custom_pictures.media_unknown"), name)])
        # Words that a person gave to the picture that is there stay with it when only its cut changes.
        alt = choice.alt if choice.alt is not None or stays else source.alt
        spec = self._declarations[name].shape(shapes).image
        copy = await self._fitting.copy(source, spec, choice.cut or Cut(), alt)
        return PreparedPicture(copy, alt, text_over=choice.text_over, anew=choice is current)


@dataclass(frozen=True, slots=True)
class CurrentPictures:
    """A post's shapes; by platform the pictures that it has been given, as they were chosen; where it is not out."""

    shapes: Mapping[str, str]
    given: Mapping[str, PictureSelection]
    open: frozenset[str]


def crop_of_notes(given: Mapping[str, Any]) -> Cut:
    """As a row's notes keep it."""
    crop, focal = given.get("crop"), given.get("focal")
    return Cut(
        None if crop is None else (crop["x"], crop["y"], crop["w"], crop["h"]),
        None if focal is None else (focal["x"], focal["y"]),
    )


def custom_picture_of(row: Delivery) -> dict[str, Any] | None:
    """Which of the library a delivery shows, and what of it; None for a picture that was made."""
    found: dict[str, Any] | None = (row.picture_notes or {}).get("given")
    return found if row.picture_origin == "given" else None


def delivery_columns_for(copy: Medium) -> dict[str, Any]:
    """A delivery's columns when it shows that copy."""
    return {
        "picture_state": PictureState.READY,
        "picture_media_id": copy.id,
        "picture_digest": None,
        "picture_origin": "given",
        "picture_error": None,
        "picture_notes": {"notes": copy.notes, "given": {"media_id": copy.source_id, **(copy.cut or {})}},
        "picture_alt": copy.alt,
        "pictures": None,
    }


def changes_for(row: Delivery, given: PreparedPicture, post: Post, state: State) -> dict[str, Any]:
    """What a choice makes of a delivery that is or will be in `state`; empty when it is so already."""
    before = options_of(row.picture_wish)
    wish = before if given.text_over is None else replace(before, text_over=given.text_over)
    wished = {} if wish == before else {"picture_wish": wish.as_json()}
    if given.copy is not None:
        words = {"picture_alt": row.picture_alt} if given.alt is None else {}
        # A worker draws the words: they are those that the post has then.
        drawn = {"picture_state": PictureState.QUEUED} if wish.text_over else {}
        return delivery_columns_for(given.copy) | words | wished | drawn
    if not given.made:
        words = {} if given.alt == row.picture_alt or not given.says_alt else {"picture_alt": given.alt}
        again = {"picture_state": PictureState.QUEUED} if wished and row.picture_state is not PictureState.NONE else {}
        return words | wished | again
    if row.picture_origin != "given":
        return {}
    wanted = state in {State.SCHEDULED, *WORKING} and post.image_provider != NO_PICTURES
    return {
        "picture_state": PictureState.QUEUED if wanted else PictureState.NONE,
        "picture_media_id": None,
        "picture_digest": None,
        "picture_origin": "made",
        "picture_error": None,
        "picture_notes": None,
        "picture_alt": None,
        "pictures": None,
        # Without made pictures there is none but for a wish.
        "picture_wish": None if post.image_provider == NO_PICTURES else row.picture_wish,
    }
