"""Tokens: find a call's token, validate it, and check its access; errors as in graph-api.md 1.4 and 1.8."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from araldo.sandbox.meta.calls import Call
from araldo.sandbox.meta.records import App, Page, Token, User
from araldo.sandbox.meta.replies import GraphError
from araldo.sandbox.meta.state import MetaState, new_token

SHORT_S, LONG_S, DATA_ACCESS_S = 5400.0, 5184000.0, 7776000.0
KILLS = (458, 459, 460, 463, 464, 467, 492)

_NEEDED_TO_POST = (
    "(#200) If posting to a group, requires app being installed in the group, and either publish_to_groups permission "
    "with user token, or both pages_read_engagement and pages_manage_posts permission with page token; If posting to a "
    "page, requires both pages_read_engagement and pages_manage_posts as an admin with sufficient administrative "
    "permission"
)
UNPUBLISHED_AS_PAGE = "(#200) Unpublished posts must be posted to a page as the page itself."
NO_PUBLISH_ACTIONS = "(#200) The permission(s) publish_actions are not available."
DELETE_AS_PAGE = "(#200) Page token is required to delete posts on page"
NOT_ENOUGH = _NEEDED_TO_POST
COMMENT_AS_PAGE = "(#3) Publishing comments through the API is only available for page access tokens"


def find_token(state: MetaState, text: str) -> Token | None:
    """Return an issued token, or the app token for `APP_ID|APP_SECRET`; None for any other text."""
    found = state.tokens.get(text)
    if found is not None:
        return found
    app_id, _, secret = text.partition("|")
    app = state.apps.get(app_id)
    if app is None or not hmac.compare_digest(secret.encode(), app.secret.encode()):
        return None
    return Token(text, "APP", app.id, 0, 0, 0)


def require_valid_token(state: MetaState, call: Call) -> Token:
    """Return the call's token after validating it.

    :raises GraphError: 104 without one, 190 for a bad, expired or killed one, 100 for a wrong appsecret_proof.
    """
    if not call.token:
        raise GraphError(104, message="An access token is required to request this resource.")
    token = find_token(state, call.token)
    if token is None:
        raise unknown_token(call.token)
    problem = find_token_error(state, token)
    if problem is not None:
        raise problem
    _check_proof(state, call, state.apps[token.app])
    return token


def unknown_token(text: str) -> GraphError:
    if text.startswith("EAA"):
        return GraphError(190, message=f"Malformed access token {text}")
    return GraphError(190, message="Invalid OAuth access token - Cannot parse access token")


def find_token_error(state: MetaState, token: Token) -> GraphError | None:
    """Return why the token is invalid, None when it is valid; a Page token becomes invalid with its person's token."""
    killed = token.killed
    parent = state.tokens.get(token.parent)
    if killed is None and parent is not None and parent.killed != 463:
        killed = parent.killed
    if killed is not None:
        return _revoked_error(state, token, killed)
    if token.expires_at and token.expires_at <= state.now():
        return _revoked_error(state, token, 463)
    return None


def _revoked_error(state: MetaState, token: Token, subcode: int) -> GraphError:
    now = state.now()
    ended = min(token.expires_at or now, now)
    failed = "Error validating access token: "
    messages = {
        458: f"{failed}The user has not authorized application {token.app}.",
        459: "You cannot access the app till you log in to www.facebook.com and follow the instructions given.",
        460: f"{failed}The session has been invalidated because the user changed their password or Facebook has "
        "changed the session for security reasons.",
        463: f"{failed}Session has expired on {_pacific(ended)}. The current time is {_pacific(now)}.",
        464: f"{failed}The user is not a confirmed user.",
        467: f"{failed}The session is invalid because the user logged out.",
        492: f"{failed}The user does not have the appropriate role on the Page.",
    }
    return GraphError(190, subcode or None, message=messages.get(subcode))


def _pacific(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC) - timedelta(hours=8)
    return moment.strftime("%A, %d-%b-%y %H:%M:%S PST")


