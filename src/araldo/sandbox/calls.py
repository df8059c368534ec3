"""One call to the Graph: its parameters wherever they stand, and the token that it comes with."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from araldo.sandbox.replies import GraphError
from araldo.sandbox.state import APP_ID, Thing, World

_VERSION = re.compile(r"v\d+\.\d+")
_STRUCK = "***"
_SECRET_NAMES = {
    "access_token",
    "input_token",
    "appsecret_proof",
    "client_secret",
    "fb_exchange_token",
    "code",
}


@dataclass(slots=True)
class Call:
    """`parts` is the path without its version; `made` collects the ids of what the call makes."""

    method: str
    path: str
    parts: list[str]
    version: str
    params: dict[str, str]
    files: dict[str, bytes]
    token: str | None
    made: list[str] = field(default_factory=list)

    def logged_params(self) -> Thing:
        return {name: _STRUCK if name in _SECRET_NAMES else value for name, value in self.params.items()}


async def read_call(request: Request) -> Call:
    parts = [part for part in request.url.path.split("/") if part]
    version = "v26.0"
    if parts and _VERSION.fullmatch(parts[0]):
        version = parts.pop(0)
    params = dict(request.query_params)
    files: dict[str, bytes] = {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        params |= _as_texts(await request.json())
    elif kind.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = await value.read()
                else:
                    params[name] = value
    token = params.pop("access_token", None) or _bearer(request.headers.get("authorization", ""))
    # A POST may say that it means another method.
    method = params.pop("method", request.method).upper()
    return Call(method, request.url.path, parts, version, params, files, token)


def _as_texts(body: Any) -> dict[str, str]:
    if not isinstance(body, dict):
        return {}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}


def _bearer(header: str) -> str | None:
    kind, _, token = header.partition(" ")
    return token.strip() if kind.lower() in {"bearer", "oauth"} and token.strip() else None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a token speaks for."""

    token: str
    type: str
    subject: str
    scopes: frozenset[str]


def holder_of(world: World, call: Call) -> Holder:
    """Raises as the Graph does for a token that is absent, unknown, expired or killed."""
    token = call.token
    if not token:
        raise GraphError(104, "An access token is required to request this resource.")
    holder = _app_holder(world, token) or _known_holder(world, token)
    _check_proof(world, call, token)
    return holder


def _app_holder(world: World, token: str) -> Holder | None:
    app_id, bar, secret = token.partition("|")
    app = world.table("apps").get(app_id) if bar else None
    if app is None or app["_secret"] != secret:
        return None
    return Holder(token, "APP", app_id, frozenset())


def _known_holder(world: World, token: str) -> Holder:
    known = world.table("tokens").get(token)
    status = world.settings["status_for_190"]
    if known is None:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=status)
    dead = why_dead(world, known)
    if dead is not None:
        subcode, message = dead
        raise GraphError(190, message, subcode=subcode, status=status)
    return Holder(token, known["type"], known["subject"], frozenset(known["scopes"]))


def why_dead(world: World, known: Thing) -> tuple[int | None, str] | None:
    if known["dead"] is not None:
        subcode = int(known["dead"])
        return subcode or None, _DEATHS.get(subcode, "Error validating access token.").format(app=APP_ID)
    if known["expires_at"] and known["expires_at"] <= world.now():
        return 463, _DEATHS[463]
    return None


_DEATHS = {
    458: "Error validating access token: The user has not authorized application {app}.",
    459: "You cannot access the app till you log in to www.facebook.com and follow the instructions given.",
    460: "Error validating access token: The session has been invalidated because the user changed their password or"
    " Facebook has changed the session for security reasons.",
    463: "Error validating access token: Session has expired on Tuesday, 25-Nov-25 15:00:00 PST. The current time is"
    " Wednesday, 26-Nov-25 14:19:00 PST.",
    464: "Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user.",
    467: "Error validating access token: This may be because the user logged out or may be due to a system error.",
    492: "Error validating access token: The user must be an administrator of the page in order to impersonate it.",
}


def _check_proof(world: World, call: Call, token: str) -> None:
    given = call.params.get("appsecret_proof")
    if given is None:
        if world.settings["require_appsecret_proof"] and "|" not in token:
            raise GraphError(
                100, "API calls from the server require an appsecret_proof argument", kind="GraphMethodException"
            )
        return
    secret = world.table("apps")[APP_ID]["_secret"]
    if not hmac.compare_digest(hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest(), given):
        raise GraphError(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")


def require_scopes(holder: Holder, *scopes: str) -> None:
    missing = [scope for scope in scopes if scope not in holder.scopes]
    if missing:
        raise GraphError(200, f"(#200) Requires {', '.join(missing)} permission to manage the object")
