"""Custom pictures: pictures of a person's own for one delivery, fitted first and then stored with the delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from araldo.errors import PostInvalid, Problem
from araldo.images.unusable import UnusablePicture
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.pictures.models import CustomSource, DeliveryPicture, PictureState
from araldo.platforms.base import Declaration
from araldo.posts import store as post_store
from araldo.posts.models import WORKING, Delivery, Post, State
from araldo.posts.pointers import escape_pointer
from araldo.posts.rules import NO_PICTURES
from araldo.storage.blobs import BlobMissing
from araldo.storage.database import Database
from araldo.workflows.pictures.fitting import CropSelection, Fitting
from araldo.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class PictureSelection:
    """What a person selects for one platform: a picture of the library, its crop, its alt text.

    Without `media_id` but with a `crop`: the current picture, cropped again; with neither, only the texts change.
    `text_over`: whether the post's text is drawn over the picture; None leaves that unchanged. `says_alt`: whether
    `alt` was set, as None removes the alt text.
    """

    media_id: str | None = None
    crop: CropSelection | None = None
    alt: str | None = None
    text_over: bool | None = None
    says_alt: bool = True


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    """A `PictureSelection` that can be stored: the file of `copy` is on disk, its row is not written yet.

    `generated`: go back to a generated picture. `refit`: not selected now, the current picture fitted to a new shape.
    """

    copy: Medium | None = None
    alt: str | None = None
    text_over: bool | None = None
    says_alt: bool = True
    generated: bool = False
    refit: bool = False


class CustomPictures:
    """Prepares the custom pictures of a request before the post is changed."""

    def __init__(self, *, database: Database, fitting: Fitting, declarations: Mapping[str, Declaration]) -> None:
        self._database = database
        self._fitting = fitting
        self._declarations = declarations

    async def prepare(
        self,
        workspace: Workspace,
        selections: Mapping[str, PictureSelection | None],
        *,
        pointer: str,
        shapes: Mapping[str, str] | None = None,
        post_id: str | None = None,
    ) -> dict[str, PreparedPicture]:
        """Fit the selected pictures and return them by platform (selection None: back to a generated picture).

        Nothing in the database changes. `shapes` None: the post's present ones; with other shapes, the post's custom
        pictures are fitted again. Raises PostInvalid with every problem.
        """
        if not selections and (shapes is None or post_id is None):
            return {}
        current_pictures = (
            CurrentPictures({}, {}, frozenset()) if post_id is None else await self._read_current(workspace, post_id)
        )
        new_shapes = current_pictures.shapes if shapes is None else shapes
        all_selections = {**self._refit(current_pictures, new_shapes), **selections}
        prepared, problems = {}, []
        for name, selection in all_selections.items():
            at = f"{pointer if name in selections else '/shapes'}/{escape_pointer(name)}"
            try:
                prepared[name] = await self._prepare_picture(
                    workspace, name, selection, current_pictures, new_shapes, at
                )
            except UnusablePicture as unfit:
                problems.append(Problem(at, unfit.code, unfit.message, name))
            except PostInvalid as invalid:
                problems += invalid.problems
            except BlobMissing:
                # The row exists and the file does not, as after a partly restored backup.
                problems.append(Problem(at, "media_unknown", Message("library.not_found"), name))
        if problems:
            raise PostInvalid(problems)
        return prepared

    async def _read_current(self, workspace: Workspace, post_id: str) -> CurrentPictures:
        view = await self._database.read(lambda transaction: post_store.get(transaction, workspace.id, post_id))
        # Where the deliveries of a platform differ, the first one that can still be changed counts.
        rows = sorted(view.deliveries, key=lambda row: (row.changeable, -row.position))
        sources = {row.platform: row.picture.source for row in rows}
        return CurrentPictures(
            view.post.shapes,
            {
                name: PictureSelection(source.media_id, crop_of(source))
                for name, source in sources.items()
                if source is not None
            },
            frozenset(row.platform for row in view.deliveries if row.changeable),
        )

    def _refit(
        self, current_pictures: CurrentPictures, shapes: Mapping[str, str]
    ) -> dict[str, PictureSelection | None]:
        """Return the post's custom pictures whose shape changes, each as it was selected."""
        reshaped = self._reshaped(current_pictures, shapes)
        return {name: selection for name, selection in current_pictures.selections.items() if name in reshaped}

    def _reshaped(self, current_pictures: CurrentPictures, shapes: Mapping[str, str]) -> set[str]:
        """Return the platforms with a custom picture that may be changed and would have another shape."""
        declarations = [
            self._declarations[name]
            for name in current_pictures.selections
            if name in current_pictures.changeable and name in self._declarations
        ]
        return {
            declared.name
            for declared in declarations
            if declared.shape_for(current_pictures.shapes) != declared.shape_for(shapes)
        }

    async def _prepare_picture(
        self,
        workspace: Workspace,
        name: str,
        selection: PictureSelection | None,
        current_pictures: CurrentPictures,
        shapes: Mapping[str, str],
        at: str,
    ) -> PreparedPicture:
        if name not in self._declarations:
            raise PostInvalid([Problem(at, "platform_unknown", Message("platforms.unknown", {"name": name}), name)])
        if selection is None:
            return PreparedPicture(generated=True)
        current = current_pictures.selections.get(name)
        if selection.media_id is None and selection.crop is None:
            fits_already = selection.text_over is None and name not in self._reshaped(current_pictures, shapes)
            if current is None or fits_already:
                return PreparedPicture(alt=selection.alt, text_over=selection.text_over, says_alt=selection.says_alt)
            selection = replace(selection, media_id=current.media_id, crop=current.crop)
            same_picture = True
        else:
            same_picture = selection.media_id is None or selection is current
        source_id = selection.media_id or (None if current is None else current.media_id)
        if source_id is None:
            raise PostInvalid([Problem(at, "media_missing", Message("custom_pictures.media_missing"), name)])
        source = await self._database.read(
            lambda transaction: media_store.find_in_library(transaction, workspace.id, source_id)
        )
        if source is None:
            raise PostInvalid([Problem(at, "media_unknown", Message("library.not_found"), name)])
        # The alt text that a person wrote for the current picture stays when only the crop changes.
        alt = selection.alt if selection.alt is not None or same_picture else source.alt
        spec = self._declarations[name].shape_for(shapes).image
        copy = await self._fitting.fit_copy(source, spec, selection.crop or CropSelection(), alt)
        return PreparedPicture(copy, alt, text_over=selection.text_over, refit=selection is current)


