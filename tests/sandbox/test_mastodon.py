"""Mastodon.py, a client that nobody here wrote, against the Mastodon instance of the sandbox."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from mastodon import Mastodon
from mastodon.errors import (
    MastodonAPIError,
    MastodonIllegalArgumentError,
    MastodonNetworkError,
    MastodonNotFoundError,
    MastodonRatelimitError,
    MastodonServiceUnavailableError,
    MastodonUnauthorizedError,
)

from tests.sandbox.control import Control
from tests.sandbox.meta import jpeg

CALLBACK = "http://127.0.0.1:1/callback"
SCOPES = ["read:accounts", "write:statuses", "write:media"]

Connect = Callable[..., Any]


@pytest.fixture
def connect(control: Control) -> Connect:
    """Return a function that makes a client; without a token it uses the seeded one."""

    def make(token: str | None = "sandbox-mastodon-token") -> Any:
        return Mastodon(access_token=token, api_base_url=control.url, ratelimit_method="throw", request_timeout=10)

    return make


def refusal(raised: pytest.ExceptionInfo[MastodonAPIError]) -> tuple[int, str]:
    """Return status and error of an answer, as Mastodon.py keeps them."""
    _, status, _, error = raised.value.args
    return status, error


def press(client: Any, button: str, **extra: str) -> requests.Response:
    """Open the authorization dialog as a browser does, press a button, and return the answer before its redirect."""
    address = client.auth_request_url(redirect_uris=CALLBACK, scopes=SCOPES, state="a b", allow_http=True)
    shown = requests.get(address, params=extra, timeout=10)
    assert shown.status_code == 200, shown.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(shown.url).query).items()}
    form = asked | {"button": button}
    return requests.post(f"{client.api_base_url}/oauth/authorize", form, allow_redirects=False, timeout=10)


def test_an_app_is_registered_authorized_and_revoked(control: Control) -> None:
    name, secret = Mastodon.create_app(
        "Prova", scopes=SCOPES, redirect_uris=CALLBACK, api_base_url=control.url, website="http://127.0.0.1:1"
    )
    client: Any = Mastodon(client_id=name, client_secret=secret, api_base_url=control.url)
    denied = parse_qs(urlsplit(press(client, "deny").headers["location"]).query)
    assert (denied["error"], denied["state"]) == (["access_denied"], ["a b"])
    back = parse_qs(urlsplit(press(client, "allow").headers["location"]).query)
    token = client.log_in(code=back["code"][0], redirect_uri=CALLBACK, scopes=SCOPES, allow_http=True)
    assert client.account_verify_credentials().acct == "studio"
    assert client.app_verify_credentials().name == "Prova"
    with pytest.raises(MastodonIllegalArgumentError, match="invalid_grant"):
        client.log_in(code=back["code"][0], redirect_uri=CALLBACK, scopes=SCOPES, allow_http=True)
    client.revoke_access_token(allow_http=True)
    with pytest.raises(MastodonUnauthorizedError) as raised:
        Mastodon(access_token=token, api_base_url=control.url).account_verify_credentials()
    assert refusal(raised) == (401, "The access token was revoked")
    logged = str(control("GET", "log"))
    assert token not in logged
    assert secret not in logged
    assert back["code"][0] not in logged


def test_pkce_needs_its_verifier(control: Control) -> None:
    name, secret = Mastodon.create_app("Prova", scopes=SCOPES, redirect_uris=CALLBACK, api_base_url=control.url)
    client: Any = Mastodon(client_id=name, client_secret=secret, api_base_url=control.url)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).decode().rstrip("=")
    pressed = press(client, "allow", code_challenge=challenge, code_challenge_method="S256")
    form = {
        "grant_type": "authorization_code",
        "code": parse_qs(urlsplit(pressed.headers["location"]).query)["code"][0],
        "client_id": name,
        "client_secret": secret,
        "redirect_uri": CALLBACK,
    }
    refused = requests.post(f"{control.url}/oauth/token", form, timeout=10)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert "error_description" in refused.json()
    granted = requests.post(f"{control.url}/oauth/token", form | {"code_verifier": "v" * 43}, timeout=10).json()
    assert (granted["token_type"], granted["scope"].split()) == ("Bearer", SCOPES)
    form |= {"client_secret": "another"}
    assert requests.post(f"{control.url}/oauth/token", form, timeout=10).json()["error"] == "invalid_client"


def test_the_dialog_redirects_to_registered_addresses_only(control: Control) -> None:
    asked = {"client_id": "sandbox-mastodon-client", "response_type": "code", "redirect_uri": "https://example.org"}
    shown = requests.get(f"{control.url}/oauth/authorize", asked, allow_redirects=False, timeout=10)
    assert (shown.status_code, "location" in shown.headers) == (400, False)
    asked |= {"client_id": "nobody"}
    assert requests.get(f"{control.url}/oauth/authorize", asked, timeout=10).status_code == 401


def test_a_status_with_pictures_is_published_read_and_deleted(control: Control, connect: Connect) -> None:
    client = connect()
    media = [client.media_post(jpeg(800, 600), "image/jpeg", description=text) for text in ("uno", "due")]
    media[1] = client.media_update(media[1].id, description="tre")
    status = client.status_post(
        "Ciao #mondo https://example.org/a",
        media_ids=media,
        visibility="unlisted",
        spoiler_text="attenzione",
        language="it",
    )
    assert [found.description for found in status.media_attachments] == ["uno", "tre"]
    assert (status.visibility, status.spoiler_text, status.sensitive, status.language) == (
        "unlisted",
        "attenzione",
        True,
        "it",
    )
    assert '<a href="https://example.org/a"' in status.content
    assert [tag.name for tag in status.tags] == ["mondo"]
    public = connect(None)
    assert public.status(status.id).url == status.url
    assert [found.id for found in public.account_statuses(status.account.id)] == [status.id]
    assert requests.get(status.url, timeout=10).status_code == 200
    picture = requests.get(status.media_attachments[0].url, timeout=10)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert [found["text"] for found in control.state("mastodon")["statuses"]] == ["Ciao #mondo https://example.org/a"]
    with pytest.raises(MastodonNotFoundError):
        client.media(media[0].id)  # it is attached
    assert client.status_delete(status.id).text == "Ciao #mondo https://example.org/a"
    assert client.media(media[0].id).id == media[0].id
    with pytest.raises(MastodonNotFoundError) as raised:
        public.status(status.id)
    assert refusal(raised) == (404, "Record not found")


def test_private_statuses_are_their_authors_alone(connect: Connect) -> None:
    client, public = connect(), connect(None)
    status = client.status_post("ciao", visibility="private")
    assert client.status(status.id).id == status.id
    assert public.account_statuses(status.account.id) == []
    with pytest.raises(MastodonNotFoundError):
        public.status(status.id)
    assert requests.get(status.url, timeout=10).status_code == 404


def test_an_idempotency_key_answers_the_same_status_for_an_hour(control: Control, connect: Connect) -> None:
    client = connect()
    first = client.status_post("ciao", idempotency_key="k")
    assert client.status_post("altro", idempotency_key="k").id == first.id
    control("POST", "clock", {"advance_s": 3601})
    assert client.status_post("ciao", idempotency_key="k").id != first.id
    deleted = client.status_post("ciao", idempotency_key="d")
    client.status_delete(deleted.id)
    with pytest.raises(MastodonNotFoundError):
        client.status_post("ciao", idempotency_key="d")


def test_a_lost_answer_is_repeated_with_the_same_key(control: Control, connect: Connect) -> None:
    client = connect()
    control.fault(service="mastodon", path="/statuses", when="after_commit", kind="reset")
    with pytest.raises(MastodonNetworkError):
        client.status_post("ciao", idempotency_key="k")
    again = client.status_post("ciao", idempotency_key="k")
    assert [status["id"] for status in control.state("mastodon")["statuses"]] == [again.id]
    lost, repeated = control("GET", "log")[-2:]
    assert (lost["status"], lost["fault"], lost["made"]) == (None, "reset", [{"kind": "status", "id": again.id}])
    assert (repeated["status"], repeated["made"]) == (200, [])


def test_a_large_picture_is_processed_later(control: Control, connect: Connect) -> None:
    control.set("mastodon", media_delay_s=60)
    client = connect()
    media = client.media_post(jpeg(), "image/jpeg")
    assert media.url is None
    status = f"{control.url}/api/v1/media/{media.id}"
    headers = {"Authorization": "Bearer sandbox-mastodon-token"}
    assert requests.get(status, headers=headers, timeout=10).status_code == 206
    with pytest.raises(MastodonAPIError) as raised:
        client.status_post("ciao", media_ids=[media])
    assert refusal(raised) == (
        422,
        "Cannot attach files that have not finished processing. Try again in a moment!",
    )
    control("POST", "clock", {"advance_s": 61})
    assert requests.get(status, headers=headers, timeout=10).status_code == 200
    assert client.status_post("", media_ids=[media]).media_attachments[0].url is not None
    with pytest.raises(MastodonAPIError) as raised:
        client.status_post("ciao", media_ids=[media])
    assert refusal(raised) == (422, f"Media {media.id} not found or already attached to another post")


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"status": ""}, "Validation failed: Text can't be blank"),
        ({"status": "x" * 501}, "Validation failed: Text character limit of 500 exceeded"),
        ({"status": "x" * 491, "spoiler_text": "y" * 10}, "Validation failed: Text character limit of 500 exceeded"),
        ({"status": "ciao", "media_ids": ["1", "2", "3", "4", "5"]}, "Cannot attach more than 4 files"),
        ({"status": "ciao", "media_ids": ["12"]}, "Media 12 not found or already attached to another post"),
    ],
)
def test_invalid_statuses_are_refused(connect: Connect, order: dict[str, Any], error: str) -> None:
    with pytest.raises(MastodonAPIError) as raised:
        connect().status_post(**order)
    assert refusal(raised) == (422, error)


def test_links_and_graphemes_count_as_the_instance_says(control: Control, connect: Connect) -> None:
    client = connect()
    settings = client.instance_v2().configuration.statuses
    assert (settings.max_characters, settings.characters_reserved_per_url) == (500, 23)
    link = f"https://example.org/{'a' * 300}"
    assert client.status_post(link + " " + "👨‍👩‍👧" * (500 - 24)).id
    control.set("mastodon", max_characters=20)
    assert client.instance_v2().configuration.statuses.max_characters == 20
    with pytest.raises(MastodonAPIError):
        client.status_post(link)


@pytest.mark.parametrize(
    ("data", "mime_type", "error"),
    [
        (jpeg(), "application/pdf", "Validation failed: File content type is invalid, File is invalid"),
        (b"no picture", "image/jpeg", "File type of uploaded media could not be verified"),
        (jpeg() + bytes(20_000_000), "image/jpeg", "Validation failed: File must be less than 16 MB"),
    ],
)
def test_invalid_media_are_refused(connect: Connect, data: bytes, mime_type: str, error: str) -> None:
    with pytest.raises(MastodonAPIError) as raised:
        connect().media_post(data, mime_type)
    assert refusal(raised) == (422, error)


def test_descriptions_have_a_limit_and_processing_can_fail(control: Control, connect: Connect) -> None:
    client = connect()
    with pytest.raises(MastodonAPIError) as raised:
        client.media_post(jpeg(), "image/jpeg", description="x" * 1501)
    assert refusal(raised) == (422, "Validation failed: Description is too long (maximum is 1500 characters)")
    control.set("mastodon", media_fails=True)
    media = client.media_post(jpeg(), "image/jpeg")
    with pytest.raises(MastodonAPIError) as raised:
        client.media(media.id)
    assert refusal(raised) == (422, "Error processing thumbnail for uploaded media")


def test_tokens_and_scopes_are_validated(control: Control, connect: Connect) -> None:
    with pytest.raises(MastodonUnauthorizedError) as raised:
        connect("rubbish").account_verify_credentials()
    assert refusal(raised) == (401, "The access token is invalid")
    token = control("POST", "mastodon/tokens", {"scopes": ["read"]})["access_token"]
    client = connect(token)
    assert client.account_verify_credentials().username == "studio"
    with pytest.raises(MastodonAPIError) as refused:
        client.status_post("ciao")
    assert refusal(refused) == (403, "This action is outside the authorized scopes")
    control("POST", "mastodon/tokens/revoke", {"access_token": token})
    with pytest.raises(MastodonUnauthorizedError):
        client.account_verify_credentials()


def test_calls_are_counted_against_the_rate_limit(control: Control, connect: Connect) -> None:
    client = connect()
    client.account_verify_credentials()
    before = client.ratelimit_remaining
    client.account_verify_credentials()
    assert (client.ratelimit_limit, client.ratelimit_remaining) == (300, before - 1)
    control.set("mastodon", media_rate_limit=1)
    client.media_post(jpeg(), "image/jpeg")
    with pytest.raises(MastodonRatelimitError):
        client.media_post(jpeg(), "image/jpeg")
    control("POST", "clock", {"advance_s": 1801})
    client.media_post(jpeg(), "image/jpeg")


def test_faults_are_answers_of_mastodon(control: Control, connect: Connect) -> None:
    client = connect()
    control.fault(kind="mastodon_error", path="/statuses")
    with pytest.raises(MastodonServiceUnavailableError):
        client.status_post("ciao")
    control.fault(kind="mastodon_error", error={"status": 429, "error": "Too many requests", "rate_limit_reset_s": 9})
    with pytest.raises(MastodonRatelimitError):
        client.status_post("ciao")
    control.fault(kind="html", path="/api/v1/statuses")
    with pytest.raises(MastodonAPIError):
        client.status_post("ciao")
    assert control.state("mastodon")["statuses"] == []


def test_a_call_that_is_not_emulated_says_so(connect: Connect) -> None:
    with pytest.raises(MastodonNotFoundError) as raised:
        connect().preferences()
    assert refusal(raised) == (404, "The sandbox does not emulate GET /api/v1/preferences")


def test_another_account_cannot_use_or_delete_what_is_not_its_own(control: Control, connect: Connect) -> None:
    control("POST", "mastodon/accounts", {"username": "other"})
    other = connect(control("POST", "mastodon/tokens", {"username": "other"})["access_token"])
    client = connect()
    status, media = client.status_post("ciao"), client.media_post(jpeg(), "image/jpeg")
    with pytest.raises(MastodonNotFoundError):
        other.status_delete(status.id)
    with pytest.raises(MastodonAPIError):
        other.status_post("ciao", media_ids=[media])
    assert other.account_verify_credentials().username == "other"
