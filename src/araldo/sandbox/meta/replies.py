"""Graph's error answers: the envelope, the catalogue of messages, HTTP statuses and languages."""

from __future__ import annotations

import json
import secrets
from typing import Any

from fastapi import Response

from araldo.sandbox.meta.switches import Switches

DOCS = "https://developers.facebook.com/docs/graph-api"
_BUSY = f"Wait a bit and try again. For more info, please refer to {DOCS}/overview/rate-limiting."
_RETRY = "An unexpected error has occurred. Please retry your request later."

# code -> message, unless a subcode has a better one (graph-api.md 1.8)
MESSAGES: dict[int, str] = {
    -2: "Timeout",
    -1: "Fatal",
    1: "An unknown error occurred",
    2: _RETRY,
    3: "(#3) Application does not have the capability to make this API call.",
    4: "(#4) Application request limit reached",
    9: "The user has reached the maximum number of posts",
    10: "(#10) Application does not have permission for this action",
    17: "(#17) User request limit reached",
    24: "The requested resource does not exist",
    25: "The account is restricted",
    32: "(#32) Page request limit reached",
    100: "Invalid parameter",
    102: "Session key invalid or no longer valid",
    110: "Invalid user id",
    190: "Invalid OAuth access token.",
    197: "The post is empty. Please enter a message to share.",
    200: "(#200) Permissions error",
    324: "(#324) Missing or invalid image file",
    341: "(#341) Feed action request limit reached",
    368: "(#368) The action attempted has been deemed abusive or is otherwise disallowed",
    506: "(#506) Duplicate status message",
    613: "(#613) Calls to this api have exceeded the rate limit.",
    9004: "Only photo or video can be accepted as media type.",
    9007: "Media ID is not available",
    36000: "The image size is too large.",
    36001: "The image format is not supported.",
    36003: "The aspect ratio is not supported.",
    36004: "The caption is too long",
    80001: f"(#80001) There have been too many calls to this Page account. {_BUSY}",
    80002: f"(#80002) There have been too many calls to this Instagram account. {_BUSY}",
}

# (code, subcode) -> title, user message; graph-api.md 3.7
USER_MESSAGES: dict[tuple[int, int], tuple[str, str]] = {
    (-2, 2207003): ("Timeout", "It takes too long to download the media."),
    (-2, 2207020): (
        "Media expired",
        "The media you are trying to access has expired. Please try to upload again.",
    ),
    (-1, 2207001): ("Instagram server error", ""),
    (-1, 2207032): ("Create media failed", "Create media fail, please try to re-create media"),
    (4, 2207051): (
        "Action is blocked",
        "We restrict certain activity to protect our community. Tell us if you think we made a mistake.",
    ),
    (9, 2207042): (
        "Maximum posts reached",
        "You reached maximum number of posts that is allowed to be published by Content Publishing API.",
    ),
    (24, 2207006): ("Media not found", "The media with {id} cannot be found"),
    (24, 2207008): (
        "Media builder not found",
        "The media builder with creation id = {id} does not exist or has been expired.",
    ),
    (25, 2207050): ("Restricted account", "The Instagram account is restricted."),
    (100, 2207023): ("Unknown media type", "The media type {id} is unknown."),
    (100, 2207028): (
        "Carousel needs 2 to 10 items",
        "Your post won't work as a carousel. "
        "Carousels need at least 2 photos/videos and no more than 10 photos/videos.",
    ),
    (100, 2207037): ("Too many tags", "Cannot use more than {id} tags per created media."),
    (100, 2207040): ("Too many tags", "Cannot use more than {id} tags per created media."),
    (110, 2207013): ("Cannot find User", "The user with username: {id} cannot be found."),
    (352, 2207026): ("Unsupported video", "The video format is not supported. Please check spec for supported format"),
    (9004, 2207008): ("Cannot publish", "Media already published"),
    (9004, 2207052): (
        "Media download has failed. The media URI doesn't meet our requirements.",
        "The media could not be fetched from this URI: {id}. Please check the limitations section",
    ),
    (9007, 2207027): ("Cannot Publish", "The media is not ready for publishing, please wait for a moment"),
    (36000, 2207004): ("Image size too large", "The image is too large to download. It should be less than 8 MiB."),
    (36001, 2207005): (
        "Image format not supported",
        "The image format {id} is not supported. Supported formats are: JPEG.",
    ),
    (36001, 2207083): ("Invalid Image Format", "The image format is not supported."),
    (36003, 2207009): (
        "Aspect ratio not supported",
        "The submitted image with aspect ratio {id} cannot be published. "
        "Please submit an image with a valid aspect ratio.",
    ),
    (36004, 2207010): (
        "Caption too long",
        "The submitted image's caption was {id} characters long. "
        "The maximum number of characters permitted for a caption is 2200.",
    ),
    (100, 1366051): ("Photos already posted", "These photos were already posted."),
    (100, 1366046): ("Photo not accepted", "The photo is too large or has a format that is not supported."),
    (100, 1609005): ("Link not accepted", "The link could not be read. Check the address and try again."),
    (368, 1390008): ("Slow down", "It looks like you were misusing this feature by going too fast."),
}

# Meta translates user messages; one text per language is enough to find clients that parse them.
LOCALISED = {
    "es": ("No se pudo completar", "No pudimos completar la solicitud. Inténtalo de nuevo más tarde."),
    "it": ("Impossibile completare", "Non è stato possibile completare la richiesta. Riprova più tardi."),
    "kn": ("ಪೂರ್ಣಗೊಳಿಸಲಾಗಲಿಲ್ಲ", "ನಿಮ್ಮ ವಿನಂತಿಯನ್ನು ಪೂರ್ಣಗೊಳಿಸಲಾಗಲಿಲ್ಲ."),
    "th": ("ไม่สามารถดำเนินการได้", "ไม่สามารถดำเนินการตามคำขอได้ โปรดลองอีกครั้ง"),
}

