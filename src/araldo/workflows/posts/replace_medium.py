"""Replace a library picture by another one, in the unpublished posts that a person names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from araldo.errors import Conflict, NotFound, PostInvalid, Problem, UserError
from araldo.media import store as media_store
from araldo.media import tag_store
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.posts import store as post_store
from araldo.posts.content import ContentChanges, Slide
from araldo.posts.models import Delivery, PostView
from araldo.storage.database import Database, Transaction
from araldo.workflows.pictures.custom import CustomPictures, PictureSelection, crop_of
from araldo.workflows.pictures.fitting import CropSelection
from araldo.workflows.pictures.library import Library
from araldo.workflows.posts.edit import PostEdit, PostEditor
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import Permissions

# A crop is kept when the ratios of both pictures differ by no more than this share.
_SAME_RATIO = 0.01


@dataclass(frozen=True, slots=True)
class ReplacedPost:
    """A post that was to take the new picture; `refused`: why it still has the old one."""

    post_id: str
    refused: UserError | None = None


@dataclass(frozen=True, slots=True)
class MediumReplacement:
    """What was done, by post; `kept`: why the old picture is still in the library, None when it is not."""

    posts: Sequence[ReplacedPost]
    kept: UserError | None


class MediumReplacer:
    """Gives named posts another picture, each by an ordinary edit; what was published is never touched."""

    def __init__(
        self, *, database: Database, library: Library, custom_pictures: CustomPictures, editor: PostEditor
    ) -> None:
        self._database = database
        self._library = library
        self._custom_pictures = custom_pictures
        self._editor = editor

    async def replace(
        self,
        workspace: Workspace,
        old_id: str,
        new_id: str,
        post_ids: Sequence[str],
        *,
        permissions: Permissions,
    ) -> MediumReplacement:
        """Replace the old picture by the new one in these posts, then take it out of the library if nothing needs it.

        The new picture takes over alt text and tags where it has none. Every post is edited in a transaction of its
        own, under the rules and the permission of any other edit; one that refuses does not stop the others. A repeated
        call does what is still to do. Raises NotFound when one of the pictures is not in the library, PostInvalid when
        they are the same.
        """
        old, new = await self._database.write(lambda transaction: _take_over(transaction, workspace, old_id, new_id))
        posts = [
            ReplacedPost(post_id, await self._try_post(workspace, post_id, old, new, permissions))
            for post_id in dict.fromkeys(post_ids)
        ]
        try:
            await self._library.remove(workspace, old.id)
        except Conflict as in_use:
            return MediumReplacement(posts, in_use)
        return MediumReplacement(posts, None)

    async def _try_post(
        self, workspace: Workspace, post_id: str, old: Medium, new: Medium, permissions: Permissions
    ) -> UserError | None:
        """Edit the post; return the error that refuses it."""
        try:
            view = await self._database.read(lambda transaction: post_store.get(transaction, workspace.id, post_id))
            selections = selections_of(view, old, new)
            slides = slides_with(view.post.slides, old, new)
            if not selections and slides == list(view.post.slides):
                raise Conflict(Message("library.not_replaceable"), code="not_replaceable")
            pictures = await self._custom_pictures.prepare(workspace, selections, pointer="/images", post_id=post_id)
            content = ContentChanges()
            if slides != list(view.post.slides):
                content = ContentChanges(replace(view.post, slides=slides), frozenset({"slides"}))
            edit = PostEdit(content, pictures=pictures)
            await self._editor.edit(workspace, post_id, edit, based_on=view.post.rev, permissions=permissions)
        except UserError as refused:
            return refused
        return None


def selections_of(view: PostView, old: Medium, new: Medium) -> dict[str, PictureSelection | None]:
    """Return the new picture for each platform that shows the old one on a delivery that may still be changed.

    The crop stays where both pictures have the same ratio, and the alt text where a person wrote one for the post.
    """
    showing = [row for row in view.deliveries if row.changeable and _shows(row, old)]
    return {row.platform: _selection(row, old, new) for row in reversed(showing)}


def slides_with(slides: Sequence[Slide], old: Medium, new: Medium) -> list[Slide]:
    """Return the slides, those of the old picture with the new one."""
    return [{**slide, "media_id": new.id} if slide.get("media_id") == old.id else slide for slide in slides]


def _shows(row: Delivery, medium: Medium) -> bool:
    source = row.picture.source
    return medium.id in {row.picture.medium_id, None if source is None else source.media_id}


def _selection(row: Delivery, old: Medium, new: Medium) -> PictureSelection:
    written = row.picture.alt if row.picture.alt not in (None, old.alt) else None
    crop = CropSelection()
    same_ratio = abs(new.width * old.height - old.width * new.height) <= _SAME_RATIO * old.width * new.height
    if row.picture.source is not None and same_ratio:
        crop = crop_of(row.picture.source)
    return PictureSelection(new.id, crop, alt=written)


def _take_over(transaction: Transaction, workspace: Workspace, old_id: str, new_id: str) -> tuple[Medium, Medium]:
    """Return both pictures; give the new one the alt text and the tags of the old one where it has none."""
    if old_id == new_id:
        raise PostInvalid([Problem("/media_id", "same_medium", Message("library.same_medium"))])
    old = media_store.find_in_library(transaction, workspace.id, old_id)
    new = media_store.find_in_library(transaction, workspace.id, new_id)
    if old is None or new is None:
        raise NotFound(Message("library.not_found"))
    tags = tag_store.tags_of(transaction, [old.id, new.id])
    alt = new.alt or old.alt
    if alt != new.alt or (tags[old.id] and not tags[new.id]):
        media_store.describe(transaction, new, alt=alt, tags=tags[new.id] or tags[old.id])
    return old, replace(new, alt=alt)
