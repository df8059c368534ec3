"""Statuses: publish, read, delete.

Sources: content/en/methods/statuses.md of Mastodon's documentation; app/services/post_status_service.rb (the
idempotency key: one account's, kept for an hour, and a status deleted meanwhile is "Record not found"; media);
app/validators/status_length_validator.rb (graphemes of content warning and text, a link counts 23).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import regex

from araldo.sandbox.common.answers import Answer
from araldo.sandbox.mastodon.calls import MastodonCall, MastodonError, invalid, record_not_found
from araldo.sandbox.mastodon.entities import LINK, account_entity, is_ready, status_entity
from araldo.sandbox.mastodon.records import Account, IdempotencyKey, MediaAttachment, Status

_VISIBILITIES = ("public", "unlisted", "private", "direct")
_OPEN = frozenset({"public", "unlisted"})
_REMOTE_MENTION = re.compile(r"(?<!\w)@(\w+)@[\w.:-]+\w")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_NOT_READY = "Cannot attach files that have not finished processing. Try again in a moment!"


async def create(call: MastodonCall) -> Answer:
    """`POST /api/v1/statuses`: the same Idempotency-Key answers the same status for an hour."""
    state, account = call.state, call.account()
    key = call.headers.get("idempotency-key", "")
    known = state.keys.get(f"{account.id}:{key}") if key else None
    if known is not None and state.now() - known.created < state.settings.idempotency_s:
        return Answer(200, status_entity(state, _published(call, known.status)))
    if call.text("scheduled_at") or call.body.get("poll") is not None or call.text("quoted_status_id"):
        raise MastodonError(422, "The sandbox emulates no scheduled statuses, polls or quotes")
    media = _media(call, account)
    status = _make(call, account, media)
    for medium in media:
        medium.status = status.id
        state.media.save(medium)
    state.statuses.save(status)
    if key:
        state.keys.save(IdempotencyKey(f"{account.id}:{key}", status.id, state.now()))
    call.made.append({"kind": "status", "id": status.id})
    call.visible = True
    return Answer(200, status_entity(state, status))


async def read(call: MastodonCall) -> Answer:
    """`GET /api/v1/statuses/:id`: private and direct ones for their author only."""
    status = _published(call, call.found[0])
    if status.visibility not in _OPEN and not _is_author(call, status.account):
        raise record_not_found()
    return Answer(200, status_entity(call.state, status))


async def delete(call: MastodonCall) -> Answer:
    """`DELETE /api/v1/statuses/:id`: answers its source; its media can be attached again."""
    status = _published(call, call.found[0])
    if status.account != call.account().id:
        raise record_not_found()
    answer = status_entity(call.state, status, source=True)
    for medium in filter(None, map(call.state.media.get, status.media)):
        medium.status = None
        call.state.media.save(medium)
    call.state.statuses.remove(status.id)
    return Answer(200, answer)


async def read_account(call: MastodonCall) -> Answer:
    """`GET /api/v1/accounts/:id`."""
    return Answer(200, account_entity(call.state, _account(call)))


async def list_of_account(call: MastodonCall) -> Answer:
    """`GET /api/v1/accounts/:id/statuses`: newest first, with `max_id`, `since_id`, `min_id`, `limit`."""
    account = _account(call)
    limit = min(max(_number(call, "limit") or 20, 1), 40)
    found = [status for status in _listed(call, account) if _is_between(call, status)]
    newest_first = sorted(found, key=lambda status: int(status.id), reverse=True)
    shown = newest_first[-limit:] if call.text("min_id") else newest_first[:limit]
    headers = {}
    if shown:
        path = f"{call.state.public_url}{call.path}"
        older, newer = urlencode({"max_id": shown[-1].id}), urlencode({"min_id": shown[0].id})
        headers["Link"] = f'<{path}?{older}>; rel="next", <{path}?{newer}>; rel="prev"'
    return Answer(200, [status_entity(call.state, status) for status in shown], headers)


def count_characters(text: str, spoiler_text: str, per_url: int) -> int:
    """Return what a status counts: graphemes, a link `per_url` of them, a remote mention without its domain."""
    counted = _REMOTE_MENTION.sub(r"@\1", LINK.sub("x" * per_url, text))
    return len(regex.findall(r"\X", spoiler_text + counted))


def _make(call: MastodonCall, account: Account, media: list[MediaAttachment]) -> Status:
    settings = call.state.settings
    text, spoiler_text = call.text("status"), call.text("spoiler_text")
    if not text.strip() and spoiler_text:
        text, spoiler_text = spoiler_text, ""
    if not text.strip() and not media:
        raise invalid("Text can't be blank")
    if count_characters(text, spoiler_text, settings.characters_reserved_per_url) > settings.max_characters:
        raise invalid(f"Text character limit of {settings.max_characters} exceeded")
    visibility = call.text("visibility") or settings.default_visibility
    if visibility not in _VISIBILITIES:
        raise invalid("Visibility is not included in the list")
    language = call.text("language")
    return Status(
        call.state.new_id(),
        account.id,
        call.access.app if call.access is not None else "",
        call.state.now(),
        text,
        spoiler_text,
        visibility,
        bool(call.flag("sensitive")) or bool(spoiler_text),
        language if _LANGUAGE.fullmatch(language) else "en",
        [medium.id for medium in media],
        call.text("in_reply_to_id") or None,
    )


def _media(call: MastodonCall, account: Account) -> list[MediaAttachment]:
    """Return the media to attach, in the order that was asked for."""
    names = list(dict.fromkeys(call.list_of("media_ids")))
    most = call.state.settings.max_media_attachments
    if len(names) > most:
        raise MastodonError(422, f"Cannot attach more than {most} files")
    found = [call.state.media.get(name) for name in names]
    usable = [medium for medium in found if medium and medium.account == account.id and medium.status is None]
    if len(usable) < len(names):
        missing = ", ".join(name for name in names if name not in {medium.id for medium in usable})
        raise MastodonError(422, f"Media {missing} not found or already attached to another post")
    if not all(is_ready(call.state, medium) for medium in usable):
        raise MastodonError(422, _NOT_READY)
    return usable


def _published(call: MastodonCall, name: str) -> Status:
    status = call.state.statuses.get(name)
    if status is None:
        raise record_not_found()
    return status


def _account(call: MastodonCall) -> Account:
    account = call.state.accounts.get(call.found[0])
    if account is None:
        raise record_not_found()
    return account


def _is_author(call: MastodonCall, account: str) -> bool:
    return call.access is not None and call.access.account == account


def _listed(call: MastodonCall, account: Account) -> Iterator[Status]:
    for status in call.state.statuses:
        shown = status.visibility in _OPEN or _is_author(call, account.id)
        if status.account == account.id and shown and not (call.flag("only_media") and not status.media):
            yield status


def _is_between(call: MastodonCall, status: Status) -> bool:
    number, newest, oldest = int(status.id), _number(call, "max_id"), _number(call, "since_id")
    oldest = oldest or _number(call, "min_id")
    return (newest is None or number < newest) and (oldest is None or number > oldest)


def _number(call: MastodonCall, name: str) -> int | None:
    text = call.text(name)
    return int(text) if re.fullmatch(r"\d{1,19}", text, re.ASCII) else None
