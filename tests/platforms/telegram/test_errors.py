"""Every error of the Bot API, as an answer to a call that changes nothing and to the visible write."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from araldo.errors import OutcomeUnknown, OutsideError, ReconnectNeeded, Rejected, TryLater
from araldo.http_exchange import HttpResponse
from araldo.messages import LANGUAGES
from araldo.platforms.caller import Answer
from araldo.platforms.telegram.errors import result_of
from tests.platforms.telegram.stage import TOKEN

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def error_for(status: int, body: str, *, visible: bool = True) -> OutsideError:
    with pytest.raises(OutsideError) as raised:
        result_of(Answer(HttpResponse(status, {}, body.encode()), [TOKEN], NOW), visible=visible)
    return raised.value


def refused(code: int, description: str, *, visible: bool = True, **parameters: int) -> OutsideError:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return error_for(code, json.dumps(body), visible=visible)


@pytest.mark.parametrize("visible", [True, False])
@pytest.mark.parametrize(
    ("code", "description", "kind", "subcode"),
    [
        (401, "Unauthorized", ReconnectNeeded, "token_refused"),
        (404, "Not Found", ReconnectNeeded, "token_refused"),
        (403, "Forbidden: bot was kicked from the channel chat", ReconnectNeeded, "not_member"),
        (403, "Forbidden: bot is not a member of the channel chat", ReconnectNeeded, "not_member"),
        (400, "Bad Request: chat not found", ReconnectNeeded, "channel_not_found"),
        (400, "Bad Request: CHANNEL_PRIVATE", ReconnectNeeded, "channel_not_found"),
        (400, "Bad Request: need administrator rights in the channel chat", ReconnectNeeded, "rights_missing"),
        (400, "Bad Request: not enough rights to send photos to the chat", ReconnectNeeded, "rights_missing"),
        (400, "Bad Request: have no rights to send a message", ReconnectNeeded, "rights_missing"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", ReconnectNeeded, "rights_missing"),
        (400, "Bad Request: CHAT_ADMIN_REQUIRED", ReconnectNeeded, "rights_missing"),
        (400, "Bad Request: message is too long", Rejected, "text_too_long"),
        (400, "Bad Request: message caption is too long", Rejected, "text_too_long"),
        (400, "Bad Request: message text is empty", Rejected, "text_empty"),
        (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", Rejected, "picture_refused"),
        (400, "Bad Request: IMAGE_PROCESS_FAILED", Rejected, "picture_refused"),
        (
            400,
            'Bad Request: failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"',
            Rejected,
            "picture_refused",
        ),
        (400, "Bad Request: file of size 11000000 bytes is too big for a photo", Rejected, "picture_refused"),
        (413, "Request Entity Too Large", Rejected, "picture_too_big"),
        (400, "Bad Request: something that nobody has seen", Rejected, "refused"),
        (409, "Conflict", Rejected, "refused"),
        (400, "Logged out", TryLater, "logged_out"),
    ],
)
def test_a_refusal_says_what_to_do_next(
    code: int, description: str, kind: type[OutsideError], subcode: str, visible: bool
) -> None:
    error = refused(code, description, visible=visible)
    assert (type(error), error.code, error.subcode) == (kind, str(code), subcode)
    assert description in json.loads((error.raw or "").partition(": ")[2])["description"]
    assert all("{" not in error.message.to(language) for language in LANGUAGES)


@pytest.mark.parametrize("visible", [True, False])
def test_too_many_messages_wait_as_long_as_telegram_asks(visible: bool) -> None:
    error = refused(429, "Too Many Requests: retry after 17", visible=visible, retry_after=17)
    assert isinstance(error, TryLater)
    assert error.after_s == 17
    plain = refused(429, "Too Many Requests", visible=visible)
    assert isinstance(plain, TryLater)
    assert plain.after_s == 30


def test_an_upgraded_group_has_to_be_connected_again_under_its_new_id() -> None:
    error = refused(400, "Bad Request: any text", migrate_to_chat_id=-1002000000999)
    assert isinstance(error, ReconnectNeeded)
    assert error.subcode == "channel_moved"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, '{"ok": false, "error_code": 500, "description": "Internal Server Error"}'),
        (502, "<html>Bad Gateway</html>"),
        (429, "<html>slow down</html>"),
        (404, "<html>no such page</html>"),
        (200, '{"ok": true}'),
        (200, '{"ok": false}'),
        (500, '{"ok": true, "result": {"message_id": 1}}'),
        (400, '{"ok": false, "error_code": true}'),
        (200, ""),
    ],
)
def test_an_answer_that_is_no_refusal_leaves_the_visible_write_unknown(status: int, body: str) -> None:
    assert type(error_for(status, body)) is OutcomeUnknown
    assert type(error_for(status, body, visible=False)) is TryLater


def test_the_record_of_an_answer_has_no_token() -> None:
    echoed = refused(400, f"Bad Request: no such path /bot{TOKEN}/sendMessage")
    assert TOKEN not in repr(echoed.as_json())
    assert "[struck out]" in (echoed.raw or "")
