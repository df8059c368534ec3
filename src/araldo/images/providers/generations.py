"""POST /images/generations, the request that OpenAI made and others speak."""

from __future__ import annotations

import re
from typing import Any

from araldo.errors import OutsideError, TryLater
from araldo.http import Http, HttpResponse
from araldo.images.providers.base import GeneratedPicture, PictureRequest
from araldo.images.providers.cache import Price
from araldo.images.providers.failures import Kind, ask, dig, failure, from_base64, picture, said_in
from araldo.images.unfit import MAX_BYTES

_CODES: dict[str, Kind] = {
    "invalid_api_key": "auth",
    "insufficient_quota": "quota",
    "billing_hard_limit_reached": "quota",
    "rate_limit_exceeded": "rate_limited",
    "moderation_blocked": "blocked",
    "content_policy_violation": "blocked",
    "model_not_found": "misconfigured",
}
# Image models work in blocks; sizes are asked for in whole ones.
_BLOCK = 16
# No picture costs as much; such a number is a mistake, or a mischief.
_DEAREST = 10_000


async def generate(
    http: Http, base_url: str, asked: dict[str, Any], *, service: str, key: str | None
) -> GeneratedPicture:
    """One picture: from the answer itself, or from the URL that it names, fetched through the guard."""
    answer = await ask(
        http,
        "POST",
        f"{base_url}/images/generations",
        service=service,
        secret=key,
        kind_of=_kind_of,
        headers={"Authorization": f"Bearer {key}"} if key else None,
        json=asked,
    )
    said = said_in(answer, service)
    first = dig(said, "data", 0)
    url = dig(first, "url")
    if isinstance(url, str) and not dig(first, "b64_json"):
        data = await _fetched(http, url, service)
    else:
        data = from_base64(dig(first, "b64_json"), service)
    return GeneratedPicture(data, service, price=price_in(said))


def price_in(said: Any) -> Price | None:
    """`usage.cost`, as servers in front of several models tell it; most say nothing."""
    cost, currency = dig(said, "usage", "cost"), dig(said, "usage", "currency")
    if not isinstance(cost, int | float) or isinstance(cost, bool) or not 0 <= cost < _DEAREST:
        return None
    known = isinstance(currency, str) and re.fullmatch(r"[A-Za-z]{3}", currency)
    return Price(round(cost * 1_000_000), str(currency).upper() if known else None)


def size_of(request: PictureRequest) -> str:
    """The least "WxH" in whole blocks that covers what is wanted."""
    return f"{_blocks(request.spec.width)}x{_blocks(request.spec.height)}"


def _blocks(pixels: int) -> int:
    return -(-pixels // _BLOCK) * _BLOCK


async def _fetched(http: Http, url: str, service: str) -> bytes:
    try:
        return picture((await http.fetch_untrusted(url, max_bytes=MAX_BYTES, timeout_s=60)).body, service)
    except TryLater as later:
        raise failure("unavailable", service, raw=later.code) from later
    except OutsideError as refused:
        raise failure("bad_response", service, raw=refused.code) from refused


def _kind_of(answer: HttpResponse) -> Kind | None:
    try:
        code = dig(answer.json(), "error", "code")
    except ValueError:
        return None
    return _CODES.get(code) if isinstance(code, str) else None
