"""Log-in calls: code and token exchange, debug_token, permissions."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from araldo.sandbox.meta import tokens
from araldo.sandbox.meta.call_context import CallContext
from araldo.sandbox.meta.calls import Call
from araldo.sandbox.meta.records import App, Code, Token, User
from araldo.sandbox.meta.replies import GraphError, bad_parameter
from araldo.sandbox.meta.state import MetaState

CODE_LIFE_S = 600.0


def access_token(state: MetaState, call: Call) -> dict[str, Any]:
    """`/oauth/access_token`: for a code, a short-lived token (fb_exchange_token), or the app (client_credentials)."""
    grant = call.text("grant_type") or "authorization_code"
    grants: dict[str, Callable[[MetaState, Call, App], dict[str, Any]]] = {
        "authorization_code": _token_by_code,
        "fb_exchange_token": _exchange_token,
        "client_credentials": _app_token,
    }
    if grant not in grants:
        raise bad_parameter(f"Invalid grant_type: {grant}")
    return grants[grant](state, call, _app(state, call))


def _app(state: MetaState, call: Call) -> App:
    app = state.apps.get(call.text("client_id"))
    if app is None:
        raise GraphError(101, message="Missing or invalid client_id parameter.")
    if not hmac.compare_digest(call.text("client_secret").encode(), app.secret.encode()):
        raise GraphError(1, message="Error validating client secret.", status=400)
    return app


def _token_by_code(state: MetaState, call: Call, app: App) -> dict[str, Any]:
    code = state.codes.get(call.text("code"))
    if code is None or code.app != app.id:
        raise GraphError(100, message="Invalid verification code format.")
    _check_code(state, call, code)
    code.used = True
    state.codes.save(code)
    made = tokens.mint(state, "USER", app.id, user=code.user, expires_in=tokens.SHORT_S, scopes=code.scopes)
    made.targets, made.declined = code.targets, code.declined
    state.tokens.save(made)
    return _token_answer(state, made, tokens.SHORT_S)


def _check_code(state: MetaState, call: Call, code: Code) -> None:
    if code.used:
        raise GraphError(100, 36009, message="This authorization code has been used.")
    if state.now() - code.issued_at > CODE_LIFE_S:
        raise GraphError(100, 36007, message="This authorization code has expired.")
    if call.text("redirect_uri") != code.redirect_uri:
        text = "Error validating verification code. Please make sure your redirect_uri is identical to the one you used"
        raise GraphError(100, 36008, message=f"{text} in the OAuth dialog request")


def _exchange_token(state: MetaState, call: Call, app: App) -> dict[str, Any]:
    short = tokens.find_token(state, call.required("fb_exchange_token"))
    if short is None:
        raise tokens.unknown_token(call.text("fb_exchange_token"))
    problem = tokens.find_token_error(state, short)
    if problem is not None:
        raise problem
    if short.app != app.id or short.type not in {"USER", "SYSTEM_USER"}:
        raise bad_parameter("The token cannot be exchanged by this app")
    made = tokens.mint(state, short.type, app.id, user=short.user, expires_in=tokens.LONG_S, scopes=short.scopes)
    made.targets, made.declined = short.targets, short.declined
    state.tokens.save(made)
    return _token_answer(state, made, tokens.LONG_S)


def _app_token(state: MetaState, call: Call, app: App) -> dict[str, Any]:
    return {"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"}


def _token_answer(state: MetaState, token: Token, expires_in: float) -> dict[str, Any]:
    body: dict[str, Any] = {"access_token": token.id, "token_type": "bearer"}
    return body if state.switches.omit_expires_in else body | {"expires_in": int(expires_in)}


def debug_token(context: CallContext) -> dict[str, Any]:
    """Describe a token. Answers 200 also for an invalid input_token, with `is_valid` false (graph-api.md 1.3)."""
    state = context.state
    if context.token.type == "PAGE":
        raise bad_parameter(
            "You must provide an app access token, or a user access token that is an owner or developer of the app"
        )
    text = context.call.required("input_token")
    token = tokens.find_token(state, text)
    if token is None or token.app != context.token.app:
        return {"data": {"error": _error_json(tokens.unknown_token(text)), "is_valid": False, "scopes": []}}
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
            _granular_scope(state, token, scope) for scope in token.scopes if scope.startswith(("pages_", "instagram_"))
        ],
    }
    if token.user is not None:
        data["user_id"] = token.user
    if token.page is not None:
        data["profile_id"] = token.page
    problem = tokens.find_token_error(state, token)
    if problem is not None:
        data |= {"is_valid": False, "error": _error_json(problem)}
    return {"data": data}


def _granular_scope(state: MetaState, token: Token, scope: str) -> dict[str, Any]:
    """Return a scope's targets: the chosen Pages or their Instagram accounts; none means all, future ones too."""
    if token.targets is None:
        return {"scope": scope}
    if scope.startswith("pages_"):
        return {"scope": scope, "target_ids": token.targets}
    accounts = [page.instagram for page in state.pages if page.id in token.targets and page.instagram is not None]
    return {"scope": scope, "target_ids": accounts}


def _error_json(problem: GraphError) -> dict[str, Any]:
    error_json: dict[str, Any] = {"code": problem.code, "message": problem.message}
    return error_json if problem.subcode is None else error_json | {"subcode": problem.subcode}


def permissions(context: CallContext, user: User) -> dict[str, Any]:
    given = [{"permission": scope, "status": "granted"} for scope in context.token.scopes]
    return {"data": given + [{"permission": scope, "status": "declined"} for scope in context.token.declined]}


async def revoke(context: CallContext, user: User) -> dict[str, Any]:
    """De-authorise the app: revoke all tokens that this person gave it, and the Page tokens derived from them."""
    for token in context.state.tokens:
        if token.user == user.id and token.app == context.token.app and token.killed is None:
            token.killed = 458
            context.state.tokens.save(token)
    return {"success": True}
