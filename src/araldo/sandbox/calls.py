"""One Graph call as it came in: path, version, token and parameters, wherever a client chose to put them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.datastructures import UploadFile

from araldo.sandbox.replies import GraphError, bad_parameter

NEWEST, OLDEST = (26, 0), (21, 0)
SECRETS = frozenset({"access_token", "appsecret_proof", "client_secret", "input_token", "fb_exchange_token", "code"})
_VERSION = re.compile(r"/v(\d+)\.(\d+)(?=/|$)")
_TOKENISH = re.compile(r"EAA\w{8,}|\b\d{10,}(\||%7C)[\w-]+")
_LARGEST_FIELD = 4 * 1024 * 1024


@dataclass(slots=True)
class Call:
    """`path` is without version and slashes at its ends; `raw_path` as it was asked; `files` by field name."""

    method: str
    raw_path: str
    path: str
    version: str
    params: dict[str, str]
    token: str | None = None
    files: dict[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The parameter, or an empty string."""
        return self.params.get(name, "")

    def needed(self, name: str) -> str:
        if not self.params.get(name):
            raise bad_parameter(f"The parameter {name} is required")
        return self.params[name]

    def flag(self, name: str, default: bool) -> bool:
        value = self.params.get(name, "").lower()
        if value in {"", "null"}:
            return default
        if value not in {"true", "false", "1", "0"}:
            raise bad_parameter(f"Param {name} must be a boolean")
        return value in {"true", "1"}

    def listed(self, name: str) -> list[Any]:
        """A JSON array, `name[0]`, `name[1]`... or a comma-separated string; items that are JSON are read as such."""
        indexed = sorted(
            (int(found.group(1)), value)
            for key, value in self.params.items()
            if (found := re.fullmatch(re.escape(name) + r"\[(\d+)\]", key))
        )
        if indexed:
            return [_json_or_text(name, value) for _, value in indexed]
        value = self.text(name).strip()
        if value.startswith("["):
            read = _json_or_text(name, value)
            return list(read)
        return [part.strip() for part in value.split(",") if part.strip()]

    def struck_out(self) -> dict[str, str]:
        """For the log: no secrets, nothing that looks like a token, files as their size."""
        kept = {name: "***" if name in SECRETS else _TOKENISH.sub("***", text) for name, text in self.params.items()}
        return kept | {name: f"<{len(data)} bytes>" for name, data in self.files.items()}


def _json_or_text(name: str, value: str) -> Any:
    if not value.startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_parameter(f"Param {name} must be valid JSON") from None


async def read_call(request: Request) -> Call:
    """Query, form, multipart and JSON body, one over the other; the Authorization header after both."""
    params = dict(request.query_params)
    files: dict[str, bytes] = {}
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form(max_part_size=_LARGEST_FIELD) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = await value.read()
                else:
                    params[name] = value
    elif kind == "application/json":
        params |= as_params(await _json_body(request))
    return make_call(request.method, request.url.path, params, request.headers.get("authorization"), files)


async def _json_body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_parameter("The request body must be a JSON object")
    return body


def as_params(body: Mapping[str, Any]) -> dict[str, str]:
    """JSON values the way a form would carry them; a null is as good as absent."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in body.items()
        if value is not None
    }


def make_call(
    method: str, raw_path: str, params: dict[str, str], authorization: str | None, files: dict[str, bytes]
) -> Call:
    """`method=DELETE` as a parameter of a POST counts, as it does at Meta."""
    found = _VERSION.match(raw_path)
    version = served((int(found.group(1)), int(found.group(2))) if found else NEWEST)
    path = (raw_path[found.end() :] if found else raw_path).strip("/")
    override = params.get("method", "").upper()
    if method == "POST" and override in {"GET", "DELETE"}:
        method = override
    scheme, _, credential = (authorization or "").partition(" ")
    token = params.get("access_token") or (credential.strip() if scheme.lower() in {"bearer", "oauth"} else "")
    return Call(method, raw_path, path, version, params, token or None, files)


def served(asked: tuple[int, int]) -> str:
    """Dead versions are served by the oldest that lives, unknown ones by the newest (graph-api.md 4)."""
    major, minor = min(max(asked, OLDEST), NEWEST)
    return f"v{major}.{minor}"


def batch_items(call: Call) -> list[tuple[Call, dict[str, Any]]]:
    """The calls inside a batch, each with what was said of it; 50 at the most."""
    try:
        items = json.loads(call.needed("batch"))
    except ValueError:
        raise bad_parameter("Invalid JSON for batch") from None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_parameter("batch must be an array of requests")
    if len(items) > 50:
        raise GraphError(100, message="Too many requests in batch message. Maximum batch size is 50")
    return [(_batch_item(call, item), item) for item in items]


def _batch_item(call: Call, item: Mapping[str, Any]) -> Call:
    path, _, query = str(item.get("relative_url", "")).partition("?")
    params = dict(parse_qsl(query, keep_blank_values=True)) | dict(parse_qsl(str(item.get("body", ""))))
    for inherited in ("access_token", "appsecret_proof"):
        if inherited in call.params and "access_token" not in params:
            params[inherited] = call.params[inherited]
    names = [name for name in str(item.get("attached_files", "")).split(",") if name]
    files = {"source" if name != "source" else name: call.files[name] for name in names if name in call.files}
    raw_path = "/" + path.lstrip("/")
    if not _VERSION.match(raw_path):
        raw_path = f"/{call.version}{raw_path}"
    made = make_call(str(item.get("method", "GET")).upper(), raw_path, params, None, files)
    made.token = made.token or call.token
    return made