THROTTLES = frozenset({4, 17, 32, 341, 613, 80001, 80002})


class GraphError(Exception):
    """A refusal. `about` fills the {id} of a user message; `status` is worked out where it is not given.

    `overrides` is put into the envelope over what the catalogue says.
    """

    def __init__(
        self,
        code: int,
        subcode: int | None = None,
        *,
        message: str | None = None,
        about: object = "",
        kind: str = "OAuthException",
        status: int | None = None,
        overrides: dict[str, Any] | None = None,
    ) -> None:
        self.code = code
        self.subcode = subcode
        self.message = message if message is not None else _message(code, subcode)
        self.about = str(about)
        self.kind = kind
        self._status = status
        self._overrides = overrides or {}
        super().__init__(self.message)

    @property
    def throttle(self) -> int | None:
        return self.code if self.subcode is None and self.code in THROTTLES else None

    def status(self, switches: Switches) -> int:
        """Return the HTTP status: 400 except for 190, throttles, permissions and Meta's faults (graph-api.md 1.8)."""
        if switches.errors_in_200:
            return 200
        return self._status or self._usual_status(switches)

    def _usual_status(self, switches: Switches) -> int:
        if self.code in {102, 190}:
            return switches.status_190
        if self.code in {3, 10} or 200 <= self.code <= 299:
            return 403
        if self.throttle is not None:
            return switches.status_throttle
        return 500 if self.subcode is None and self.code in {1, 2} else 400

    def body(self, switches: Switches, locale: str | None) -> dict[str, Any]:
        """Return the error envelope; optional keys are left out, never null."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
            error["is_transient"] = False
        elif self.code == 2:
            error["is_transient"] = True
        user_message = USER_MESSAGES.get((self.code, self.subcode)) if self.subcode is not None else None
        if user_message is not None:
            language = (locale or switches.user_message_locale).split("_")[0]
            title, text = LOCALISED.get(language, (user_message[0], user_message[1].replace("{id}", self.about)))
            error["error_user_title"], error["error_user_msg"] = title, text
        error |= self._overrides | {"fbtrace_id": trace_id()}
        return {"error": error}


def _message(code: int, subcode: int | None) -> str:
    user_message = USER_MESSAGES.get((code, subcode)) if subcode is not None else None
    if user_message is not None and (code == 100 or subcode == 2207008):
        return user_message[1].replace("{id}", "").strip() if code != 24 else MESSAGES[24]
    return MESSAGES.get(code, MESSAGES[200] if 200 <= code <= 299 else f"(#{code}) Error")


def bad_parameter(text: str) -> GraphError:
    return GraphError(100, message=f"(#100) {text}")


def not_found(name: str, method: str = "GET") -> GraphError:
    """Return 100/33, Graph's error for what does not exist, is not visible, or does not support the call."""
    text = (
        f"Unsupported {method.lower()} request. Object with ID '{name}' does not exist, cannot be loaded due to "
        f"missing permissions, or does not support this operation. Please read the Graph API documentation at {DOCS}"
    )
    return GraphError(100, 33, message=text, kind="GraphMethodException")


def trace_id() -> str:
    """Return a new fbtrace_id: `A` and 22 more characters."""
    return "A" + secrets.token_urlsafe(17)[:22]


def response_headers(version: str, switches: Switches, throttle: int | None, about: str) -> dict[str, str]:
    """Return every answer's headers; after a throttle, the usage headers show the limit of node `about` as used up."""
    headers = {"facebook-api-version": version, "x-fb-trace-id": trace_id(), "x-fb-rev": "1030000000"}
    usage: dict[str, Any] = {
        "X-App-Usage": switches.app_usage,
        "X-Page-Usage": switches.page_usage,
        "X-Business-Use-Case-Usage": switches.business_usage,
    }
    for name, value in _used_up(throttle, about).items():
        usage[name] = usage[name] or value
    headers |= {name: json.dumps(value) for name, value in usage.items() if value is not None}
    return headers | {"Access-Control-Allow-Origin": "*", "Cache-Control": "private, no-cache, no-store"}


def _used_up(throttle: int | None, about: str) -> dict[str, Any]:
    """Return the usage header that belongs to a throttle code (graph-api.md 4)."""
    full = {"call_count": 100, "total_time": 25, "total_cputime": 25}
    if throttle in {4, 17, 341, 613}:
        return {"X-App-Usage": full}
    if throttle == 32:
        return {"X-Page-Usage": full}
    if throttle in {80001, 80002}:
        kind = "pages" if throttle == 80001 else "instagram"
        return {"X-Business-Use-Case-Usage": {about: [{"type": kind, **full, "estimated_time_to_regain_access": 1}]}}
    return {}


def json_response(body: Any, status: int, headers: dict[str, str]) -> Response:
    """Return JSON as Graph sends it: slashes unescaped, non-ASCII escaped."""
    if status == 401:
        headers = headers | {"WWW-Authenticate": 'OAuth "Facebook Platform" "invalid_token"'}
    if status in {204, 304}:  # a tester may order even that; HTTP allows no body then
        return Response(status_code=status, headers=headers)
    return Response(json.dumps(body), status, headers, "application/json; charset=UTF-8")
