"""Log-in for programs: code and token exchange, debug_token, permissions, and who `me` is."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from araldo.sandbox import tokens
from araldo.sandbox.asks import Ask
from araldo.sandbox.calls import Call
from araldo.sandbox.records import App, Code, Token, User
from araldo.sandbox.replies import GraphError, bad_parameter
from araldo.sandbox.state import State

CODE_LIFE_S = 600.0


def access_token(state: State, call: Call) -> dict[str, Any]:
    """`/oauth/access_token`: by code, by a short token (fb_exchange_token), or for the app (client_credentials)."""
    grant = call.text("grant_type") or "authorization_code"
    grants: dict[str, Callable[[State, Call, App], dict[str, Any]]] = {
        "authorization_code": _by_code,
        "fb_exchange_token": _exchanged,
        "client_credentials": _for_app,
    }
    if grant not in grants:
        raise bad_parameter(f"Invalid grant_type: {grant}")
    return grants[grant](state, call, _app(state, call))


def _app(state: State, call: Call) -> App:
    app = state.apps.get(call.text("client_id"))
    if app is None:
        raise GraphError(101, message="Missing or invalid client_id parameter.")
    if not hmac.compare_digest(call.text("client_secret").encode(), app.secret.encode()):
        raise GraphError(1, message="Error validating client secret.", status=400)
    return app


def _by_code(state: State, call: Call, app: App) -> dict[str, Any]:
    code = state.codes.get(call.text("code"))
    if code is None or code.app != app.id:
        raise GraphError(100, message="Invalid verification code format.")
    _check_code(state, call, code)
    code.used = True
    state.codes.save(code)
    made = tokens.mint(state, "USER", app.id, user=code.user, expires_in=tokens.SHORT_S, scopes=code.scopes)
    made.targets, made.declined = code.targets, code.declined
    state.tokens.save(made)
    return _given(state, made, tokens.SHORT_S)


def _check_code(state: State, call: Call, code: Code) -> None:
    if code.used:
        raise GraphError(100, 36009, message="This authorization code has been used.")
    if state.now() - code.issued_at > CODE_LIFE_S:
        raise GraphError(100, 36007, message="This authorization code has expired.")
    if call.text("redirect_uri") != code.redirect_uri:
        text = "Error validating verification code. Please make sure your redirect_uri is identical to the one you used"
        raise GraphError(100, 36008, message=f"{text} in the OAuth dialog request")


def _exchanged(state: State, call: Call, app: App) -> dict[str, Any]:
    short = tokens.find(state, call.needed("fb_exchange_token"))
    if short is None:
        raise tokens.unknown_token(call.text("fb_exchange_token"))
    problem = tokens.trouble(state, short)
    if problem is not None:
        raise problem
    if short.app != app.id or short.type not in {"USER", "SYSTEM_USER"}:
        raise bad_parameter("The token cannot be exchanged by this app")
    made = tokens.mint(state, short.type, app.id, user=short.user, expires_in=tokens.LONG_S, scopes=short.scopes)
    made.targets, made.declined = short.targets, short.declined
    state.tokens.save(made)
    return _given(state, made, tokens.LONG_S)


def _for_app(state: State, call: Call, app: App) -> dict[str, Any]:
    return {"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"}


def _given(state: State, token: Token, expires_in: float) -> dict[str, Any]:
    body: dict[str, Any] = {"access_token": token.id, "token_type": "bearer"}
    return body if state.switches.omit_expires_in else body | {"expires_in": int(expires_in)}


def debug_token(ask: Ask) -> dict[str, Any]:
    """HTTP 200 also for a bad input_token: `is_valid` says it (graph-api.md 1.3)."""
    state = ask.state
    if ask.token.type == "PAGE":
        raise bad_parameter(
            "You must provide an app access token, or a user access token that is an owner or developer of the app"
        )
    text = ask.call.needed("input_token")
    token = tokens.find(state, text)
    if token is None or token.app != ask.token.app:
        return {"data": {"error": _told(tokens.unknown_token(text)), "is_valid": False, "scopes": []}}
    data: dict[str, Any] = {
        "app_id": token.app,
        "type": token.type,
        "application": state.apps[token.app].name,
        "data_access_expires_at": int(token.data_access_expires_at),
        "expires_at": int(token.expires_at),
        "is_valid": True,
        "issued_at": int(token.issued_at),
        "scopes": token.scopes,
        "granular_scopes": [
            _granular(state, token, scope) for scope in token.scopes if scope.startswith(("pages_", "instagram_"))
        ],
    }
    if token.user is not None:
        data["user_id"] = token.user
    if token.page is not None:
        data["profile_id"] = token.page
    problem = tokens.trouble(state, token)
    if problem is not None:
        data |= {"is_valid": False, "error": _told(problem)}
    return {"data": data}


def _granular(state: State, token: Token, scope: str) -> dict[str, Any]:
    """Without target_ids it means all, those to come as well; for Instagram the accounts of the chosen Pages."""
    if token.targets is None:
        return {"scope": scope}
    if scope.startswith("pages_"):
        return {"scope": scope, "target_ids": token.targets}
    accounts = [page.instagram for page in state.pages if page.id in token.targets and page.instagram is not None]
    return {"scope": scope, "target_ids": accounts}


def _told(problem: GraphError) -> dict[str, Any]:
    told: dict[str, Any] = {"code": problem.code, "message": problem.message}
    return told if problem.subcode is None else told | {"subcode": problem.subcode}


def permissions(ask: Ask, user: User) -> dict[str, Any]:
    given = [{"permission": scope, "status": "granted"} for scope in ask.token.scopes]
    return {"data": given + [{"permission": scope, "status": "declined"} for scope in ask.token.declined]}


async def revoke(ask: Ask, user: User) -> dict[str, Any]:
    """The app is de-authorised: every token that this person gave it, and the Pages' that came from them, are dead."""
    for token in ask.state.tokens:
        if token.user == user.id and token.app == ask.token.app and token.killed is None:
            token.killed = 458
            ask.state.tokens.save(token)
    return {"success": True}