def _check_proof(state: MetaState, call: Call, app: App) -> None:
    proof = call.text("appsecret_proof")
    if not proof:
        if state.switches.require_appsecret_proof and "|" not in (call.token or ""):
            raise GraphError(
                100,
                message="API calls from the server require an appsecret_proof argument",
                kind="GraphMethodException",
            )
        return
    right = hmac.new(app.secret.encode(), (call.token or "").encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(proof.encode(), right.encode()):
        raise GraphError(
            100, message="Invalid appsecret_proof provided in the API argument", kind="GraphMethodException"
        )


def find_person(state: MetaState, token: Token) -> User:
    """Return the person of a token.

    :raises GraphError: 2500 for an app's token, which is zero_count's.
    """
    user = state.users.get(token.user)
    if user is None:
        raise GraphError(
            2500, message="An active access token must be used to query information about the current user."
        )
    return user


def reachable_pages(state: MetaState, token: Token) -> list[Page]:
    """Return the Pages that a token may see: its own, or those that its person chose."""
    if token.type == "APP":
        return []
    if token.page is not None:
        return [state.pages[token.page]]
    return [page for page in state.pages if token.targets is None or page.id in token.targets]


def require_scopes(token: Token, *scopes: str) -> None:
    """Raise error 10 when a scope is missing."""
    missing = [scope for scope in scopes if scope not in token.scopes]
    if missing:
        raise GraphError(10)


def require_page_token(token: Token, page: Page, otherwise: str = NOT_ENOUGH) -> None:
    """Require the Page's own token with both scopes and the task; `otherwise` is the message for other tokens."""
    if token.page is None:
        raise GraphError(200, message=otherwise)
    scopes = {"pages_manage_posts", "pages_read_engagement"}
    if token.page != page.id or not scopes <= set(token.scopes) or not may_publish(page):
        raise GraphError(200, message=NOT_ENOUGH)


def require_page_token_to_comment(token: Token, page: Page) -> None:
    """Require the Page's token for comments; other kinds of tokens get the errors observed at Meta."""
    if token.type == "SYSTEM_USER":
        raise GraphError(3, message=COMMENT_AS_PAGE)
    if token.page is None:
        raise GraphError(200, message=NO_PUBLISH_ACTIONS)
    missing = [scope for scope in ("pages_manage_engagement", "pages_read_engagement") if scope not in token.scopes]
    if missing:
        raise GraphError(200, message=f"(#200) Requires {missing[0]} permission to manage the object")
    if token.page != page.id or (page.tasks is not None and not {"MODERATE", "MANAGE"} & set(page.tasks)):
        raise GraphError(200)


def may_publish(page: Page) -> bool:
    """Whether the person has the task for publishing on the Page and its Instagram account."""
    return page.tasks is None or bool({"CREATE_CONTENT", "MANAGE"} & set(page.tasks))


def mint(
    state: MetaState, token_type: str, app: str, *, user: str | None, expires_in: float, scopes: list[str]
) -> Token:
    """Issue a token; `expires_in` seconds, 0 for never."""
    now = state.now()
    made = Token(
        new_token(), token_type, app, now, now + expires_in if expires_in else 0, now + DATA_ACCESS_S, user=user
    )
    made.scopes = list(scopes)
    return state.tokens.save(made)


def page_token(state: MetaState, token: Token, page: Page) -> Token:
    """Return the Page's token for a person's token, the same each time; it expires only with a short-lived one."""
    if token.page == page.id:
        return token
    for known in state.tokens:
        if known.parent == token.id and known.page == page.id and find_token_error(state, known) is None:
            return known
    lives = token.expires_at - token.issued_at if token.expires_at else 0
    made = mint(state, "PAGE", token.app, user=token.user, expires_in=0, scopes=token.scopes)
    made.expires_at = token.expires_at if 0 < lives <= SHORT_S else 0
    made.data_access_expires_at = token.data_access_expires_at
    made.page, made.parent, made.targets = page.id, token.id, token.targets
    return state.tokens.save(made)
