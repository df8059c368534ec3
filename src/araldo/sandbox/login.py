"""Tokens: who they are, what they list, and how one becomes another."""

from __future__ import annotations

from araldo.sandbox.calls import Call, Holder, holder_of, why_dead
from araldo.sandbox.replies import GraphError, page_of, parse_fields, pick
from araldo.sandbox.state import Thing, World

_PAGE_DEFAULT = ("id", "name", "access_token", "category", "category_list", "tasks")
_LONG_S, _SHORT_S = 5_184_000, 5_400


def me(world: World, call: Call, holder: Holder) -> Thing:
    if holder.type == "APP":
        raise GraphError(2500, "An active access token must be used to query information about the current user.")
    fields = parse_fields(call.params.get("fields", ""))
    if holder.type == "PAGE":
        return dict(pick(page_view(world, world.table("pages")[holder.subject], None), fields, ("id", "name")))
    user = world.table("users")[holder.subject]
    unknown = [name for name in fields if name not in {"id", "name", "email", "accounts", "first_name", "picture"}]
    if unknown:
        raise GraphError(100, f"(#100) Tried accessing nonexisting field ({unknown[0]}) on node type (User)")
    return dict(pick(user, fields, ("id", "name")))


def accounts(world: World, call: Call, holder: Holder, url: str) -> Thing:
    if holder.type not in {"USER", "SYSTEM_USER"}:
        raise GraphError(
            100, f"(#100) Tried accessing nonexisting field (accounts) on node type ({holder.type.title()})"
        )
    if "pages_show_list" not in holder.scopes:
        return {"data": []}
    owned = [page for page in world.table("pages").values() if page["_owner"] == holder.subject]
    cut, paging = page_of(owned, call.params, url)
    fields = parse_fields(call.params.get("fields", ""))
    data = [pick(page_view(world, page, page_token(world, page, holder)), fields, _PAGE_DEFAULT) for page in cut]
    return {"data": data, **paging}


def page_token(world: World, page: Thing, holder: Holder) -> str:
    """One Page token for each token that asks; it lives as long as a short one, for ever from a long one."""
    source = world.table("tokens")[holder.token]
    known = source.setdefault("_page_tokens", {})
    if page["id"] not in known:
        lasting = source["kind"] != "user_short"
        token = world.mint("page", page["id"], source["scopes"], None if lasting else _SHORT_S)
        world.table("tokens")[token]["data_access_expires_at"] = source["data_access_expires_at"]
        known[page["id"]] = token
    return str(known[page["id"]])


def page_view(world: World, page: Thing, token: str | None) -> Thing:
    """A Page with its computed fields; `access_token` only for those who may have it."""
    account = world.table("instagram_accounts").get(page["_instagram_id"] or "")
    linked = None if account is None else {"id": account["id"], "username": account["username"]}
    view = {name: value for name, value in page.items() if not name.startswith("_")}
    return {**view, "access_token": token, "instagram_business_account": linked}


def permissions(holder: Holder) -> Thing:
    return {"data": [{"permission": scope, "status": "granted"} for scope in sorted(holder.scopes)]}


def debug_token(world: World, call: Call, holder: Holder) -> Thing:
    if holder.type not in {"APP", "USER"}:
        raise GraphError(
            100,
            "(#100) You must provide an app access token, or a user access token that is an owner or developer of the app",
        )
    known = world.table("tokens").get(call.params.get("input_token", ""))
    if known is None:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    page_id = known["subject"] if known["type"] == "PAGE" else None
    data: Thing = {
        "app_id": known["app_id"],
        "type": known["type"],
        "application": world.table("apps")[known["app_id"]]["name"],
        "data_access_expires_at": known["data_access_expires_at"],
        "expires_at": known["expires_at"],
        "issued_at": known["issued_at"],
        "is_valid": True,
        "scopes": known["scopes"],
        "granular_scopes": [{"scope": scope} for scope in known["scopes"]],
        "user_id": known["subject"] if page_id is None else world.table("pages")[page_id]["_owner"],
    }
    if page_id is not None:
        data["profile_id"] = page_id
    dead = why_dead(world, known)
    if dead is not None:
        data |= {"is_valid": False, "error": {"code": 190, "message": dead[1], "subcode": dead[0]}}
    return {"data": data}


def access_token(world: World, call: Call) -> Thing:
    """Client credentials, and a short-lived token for a long-lived one."""
    app = world.table("apps").get(call.params.get("client_id", ""))
    if app is None or app["_secret"] != call.params.get("client_secret"):
        raise GraphError(1, "Error validating client secret.", status=400)
    grant = call.params.get("grant_type")
    if grant == "client_credentials":
        return {"access_token": f"{app['id']}|{app['_secret']}", "token_type": "bearer"}
    if grant != "fb_exchange_token":
        raise GraphError(100, "Unsupported grant_type")
    call.token = call.params.get("fb_exchange_token")
    call.params.pop("appsecret_proof", None)
    holder = holder_of(world, call)
    if holder.type != "USER":
        raise GraphError(100, "This token cannot be exchanged")
    token = world.mint("user_long", holder.subject, sorted(holder.scopes), _LONG_S)
    answer: Thing = {"access_token": token, "token_type": "bearer"}
    if not world.settings["omit_expires_in"]:
        answer["expires_in"] = _LONG_S
    return answer
