"""Log in at an instance: register an app there, lead the person to its dialog, exchange the code for a token.

Sources: content/en/methods/apps.md and oauth.md, content/en/spec/oauth.md (PKCE and the server's metadata, 4.3 and
later) of Mastodon's documentation; RFC 7636 and RFC 8414.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from araldo.errors import Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.caller import Answer
from araldo.platforms.mastodon.accounts import granted_text, not_an_instance
from araldo.platforms.mastodon.api import MastodonClient
from araldo.platforms.mastodon.app import SCOPES, WHO_SCOPES, MastodonSettings, NotConnected, host_of
from araldo.platforms.service import LoginCallback, LoginDeclined, LoginStart

_METADATA = "/.well-known/oauth-authorization-server"


class InstanceLogin:
    def __init__(self, client: MastodonClient, settings: MastodonSettings) -> None:
        self._client = client
        self._settings = settings

    async def begin(self, base_url: str, callback: LoginCallback) -> LoginStart:
        """Register an app and return the dialog's URL; the app's secret and the PKCE verifier are remembered."""
        try:
            metadata = await self._read_metadata(base_url)
            known = metadata.get("scopes_supported")
            who, older = WHO_SCOPES
            scope = " ".join((who if isinstance(known, list) and who in known else older, *SCOPES))
            app = await self._register(base_url, callback.redirect_uri, scope)
        except Rejected as refused:
            raise not_an_instance(refused, host_of(base_url)) from refused
        asked = {
            "response_type": "code",
            "client_id": app["client_id"],
            "redirect_uri": callback.redirect_uri,
            "scope": scope,
            "state": callback.state,
        }
        remembered = {"base_url": base_url, "scope": scope, **app}
        methods = metadata.get("code_challenge_methods_supported")
        if isinstance(methods, list) and "S256" in methods:
            remembered["verifier"] = secrets.token_urlsafe(48)
            asked |= {"code_challenge": _challenge(remembered["verifier"]), "code_challenge_method": "S256"}
        return LoginStart(f"{base_url}/oauth/authorize?{urlencode(asked)}", remembered)

    async def exchange_code(
        self, query: Mapping[str, str], remembered: Mapping[str, Any], redirect_uri: str
    ) -> tuple[dict[str, str], list[str]]:
        """Return the secrets of an account's credentials, and the granted permissions. Raises LoginDeclined."""
        if query.get("error") == "access_denied" or not query.get("code"):
            raise LoginDeclined
        app = {name: remembered[name] for name in ("client_id", "client_secret")}
        asked = app | {
            "grant_type": "authorization_code",
            "code": query["code"],
            "redirect_uri": redirect_uri,
            "scope": remembered["scope"],
        }
        if "verifier" in remembered:
            asked["code_verifier"] = remembered["verifier"]
        base_url = remembered["base_url"]
        answer = await self._client.ask("POST", base_url, "/oauth/token", form=asked)
        token = (answer.fields or {}).get("access_token")
        if answer.status != 200 or not isinstance(token, str) or not token:
            raise self._refused_login(answer, base_url)
        return {"token": token, **app}, granted_text(answer).split()

    def _refused_login(self, answer: Answer, base_url: str) -> Exception:
        trouble = self._client.error_of(answer, base_url)
        if isinstance(trouble, TryLater):
            return trouble
        return NotConnected(
            Message("mastodon.connect.login_refused", {"host": host_of(base_url)}), code="login_refused"
        )

    async def _read_metadata(self, base_url: str) -> Mapping[str, Any]:
        """Read what log-in supports; empty before 4.3. Its addresses are not used, so that it leads nowhere else."""
        answer = await self._client.ask("GET", base_url, _METADATA)
        return (answer.fields or {}) if answer.status == 200 else {}

    async def _register(self, base_url: str, redirect_uri: str, scope: str) -> dict[str, str]:
        """Register an app. Raises NotConnected for a server that answers as none of Mastodon's does."""
        asked = {"client_name": self._settings.app_name, "redirect_uris": redirect_uri, "scopes": scope}
        if self._settings.website:
            asked["website"] = self._settings.website
        answer = await self._client.ask("POST", base_url, "/api/v1/apps", form=asked)
        made = answer.fields or {}
        app = {name: made.get(name) for name in ("client_id", "client_secret")}
        if answer.status == 200 and all(isinstance(value, str) and value for value in app.values()):
            return {name: str(value) for name, value in app.items()}
        if answer.status == 429 or answer.status >= 500:
            raise self._client.error_of(answer, base_url)
        raise NotConnected(Message("mastodon.connect.no_instance", {"host": host_of(base_url)}), code="no_instance")


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
