"""Identities: what a person types for a handle and a server, and the server (PDS) that an account's DID names.

Facts: https://atproto.com/specs/handle, https://atproto.com/specs/did (blessed methods: did:plc, read at its directory,
and did:web, at /.well-known/did.json of its host; the service `#atproto_pds` is the account's server).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from araldo.errors import OutsideError, TryLater
from araldo.messages import Message
from araldo.platforms.base import PlatformContext
from araldo.platforms.bluesky.settings import SERVICE, settings_of
from araldo.platforms.caller import ServiceCaller

_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]{1,2000}")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_PDS_SERVICE = "AtprotoPersonalDataServer"


class ServerUnknown(TryLater):
    """The account's identity could not be read, or names no server."""

    def __init__(self) -> None:
        super().__init__(Message("bluesky.login.server_unknown"), after_s=30, service=SERVICE, code="no_server")


class IdentityReader:
    def __init__(self, context: PlatformContext) -> None:
        self._plc_url = settings_of(context).plc_url.rstrip("/")
        # The directory is the operator's choice; the host of a did:web is not.
        self._directory = ServiceCaller(context.http, context.clock, SERVICE)
        self._untrusted = ServiceCaller(context.http, context.clock, SERVICE, typed_hosts=True)

    async def find_server(self, did: str, document: object) -> str:
        """Return the URL of the account's server, by its DID document: the one given, else the one read.

        Raises TryLater when it cannot be read or names no server.
        """
        server = _server_of(document, did)
        if server is None:
            server = _server_of(await self._read_document(did), did)
        if server is None:
            raise ServerUnknown
        return server

    async def _read_document(self, did: str) -> object:
        try:
            if did.startswith("did:web:"):
                host = unquote(did.removeprefix("did:web:"))
                answer = await self._untrusted.call("GET", f"https://{host}/.well-known/did.json")
            else:
                answer = await self._directory.call("GET", f"{self._plc_url}/{did}")
        except OutsideError as unread:
            raise ServerUnknown from unread
        return answer.fields if answer.status == 200 else None


def clean_identifier(typed: str) -> str:
    """Return a handle as the service takes it: without `@` and without the invisible marks that copying brings along.

    The link to a profile gives its handle. An e-mail address and a DID stay as they are.
    """
    text = "".join(character for character in typed if unicodedata.category(character) != "Cf").strip()
    text = text.rsplit("/profile/", 1)[-1].split("/")[0] if "/profile/" in text else text
    return text.removeprefix("at://").removeprefix("@")


def clean_host(typed: str) -> str:
    """Return a server's base URL for what a person typed: a bare name means https, and a path is left out."""
    text = typed.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    return f"{parts.scheme}://{parts.netloc}"


def is_did(value: object) -> bool:
    return isinstance(value, str) and _DID.fullmatch(value) is not None


def is_handle(text: str) -> bool:
    """Return whether a text is a handle: a name of at least two labels, the last of which begins with a letter."""
    labels = text.split(".")
    return len(text) <= 253 and len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and labels[-1][:1].isalpha()


def _server_of(document: object, did: str) -> str | None:
    """Return the server that a DID document names; None where it is of another DID, or names none."""
    fields = _mapping(document)
    services = fields.get("service")
    if fields.get("id") != did or not isinstance(services, list):
        return None
    for service in map(_mapping, services):
        url = service.get("serviceEndpoint")
        is_server = service.get("id") in ("#atproto_pds", f"{did}#atproto_pds") and service.get("type") == _PDS_SERVICE
        if is_server and isinstance(url, str) and urlsplit(url).netloc:
            return clean_host(url)
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
