"""The OAuth dialog: choosing Pages, declining permissions, cancelling, and using its code."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.sandbox.meta import ACCOUNT, APP, PAGE, SECRET, Meta
from tests.sandbox.test_calls import raw

BACK = "http://127.0.0.1:9/back?kept=1"
ASKED = "pages_show_list,pages_manage_posts,instagram_basic"


async def open_dialog(meta: Meta, path: str = "/v26.0/dialog/oauth", **more: str) -> tuple[int, str]:
    told = {"client_id": APP, "redirect_uri": BACK, "state": "s&1", "scope": ASKED} | more
    status, page, _ = await raw(meta, "GET", f"{path}?{urlencode(told)}")
    return status, page


class _Inputs(HTMLParser):
    """Collects the fields that the page's form would send."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "input" and (told["type"] == "hidden" or "checked" in told):
            self.found.append((str(told["name"]), str(told["value"])))


def fields(page: str) -> list[tuple[str, str]]:
    inputs = _Inputs()
    inputs.feed(page)
    return inputs.found


async def click(meta: Meta, form: list[tuple[str, str]], button: str) -> tuple[str, dict[str, str]]:
    """Submit the form; return the URL of the redirect and the parameters added to it."""
    data = urlencode([*form, ("button", button)])
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    status, _, headers = await raw(meta, "POST", "/v26.0/dialog/oauth", data=data, headers=kind)
    assert status == 302
    assert headers["Location"].startswith(f"{BACK}&")
    return headers["Location"], dict(parse_qsl(urlsplit(headers["Location"]).query))


async def exchange_code(meta: Meta, code: str, **more: str) -> Any:
    told = {"client_id": APP, "client_secret": SECRET, "redirect_uri": BACK, "code": code} | more
    return await meta.get("oauth/access_token", None, **told)


async def test_granting_everything_gives_a_code_for_all_pages(meta: Meta) -> None:
    _, page = await open_dialog(meta)
    assert "Studio Demo" in page
    location, given = await click(meta, fields(page), "allow")
    assert (given["state"], given["kept"], "#" in location) == ("s&1", "1", False)
    token = (await exchange_code(meta, given["code"])).body
    assert (token["token_type"], 0 < token["expires_in"] <= 7200) == ("bearer", True)
    listed = (await meta.get("me/accounts", token["access_token"])).body["data"]
    assert [item["id"] for item in listed] == [PAGE]
    known = (await meta.get("debug_token", f"{APP}|{SECRET}", input_token=token["access_token"])).body["data"]
    assert known["scopes"] == ASKED.split(",")
    assert "target_ids" not in known["granular_scopes"][0]


async def test_one_page_is_chosen_and_one_permission_declined(meta: Meta) -> None:
    other = (await meta.control("POST", "pages", {"name": "Second", "instagram_username": "second"}))["id"]
    form = fields((await open_dialog(meta))[1])
    form = [item for item in form if item not in {("pages", other), ("scopes", "pages_manage_posts")}]
    _, given = await click(meta, form, "allow")
    token = (await exchange_code(meta, given["code"])).body["access_token"]
    assert [item["id"] for item in (await meta.get("me/accounts", token)).body["data"]] == [PAGE]
    assert (await meta.get(other, token)).codes == (100, 33)
    permissions = (await meta.get("me/permissions", token)).body["data"]
    assert {"permission": "pages_manage_posts", "status": "declined"} in permissions
    assert {"permission": "instagram_basic", "status": "granted"} in permissions
    own = (await meta.get(PAGE, token, fields="access_token")).body["access_token"]
    for item in (token, own):
        known = (await meta.get("debug_token", f"{APP}|{SECRET}", input_token=item)).body["data"]
        targets = {granted["scope"]: granted["target_ids"] for granted in known["granular_scopes"]}
        assert targets == {"pages_show_list": [PAGE], "instagram_basic": [ACCOUNT]}


async def test_cancelling_the_dialog_redirects_with_an_error(meta: Meta) -> None:
    _, given = await click(meta, fields((await open_dialog(meta))[1]), "cancel")
    assert given == {
        "kept": "1",
        "error": "access_denied",
        "error_code": "200",
        "error_description": "Permissions error",
        "error_reason": "user_denied",
        "state": "s&1",
    }


async def test_a_code_is_valid_once_for_its_redirect_uri_and_ten_minutes(meta: Meta) -> None:
    form = fields((await open_dialog(meta))[1])
    code = (await click(meta, form, "allow"))[1]["code"]
    assert (await exchange_code(meta, code, redirect_uri=f"{BACK}/")).codes == (100, 36008)
    assert (await exchange_code(meta, code, client_secret="no")).error["message"] == "Error validating client secret."
    assert (await exchange_code(meta, code)).status == 200
    again = await exchange_code(meta, code)
    assert (again.codes, again.error["message"]) == ((100, 36009), "This authorization code has been used.")
    late = (await click(meta, form, "allow"))[1]["code"]
    await meta.control("POST", "clock", {"advance_s": 601})
    assert (await exchange_code(meta, late)).codes == (100, 36007)
    assert (await exchange_code(meta, "made-up")).codes == (100, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "1"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://[::1"},
        {"redirect_uri": ""},
        {"scope": "manage_pages"},
    ],
)
async def test_an_invalid_request_is_not_redirected(meta: Meta, wrong: dict[str, str]) -> None:
    status, page = await open_dialog(meta, **wrong)
    assert status == 400
    assert "<form" not in page


async def test_the_dialog_opens_with_other_parameters_too(meta: Meta) -> None:
    await meta.set(redirect_fragment=True)
    for more in ({"path": "/dialog/oauth"}, {"scope": "", "config_id": "123"}):
        status, page = await open_dialog(meta, **more)
        assert status == 200
        location, _ = await click(meta, fields(page), "allow")
        assert location.endswith("#_=_")


async def test_parameters_are_escaped_in_the_dialog(meta: Meta) -> None:
    hostile = '"><script>alert(1)</script>'
    _, page = await open_dialog(meta, state=hostile, scope=f"{ASKED},{hostile}")
    assert "<script" not in page


async def test_revoking_an_app_invalidates_its_tokens(meta: Meta) -> None:
    token = await meta.token()
    own = (await meta.get(PAGE, token, fields="access_token")).body["access_token"]
    assert (await meta.call("DELETE", "me/permissions", token)).body == {"success": True}
    for item in (token, own):
        assert (await meta.get("me", item)).codes == (190, 458)
