"""Media: upload, processing, description.

Sources: content/en/methods/media.md of Mastodon's documentation (200, 202 and 206, the errors);
app/controllers/api/v1/media_controller.rb (an attached medium is not found; a failed one is 422);
app/models/media_attachment.rb and app/models/concerns/attachmentable.rb (limits and the texts of their errors).
"""

from __future__ import annotations

import asyncio

from araldo.sandbox.common import pictures
from araldo.sandbox.common.answers import Answer
from araldo.sandbox.mastodon.calls import MastodonCall, MastodonError, invalid, record_not_found
from araldo.sandbox.mastodon.entities import is_ready, media_entity
from araldo.sandbox.mastodon.records import MediaAttachment

_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "AVIF": "image/avif"}


async def create(call: MastodonCall) -> Answer:
    """`POST /api/v2/media`: 202 when the picture is still being processed, 200 when it is ready at once."""
    media = await _store(call)
    return Answer(200 if is_ready(call.state, media) else 202, media_entity(call.state, media))


async def create_at_once(call: MastodonCall) -> Answer:
    """`POST /api/v1/media` (deprecated): as v2, but it answers when the picture has been processed."""
    media = await _store(call)
    media.ready_at = call.state.now()
    return Answer(200, media_entity(call.state, call.state.media.save(media)))


async def read(call: MastodonCall) -> Answer:
    """`GET /api/v1/media/:id`: 206 while the picture is being processed."""
    media = _find(call)
    return Answer(200 if is_ready(call.state, media) else 206, media_entity(call.state, media))


async def update(call: MastodonCall) -> Answer:
    """`PUT /api/v1/media/:id`: change description and focus."""
    media = _find(call)
    if call.body.get("description") is not None:
        media.description = _description(call)
    if call.text("focus"):
        media.focus = _focus(call)
    call.state.media.save(media)
    return Answer(200 if is_ready(call.state, media) else 206, media_entity(call.state, media))


async def delete(call: MastodonCall) -> Answer:
    """`DELETE /api/v1/media/:id`: delete a medium that no status has."""
    call.state.media.remove(_find(call).id)
    return Answer(200, {})


async def _store(call: MastodonCall) -> MediaAttachment:
    state, account, file = call.state, call.account(), call.body.files.get("file")
    if file is None:
        raise invalid("File can't be blank")
    if file.content_type.split(";")[0] not in state.settings.supported_mime_types:
        raise invalid("File content type is invalid, File is invalid")
    if len(file.data) > state.settings.image_size_limit:
        raise invalid(f"File must be less than {state.settings.image_size_limit // 1024 // 1024} MB")
    description, focus = _description(call), _focus(call)
    picture = await asyncio.to_thread(pictures.read, file.data)
    if picture is None or _FORMATS.get(picture.format) not in state.settings.supported_mime_types:
        raise MastodonError(422, "File type of uploaded media could not be verified")
    if picture.width * picture.height > state.settings.image_matrix_limit:
        raise MastodonError(422, f"{picture.width}x{picture.height} images are not supported")
    now = state.now()
    ready_at = now + state.settings.media_delay_s
    media = MediaAttachment(
        state.new_id(),
        account.id,
        now,
        ready_at,
        _FORMATS[picture.format],
        len(file.data),
        picture.width,
        picture.height,
        description,
        focus,
        failed=state.settings.media_fails,
    )
    state.disk.put_picture(f"mastodon_{media.id}", file.data)
    call.made.append({"kind": "media", "id": media.id})
    return state.media.save(media)


def _find(call: MastodonCall) -> MediaAttachment:
    media = call.state.media.get(call.found[0])
    if media is None or media.account != call.account().id or media.status is not None:
        raise record_not_found()
    if media.failed and media.ready_at <= call.state.now():
        raise MastodonError(422, "Error processing thumbnail for uploaded media")
    return media


def _description(call: MastodonCall) -> str | None:
    text, limit = call.text("description"), call.state.settings.description_limit
    if len(text) > limit:
        raise invalid(f"Description is too long (maximum is {limit} characters)")
    return text or None


def _focus(call: MastodonCall) -> str | None:
    try:
        x, y = (min(1.0, max(-1.0, float(part))) for part in call.text("focus").split(","))
    except ValueError:
        return None
    return f"{x},{y}"
