"""Tokens: access by kind, expiry and revocation, and debug_token."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from tests.sandbox.meta import APP, PAGE, SECRET, Meta, jpeg


async def page_token(meta: Meta, user: str) -> str:
    pages = await meta.get("me/accounts", user, fields="id,access_token")
    return str(pages.body["data"][0]["access_token"])


async def test_a_missing_or_invalid_token_is_refused(meta: Meta) -> None:
    assert (await meta.get("me")).codes == (104, None)
    assert (await meta.get("me", "rubbish")).codes == (190, None)
    assert (await meta.get("me", "EAAmadeup")).codes == (190, None)


@pytest.mark.parametrize("how", ["query", "form", "bearer", "oauth"])
async def test_a_token_is_read_from_query_body_and_header(meta: Meta, how: str) -> None:
    token = await meta.token()
    headers = {"bearer": {"Authorization": f"Bearer {token}"}, "oauth": {"Authorization": f"OAuth {token}"}}.get(how)
    if how == "form":
        page = await page_token(meta, token)
        answer = await meta.post(f"{PAGE}/feed", None, {"access_token": page, "message": "ciao"})
    else:
        answer = await meta.call("GET", "me", token if how == "query" else None, headers=headers)
    assert answer.status == 200, answer.body


@pytest.mark.parametrize("version", ["v3.1/", "v20.0/", "v26.0/", ""])
async def test_any_version_is_served_and_named_in_the_answer(meta: Meta, version: str) -> None:
    answer = await meta.call("GET", f"{meta.url}/{version}me", await meta.token())
    assert answer.status == 200
    assert answer.headers["facebook-api-version"].startswith("v")


async def test_a_page_token_from_a_long_lived_user_token_never_expires(meta: Meta) -> None:
    for kind, never in (("user_long", True), ("user_short", False)):
        page = await page_token(meta, await meta.token(kind))
        known = (await meta.get("debug_token", f"{APP}|{SECRET}", input_token=page)).body["data"]
        assert (known["type"], known["is_valid"], known["profile_id"]) == ("PAGE", True, PAGE)
        assert (known["expires_at"] == 0) is never


async def test_a_short_token_is_exchanged_for_a_long_one(meta: Meta) -> None:
    short = await meta.token("user_short")
    asked = {"client_id": APP, "client_secret": SECRET, "fb_exchange_token": short}
    answer = await meta.get("oauth/access_token", None, grant_type="fb_exchange_token", **asked)
    assert answer.body["token_type"] == "bearer"
    assert answer.body["expires_in"] > 50 * 86400
    assert answer.body["access_token"] != short
    await meta.set(omit_expires_in=True)
    again = await meta.get("oauth/access_token", None, grant_type="fb_exchange_token", **asked)
    assert "expires_in" not in again.body
    wrong = await meta.get(
        "oauth/access_token", None, grant_type="fb_exchange_token", **asked | {"client_secret": "no"}
    )
    assert wrong.status == 400


@pytest.mark.parametrize("subcode", [458, 459, 460, 463, 464, 467, 492])
async def test_a_revoked_token_says_why(meta: Meta, subcode: int) -> None:
    token = await meta.token()
    await meta.control("POST", "tokens/kill", {"access_token": token, "subcode": subcode})
    answer = await meta.get("me", token)
    assert answer.codes == (190, subcode)
    known = (await meta.get("debug_token", f"{APP}|{SECRET}", input_token=token)).body["data"]
    assert (known["is_valid"], known["error"]["code"], known["error"]["subcode"]) == (False, 190, subcode)


async def test_a_short_lived_token_expires(meta: Meta) -> None:
    token = await meta.token("user_short")
    assert (await meta.get("me", token)).status == 200
    await meta.control("POST", "clock", {"advance_s": 7200})
    assert (await meta.get("me", token)).codes == (190, 463)
    await meta.control("POST", "clock", {"real": True})
    assert (await meta.get("me", token)).status == 200


@pytest.mark.parametrize("kind", ["user_long", "system_user", "app"])
async def test_only_the_pages_own_token_writes_as_the_page(meta: Meta, kind: str) -> None:
    token = await meta.token(kind)
    answer = await meta.post(f"{PAGE}/feed", token, message="ciao")
    assert answer.codes[0] in {200, 190, 2500, 100}
    photo = await meta.photo(token, jpeg())
    assert "error" in photo.body
    assert (await meta.state())["posts"] == []
    if kind != "app":
        assert photo.status == 403
        assert photo.error["message"] == "(#200) Unpublished posts must be posted to a page as the page itself."


async def test_a_token_without_the_permission_is_refused(meta: Meta) -> None:
    token = await page_token(meta, await meta.token(scopes=["pages_show_list"]))
    answer = await meta.post(f"{PAGE}/feed", token, message="ciao")
    assert (answer.status, answer.codes) == (403, (200, None))


async def test_me_accounts_can_be_empty(meta: Meta) -> None:
    token = await meta.token()
    await meta.set(accounts_empty=True)
    assert (await meta.get("me/accounts", token)).body["data"] == []
    businesses = (await meta.get("me/businesses", token)).body["data"]
    pages = (await meta.get(f"{businesses[0]['id']}/owned_pages", token, fields="id,name,access_token")).body["data"]
    assert [page["id"] for page in pages] == [PAGE]


async def test_appsecret_proof_is_verified(meta: Meta) -> None:
    token = await meta.token()
    right = hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
    assert (await meta.get("me", token, appsecret_proof=right)).status == 200
    assert (await meta.get("me", token, appsecret_proof="0" * 64)).codes == (100, None)
    await meta.set(require_appsecret_proof=True)
    assert (await meta.get("me", token)).codes == (100, None)
    assert (await meta.get("me", token, appsecret_proof=right)).status == 200


async def test_permissions_are_listed(meta: Meta) -> None:
    token = await meta.token(scopes=["pages_show_list"])
    data = (await meta.get("me/permissions", token)).body["data"]
    assert {"permission": "pages_show_list", "status": "granted"} in data
