"""Client of POST /images/generations, OpenAI's API for images, which other services offer too."""

from __future__ import annotations

import re
from typing import Any

from araldo.errors import OutsideError, TryLater
from araldo.http import Http
from araldo.http_exchange import HttpResponse
from araldo.images.providers.base import GeneratedPicture, PictureRequest
from araldo.images.providers.cache import Price
from araldo.images.providers.failures import (
    FailureKind,
    call_provider,
    decode_picture,
    get_path,
    parse_json,
    provider_error,
    require_picture,
)
from araldo.images.unusable import MAX_BYTES

_CODES: dict[str, FailureKind] = {
    "invalid_api_key": "auth",
    "insufficient_quota": "quota",
    "billing_hard_limit_reached": "quota",
    "rate_limit_exceeded": "rate_limited",
    "moderation_blocked": "blocked",
    "content_policy_violation": "blocked",
    "model_not_found": "misconfigured",
}
# Image models need width and height in multiples of this.
_BLOCK = 16
# A price of this or more is taken for an error.
_MAX_PRICE = 10_000


async def generate(
    http: Http, base_url: str, body: dict[str, Any], *, service: str, key: str | None
) -> GeneratedPicture:
    """Generate one picture, from the answer itself or from a URL in it, which is fetched as untrusted."""
    answer = await call_provider(
        http,
        "POST",
        f"{base_url}/images/generations",
        service=service,
        secret=key,
        classify=_classify_error,
        headers={"Authorization": f"Bearer {key}"} if key else None,
        json=body,
    )
    answered = parse_json(answer, service)
    first = get_path(answered, "data", 0)
    url = get_path(first, "url")
    if isinstance(url, str) and not get_path(first, "b64_json"):
        data = await _fetch_picture(http, url, service)
    else:
        data = decode_picture(get_path(first, "b64_json"), service)
    return GeneratedPicture(data, service, price=parse_price(answered))


def parse_price(answered: Any) -> Price | None:
    """Return the price in `usage.cost`, which gateways to several models add; None when it is missing."""
    cost, currency = get_path(answered, "usage", "cost"), get_path(answered, "usage", "currency")
    if not isinstance(cost, int | float) or isinstance(cost, bool) or not 0 <= cost < _MAX_PRICE:
        return None
    known = isinstance(currency, str) and re.fullmatch(r"[A-Za-z]{3}", currency)
    return Price(round(cost * 1_000_000), str(currency).upper() if known else None)


def request_size(request: PictureRequest) -> str:
    """Return the smallest "WxH" in whole blocks that covers the spec."""
    return f"{_blocks(request.spec.width)}x{_blocks(request.spec.height)}"


def _blocks(pixels: int) -> int:
    return -(-pixels // _BLOCK) * _BLOCK


async def _fetch_picture(http: Http, url: str, service: str) -> bytes:
    try:
        return require_picture((await http.fetch_untrusted(url, max_bytes=MAX_BYTES, timeout_s=60)).body, service)
    except TryLater as later:
        raise provider_error("unavailable", service, raw=later.code) from later
    except OutsideError as refused:
        raise provider_error("bad_response", service, raw=refused.code) from refused


def _classify_error(answer: HttpResponse) -> FailureKind | None:
    try:
        code = get_path(answer.json(), "error", "code")
    except ValueError:
        return None
    return _CODES.get(code) if isinstance(code, str) else None
