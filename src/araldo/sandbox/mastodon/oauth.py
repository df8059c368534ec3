"""OAuth for programs: apps, tokens, revocation.

Sources: content/en/methods/{apps,oauth}.md of Mastodon's documentation; config/initializers/doorkeeper.rb (tokens
do not expire; one app gets the same token for one account and the same scopes); the texts are those of
config/locales/doorkeeper.en.yml. PKCE (4.3 and later): RFC 7636.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from araldo.sandbox.common.answers import Answer
from araldo.sandbox.mastodon.calls import MastodonCall, MastodonError, invalid
from araldo.sandbox.mastodon.entities import app_entity
from araldo.sandbox.mastodon.records import AccessToken, App, Grant
from araldo.sandbox.mastodon.state import OUT_OF_BAND, MastodonState, new_secret

_GRANT_LIFE_S = 600.0
_GROUPS = frozenset({"profile", "read", "write", "follow", "push"})
_PARTS = {
    "read": "accounts blocks bookmarks favourites filters follows lists mutes notifications search statuses",
    "write": "accounts blocks bookmarks conversations favourites filters follows lists media mutes notifications "
    "reports statuses",
}
KNOWN_SCOPES = _GROUPS | {f"{group}:{part}" for group, parts in _PARTS.items() for part in parts.split()}
_TEXTS = {
    "invalid_client": "Client authentication failed due to unknown client, no client authentication included, or "
    "unsupported authentication method.",
    "invalid_grant": "The provided authorization grant is invalid, expired, revoked, does not match the redirection "
    "URI used in the authorization request, or was issued to another client.",
    "invalid_redirect_uri": "The redirect uri included is not valid.",
    "invalid_request": "The request is missing a required parameter, includes an unsupported parameter value, or is "
    "otherwise malformed.",
    "invalid_scope": "The requested scope is invalid, unknown, or malformed.",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
    "unsupported_response_type": "The authorization server does not support this response type.",
    "unauthorized_client": "You are not authorized to revoke this token",
    "access_denied": "The resource owner or authorization server denied the request.",
}


def oauth_error(code: str) -> MastodonError:
    """Return an error of OAuth with Doorkeeper's text."""
    status = {"invalid_client": 401, "unauthorized_client": 403}.get(code, 400)
    return MastodonError(status, code, _TEXTS[code])


async def create_app(call: MastodonCall) -> Answer:
    """`POST /api/v1/apps`: register an application; needs no token."""
    uris = [uri for value in call.list_of("redirect_uris") for uri in value.split()]
    if not call.text("client_name"):
        raise invalid("Application name can't be blank")
    if not uris:
        raise invalid("Redirect URI can't be blank")
    if not all(_is_usable(uri) for uri in uris):
        raise invalid("Redirect URI must be an absolute URI.")
    scopes = call.text("scopes").split() or ["read"]
    if not set(scopes) <= KNOWN_SCOPES:
        raise invalid("Scopes doesn't match configured on the server.")
    number = str(len(call.state.apps) + 1)
    website = call.text("website") or None
    app = App(new_secret(), number, call.text("client_name"), website, uris, scopes, new_secret())
    call.state.apps.save(app)
    call.made.append({"kind": "app", "id": number})
    secrets = {"client_id": app.id, "client_secret": app.client_secret, "client_secret_expires_at": 0}
    return Answer(200, app_entity(app) | secrets | {"vapid_key": ""})


async def verify_app(call: MastodonCall) -> Answer:
    """`GET /api/v1/apps/verify_credentials`: any valid token of the app."""
    app = call.state.apps[call.access.app if call.access is not None else ""]
    return Answer(200, app_entity(app) | {"vapid_key": ""})


async def create_token(call: MastodonCall) -> Answer:
    """`POST /oauth/token`: for an authorization code, or the app's own token (client_credentials)."""
    kind = call.text("grant_type")
    if kind not in {"authorization_code", "client_credentials"}:
        raise oauth_error("unsupported_grant_type" if kind else "invalid_request")
    app = _client(call)
    if app is None:
        raise oauth_error("invalid_client")
    if kind == "client_credentials":
        token = _issue(call.state, app, None, _scopes(call, app))
    else:
        grant = _redeem(call, app)
        token = _issue(call.state, app, grant.account, grant.scopes)
    created = int(token.created)
    shown = {"access_token": token.id, "token_type": "Bearer", "scope": " ".join(token.scopes), "created_at": created}
    return Answer(200, shown, {"Cache-Control": "no-store"})