@dataclass(frozen=True, slots=True)
class CurrentPictures:
    """A post's shapes, its custom pictures as they were selected, and the platforms where it may still be changed."""

    shapes: Mapping[str, str]
    selections: Mapping[str, PictureSelection]
    changeable: frozenset[str]


def applies_to(prepared: PreparedPicture, row: Delivery) -> bool:
    """Return whether the delivery takes the picture: one that is only fitted again, where it shows a custom one."""
    return not prepared.refit or row.picture.source is not None


def crop_of(source: CustomSource) -> CropSelection:
    """Return the crop that was selected for a custom picture."""
    crop, focal = source.crop, source.focal
    return CropSelection(
        None if crop is None else (crop["x"], crop["y"], crop["w"], crop["h"]),
        None if focal is None else (focal["x"], focal["y"]),
    )


def custom_picture(before: DeliveryPicture, copy: Medium) -> DeliveryPicture:
    """Return the picture with `copy` as its custom picture."""
    return DeliveryPicture(
        state=PictureState.READY,
        medium_id=copy.id,
        origin="given",
        source=CustomSource(copy.source_id, **(copy.cut or {})),
        notes={"notes": copy.notes},
        alt=copy.alt,
        wish=before.wish,
        locked=before.locked,
    )


def picture_after(before: DeliveryPicture, prepared: PreparedPicture, post: Post, state: State) -> DeliveryPicture:
    """Return the picture of a delivery in `state` after `prepared`; the same when that changes nothing."""
    text_over = before.options.text_over if prepared.text_over is None else prepared.text_over
    options = replace(before.options, text_over=text_over)
    wish = before.wish if options == before.options else options
    if prepared.copy is not None:
        chosen = custom_picture(before, prepared.copy)
        alt = before.alt if prepared.alt is None else chosen.alt
        # A worker draws the text over it, as the post's text is then.
        drawn = PictureState.QUEUED if options.text_over else chosen.state
        return replace(chosen, alt=alt, wish=wish, state=drawn)
    if not prepared.generated:
        redraw = wish != before.wish and before.state is not PictureState.NONE
        alt = prepared.alt if prepared.says_alt else before.alt
        return replace(before, alt=alt, wish=wish, state=PictureState.QUEUED if redraw else before.state)
    if not before.is_custom:
        return before
    generate = state in {State.SCHEDULED, *WORKING} and post.image_provider != NO_PICTURES
    return DeliveryPicture(
        state=PictureState.QUEUED if generate else PictureState.NONE,
        # In a post without generated pictures, options alone would ask for one.
        wish=None if post.image_provider == NO_PICTURES else before.wish,
        locked=before.locked,
    )
