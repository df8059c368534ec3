"""Protection of browsers: accepted Host names, security headers, and Content-Security-Policies."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage

from araldo.api.problems import problem_response
from araldo.api.site import Site, host_of
from araldo.messages import Message

# Public, read-only paths that machines request under other names: health probes use the address, and a proxy that
# serves pictures to Meta may use its own name. Pictures are protected by the signature in their URL.
_ANY_HOST_PATHS = ("/api/v1/health", "/api/v1/ready", "/robots.txt")
_MEDIA_PREFIX = "/media/"

# The style element that the documentation's search creates at run time. It changes with the site generator's version.
_SEARCH_STYLE = "'sha256-NwSx/R2V/U4jnW0Tq5pQ53Y/rzPVJ4dqE7D6UTA/J1k='"
_UNFRAMED = "base-uri 'none'; frame-ancestors 'none'"
_OWN_FORMS_ONLY = f"form-action 'self'; {_UNFRAMED}"


def is_open_to_any_host(path: str) -> bool:
    """Return whether a path is answered for every Host, also an unknown one."""
    return path in _ANY_HOST_PATHS or path.startswith(_MEDIA_PREFIX)


class KnownHostMiddleware:
    """Answers 400 to an unknown Host, against DNS rebinding."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_open_to_any_host(scope["path"]):
            request = Request(scope)
            named = request.headers.getlist("host")
            if len(named) != 1 or not self._site.is_known_host(named[0]):
                message = Message("browsers.host_unknown", {"host": host_of(", ".join(named))[:100]})
                await problem_response(request, 400, "host_unknown", message)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class SecurityHeadersMiddleware:
    """Adds security headers to every response that does not set them itself.

    Responses are `no-store` unless they say otherwise: the API's are private.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._policy = page_policy().encode()
        self._always = {
            b"x-content-type-options": b"nosniff",
            # With "no-referrer", browsers would send our own forms with `Origin: null`.
            b"referrer-policy": b"same-origin",
            b"cache-control": b"no-store",
        }
        if site.is_https:
            # Without subdomains and preloading: other services under the operator's domain may not have HTTPS.
            self._always[b"strict-transport-security"] = b"max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: ASGIMessage) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._missing(dict(message["headers"]))]
            await send(message)

        await self._app(scope, receive, sending)

    def _missing(self, there: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        wanted = dict(self._always)
        if there.get(b"content-type", b"").startswith(b"text/html"):
            wanted[b"content-security-policy"] = self._policy
        return [(name, value) for name, value in wanted.items() if name not in there]


def page_policy() -> str:
    """Return the default policy: everything from this server, and no framing."""
    return f"default-src 'self'; img-src 'self' data:; object-src 'none'; {_OWN_FORMS_ONLY}"


def studio_policy(nonce: str) -> str:
    """Return the studio's policy. `nonce`: for the style elements that the studio creates at run time."""
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' blob: data:; font-src 'self';"
        f" manifest-src 'self'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'none'; {_OWN_FORMS_ONLY}"
    )


def documentation_policy(script_digests: Iterable[str]) -> str:
    """Return the policy of a page of the documentation. Its scripts are files, and those with the given digests."""
    scripts = " ".join(("'self'", *script_digests))
    return (
        f"default-src 'none'; script-src {scripts}; worker-src 'self'; connect-src 'self'; img-src 'self' data:;"
        f" style-src 'self' {_SEARCH_STYLE}; {_OWN_FORMS_ONLY}"
    )


def bare_policy(style: str, *, forms_lead_elsewhere: bool = False) -> str:
    """Return the policy of a page that loads nothing but this inline style, allowed by its digest.

    `forms_lead_elsewhere`: the response to its form redirects to another site, which `form-action` would block.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; {_UNFRAMED if forms_lead_elsewhere else _OWN_FORMS_ONLY}"
