"""Parse a request into a Graph call: path, version, token and parameters, wherever a client put them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from araldo.sandbox.meta.parameters import as_params, from_pairs, read_json
from araldo.sandbox.meta.replies import GraphError, bad_parameter

NEWEST, OLDEST = (26, 0), (21, 0)
SECRETS = frozenset({"access_token", "appsecret_proof", "client_secret", "input_token", "fb_exchange_token", "code"})
VERSION = re.compile(r"/v(\d{1,3})\.(\d{1,3})(?=/|$)", re.ASCII)
_TOKENISH = re.compile(r"EAA\w{8,}|\b\d{10,}(\||%7C)[\w-]+")
_INDEXED = re.compile(r"(\w+)\[(\d{1,4})\](?:\[(\w+)\])?", re.ASCII)
_LARGEST_FIELD = 4 * 1024 * 1024
_LONGEST_LOGGED = 100_000
# PHP, and Guzzle with it, sends `false` as an empty string.
_BOOLEANS = {"": False, "false": False, "0": False, "true": True, "1": True}


@dataclass(slots=True)
class Call:
    """`path`: without version and extra slashes; `raw_path`: as requested; `files`: by field name."""

    method: str
    raw_path: str
    path: str
    version: str
    params: dict[str, str]
    token: str | None = None
    files: dict[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return the parameter, or an empty string."""
        return self.params.get(name, "")

    def required(self, name: str) -> str:
        if not self.params.get(name):
            raise bad_parameter(f"The parameter {name} is required")
        return self.params[name]

    def flag(self, name: str, default: bool) -> bool:
        """Read a boolean parameter; `default` when it is absent or null, False when it is empty.

        :raises GraphError: 100 when it is no boolean.
        """
        value = self.params.get(name, "null").strip().lower()
        if value == "null":
            return default
        if value not in _BOOLEANS:
            raise bad_parameter(f"Param {name} must be a boolean")
        return _BOOLEANS[value]

    def lenient_flag(self, name: str, otherwise: bool) -> bool:
        """Read a boolean parameter; `otherwise` when it is absent or invalid."""
        return _BOOLEANS.get(self.params.get(name, "null").strip().lower(), otherwise)

    def list_param(self, name: str) -> list[Any]:
        """Read a list: a JSON array, one JSON object, `name[0]`, `name[0][key]`, or a comma-separated string."""
        indexed = self._indexed(name)
        if indexed:
            return indexed
        value = self.text(name).strip()
        if value.startswith("["):
            return list(_json_or_text(name, value))
        if value.startswith("{"):
            read = _json_or_text(name, value)
            # PHP turns a list with gaps into {"0": ..., "2": ...}.
            return list(read.values()) if read and all(key.isdecimal() for key in read) else [read]
        return [part.strip() for part in value.split(",") if part.strip()]

    def fields(self) -> str:
        """Return the parameter `fields` as text; a list is joined with commas."""
        value = self.text("fields")
        return value if value and not value.startswith("[") else ",".join(map(str, self.list_param("fields")))

    def _indexed(self, name: str) -> list[Any]:
        found: dict[int, Any] = {}
        for key, value in self.params.items():
            at = _INDEXED.fullmatch(key)
            if at is None or at.group(1) != name:
                continue
            index, inner = int(at.group(2)), at.group(3)
            if inner is None:
                found[index] = _json_or_text(name, value)
                continue
            item = found.setdefault(index, {})
            if isinstance(item, dict):
                item[inner] = value
        return [found[index] for index in sorted(found)]

    def redacted_path(self) -> str:
        """Return the path for the log, without a token that a client put there by mistake."""
        return redact_tokens(self.raw_path)

    def redacted_params(self) -> dict[str, str]:
        """Return the parameters for the log: no secrets, nothing that looks like a token, files as their size."""
        kept = {name: "***" if name in SECRETS else _loggable(text) for name, text in self.params.items()}
        return kept | {name: f"<{len(data)} bytes>" for name, data in self.files.items()}


def _loggable(text: str) -> str:
    """Replace a text that is too long, such as a picture in a part without a file name, by its length."""
    if len(text) > _LONGEST_LOGGED:
        return f"<{len(text)} characters>"
    return redact_tokens(text)


def redact_tokens(text: str) -> str:
    """Replace whatever looks like a token."""
    return _TOKENISH.sub("***", text)


def _json_or_text(name: str, value: str) -> Any:
    if not value.startswith(("[", "{")):
        return value
    try:
        return read_json(value)
    except ValueError:
        raise bad_parameter(f"Param {name} must be valid JSON") from None


async def read_call(request: Request) -> Call:
    """Read a call from query and body (form, multipart or JSON), which overrides it; then the Authorization header."""
    params = from_pairs(request.query_params.multi_items())
    files: dict[str, bytes] = {}
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        params |= await _form(request, files)
    elif not kind:  # some clients send a form without saying so, and Meta reads it
        params |= from_pairs(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    elif kind == "application/json":
        params |= as_params(await _json_body(request))
    return make_call(request.method, request.scope["path"], params, request.headers.get("authorization"), files)


def read_call_from_query(request: Request) -> Call:
    """Read a call from its URL alone, when its body cannot be read."""
    params = from_pairs(request.query_params.multi_items())
    return make_call(request.method, request.scope["path"], params, request.headers.get("authorization"), {})


async def _form(request: Request, files: dict[str, bytes]) -> dict[str, str]:
    pairs: list[tuple[str, str]] = []
    try:
        async with request.form(max_part_size=_LARGEST_FIELD) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    data = await value.read()
                    if data or value.filename:  # an empty part without a name is a form's file field left empty
                        files[name] = data
                else:
                    pairs.append((name, value))
    except (HTTPException, MultiPartException, ValueError):
        raise bad_parameter("The request body is not a form that can be read") from None
    return from_pairs(pairs)


async def _json_body(request: Request) -> dict[str, Any]:
    try:
        body = read_json(await request.body() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_parameter("The request body must be a JSON object")
    return body


def make_call(
    method: str, raw_path: str, params: dict[str, str], authorization: str | None, files: dict[str, bytes]
) -> Call:
    """Build a call. As at Meta, `method=DELETE` in a POST overrides the method; HEAD is handled as GET."""
    found = VERSION.match(raw_path)
    version = served_version((int(found.group(1)), int(found.group(2))) if found else NEWEST)
    rest = raw_path[found.end() :] if found else raw_path
    path = "/".join(part for part in rest.split("/") if part)
    override = params.get("method", "").upper()
    if method == "POST" and override in {"GET", "DELETE"}:
        method = override
    method = "GET" if method == "HEAD" else method
    scheme, _, credential = (authorization or "").partition(" ")
    token = params.get("access_token") or (credential.strip() if scheme.lower() in {"bearer", "oauth"} else "")
    return Call(method, raw_path, path, version, params, token or None, files)


def served_version(asked: tuple[int, int]) -> str:
    """Return the version that serves a request: the oldest for expired ones, else the newest (graph-api.md 4)."""
    major, minor = min(max(asked, OLDEST), NEWEST)
    return f"v{major}.{minor}"


def parse_whole_number(text: str) -> int | None:
    """Parse a whole number of at most 15 digits; None for anything else."""
    return int(text) if re.fullmatch(r"-?\d{1,15}", text, re.ASCII) else None


def unsupported_method(method: str) -> GraphError:
    return GraphError(100, message=f"Unsupported request - method type: {method.lower()}", kind="GraphMethodException")