async def revoke(call: MastodonCall) -> Answer:
    """`POST /oauth/revoke`: end a token of the app; a token that nobody has is a success too, as RFC 7009 says."""
    app, token = _client(call), call.state.tokens.get(call.text("token"))
    if app is None or not call.text("token") or (token is not None and token.app != app.id):
        raise oauth_error("unauthorized_client")
    if token is not None:
        token.revoked = True
        call.state.tokens.save(token)
    return Answer(200, {})


async def read_metadata(call: MastodonCall) -> Answer:
    """`GET /.well-known/oauth-authorization-server` (4.3 and later; RFC 8414)."""
    url = call.state.public_url
    return Answer(
        200,
        {
            "issuer": f"{url}/",
            "authorization_endpoint": f"{url}/oauth/authorize",
            "token_endpoint": f"{url}/oauth/token",
            "revocation_endpoint": f"{url}/oauth/revoke",
            "app_registration_endpoint": f"{url}/api/v1/apps",
            "scopes_supported": sorted(KNOWN_SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        },
    )


def make_grant(state: MastodonState, app: App, account: str, asked: dict[str, str]) -> Grant:
    """Make an authorization code for what the dialog was asked."""
    grant = Grant(
        new_secret(),
        app.id,
        account,
        asked["redirect_uri"],
        (asked["scope"] or "read").split(),
        state.now(),
        asked["code_challenge"],
        asked["code_challenge_method"],
    )
    state.grants.save(grant)
    state.commit()
    return grant


def find_dialog_error(app: App | None, asked: dict[str, str]) -> tuple[str, bool] | None:
    """Return the code of what is wrong with a dialog's address, and whether it may be sent to its redirect_uri."""
    if app is None:
        return "invalid_client", False
    if asked["redirect_uri"] not in app.redirect_uris:
        return "invalid_redirect_uri", False
    if asked["response_type"] != "code":
        return "unsupported_response_type", True
    if not set((asked["scope"] or "read").split()) <= _with_parts(app.scopes):
        return "invalid_scope", True
    method = asked["code_challenge_method"]
    if (asked["code_challenge"] or method) and not (asked["code_challenge"] and method == "S256"):
        return "invalid_request", True
    return None


def describe(code: str) -> str:
    return _TEXTS[code]


def _is_usable(uri: str) -> bool:
    if uri == OUT_OF_BAND:
        return True
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and parts.scheme not in {
        "data",
        "vbscript",
        "javascript",
    }


def _client(call: MastodonCall) -> App | None:
    """Return the app that its id and secret prove, in the Authorization header or as parameters."""
    name, secret = call.text("client_id"), call.text("client_secret")
    scheme, _, basic = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(basic).decode().partition(":")
        except ValueError:
            return None
    app = call.state.apps.get(name)
    proven = app is not None and hmac.compare_digest(secret.encode(), app.client_secret.encode())
    return app if proven else None


def _scopes(call: MastodonCall, app: App) -> list[str]:
    scopes = call.text("scope").split() or ["read"]
    if not set(scopes) <= _with_parts(app.scopes):
        raise oauth_error("invalid_scope")
    return scopes


def _with_parts(scopes: list[str]) -> set[str]:
    """Return the scopes, and the finer ones that they include."""
    return set(scopes) | {known for known in KNOWN_SCOPES if known.partition(":")[0] in scopes}


def _redeem(call: MastodonCall, app: App) -> Grant:
    grant = call.state.grants.get(call.text("code"))
    if (
        grant is None
        or grant.used
        or grant.app != app.id
        or grant.redirect_uri != call.text("redirect_uri")
        or call.state.now() - grant.created > _GRANT_LIFE_S
        or not _proves(grant, call.text("code_verifier"))
    ):
        raise oauth_error("invalid_grant")
    grant.used = True
    return call.state.grants.save(grant)


def _proves(grant: Grant, verifier: str) -> bool:
    if not grant.challenge:
        return True
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return hmac.compare_digest(made.encode(), grant.challenge.encode())


def _issue(state: MastodonState, app: App, account: str | None, scopes: list[str]) -> AccessToken:
    for token in state.tokens:
        same: Any = (token.app, token.account, sorted(token.scopes), token.revoked)
        if same == (app.id, account, sorted(scopes), False):
            return token
    return state.tokens.save(AccessToken(new_secret(), app.id, account, scopes, state.now()))
