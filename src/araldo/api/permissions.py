"""The table of the permissions that each route needs, checked before the route runs."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request

from araldo.workspaces.permissions import Permission, PermissionMissing, Permissions
from araldo.workspaces.roles import Role, require_role_permission

Route = tuple[str, str]

_READ = (Permission.READ,)
_DRAFT = (Permission.DRAFT,)
_PUBLISH = (Permission.PUBLISH,)
_APPROVE = (Permission.APPROVE,)
_ANY_WRITER = (Permission.DRAFT, Permission.PUBLISH, Permission.APPROVE)
_MANAGE = (Permission.MANAGE,)
# Depends on the post: the workflow requires DRAFT for a draft, PUBLISH for a scheduled or published post.
_DRAFT_OR_PUBLISH = (Permission.DRAFT, Permission.PUBLISH)
_READ_OR_DRAFT = (Permission.READ, Permission.DRAFT)

_API = "/api/v1"
_POST = f"{_API}/posts/{{post_id}}"
_APPROVAL = f"{_POST}/approval"
_IMAGES = f"{_POST}/images/{{name}}"
_HOOK = f"{_API}/webhooks/{{webhook_id}}"
_ACCOUNT = f"{_API}/accounts/{{account_id}}"

# Any one of the permissions suffices.
ROUTE_PERMISSIONS: Mapping[Route, tuple[Permission, ...]] = {
    ("POST", f"{_API}/social/create-multi-platform-post"): _DRAFT_OR_PUBLISH,
    ("POST", f"{_API}/social/publish"): _PUBLISH,
    ("GET", f"{_API}/social/posts/{{job_id}}"): _READ,
    ("GET", f"{_API}/social/posts"): _READ,
    ("POST", f"{_API}/posts"): _DRAFT,
    ("POST", f"{_API}/posts/validate"): _READ_OR_DRAFT,
    ("GET", f"{_API}/posts"): _READ,
    ("POST", f"{_API}/posts/import"): _DRAFT_OR_PUBLISH,
    ("GET", f"{_API}/posts/export"): _READ,
    ("GET", _POST): _READ,
    ("PATCH", _POST): _DRAFT_OR_PUBLISH,
    ("DELETE", _POST): _DRAFT_OR_PUBLISH,
    ("POST", f"{_POST}/restore"): _DRAFT_OR_PUBLISH,
    ("POST", f"{_POST}/duplicate"): _DRAFT,
    ("POST", f"{_POST}/publish"): _PUBLISH,
    ("POST", f"{_POST}/schedule"): _PUBLISH,
    ("POST", f"{_POST}/undo"): _PUBLISH,
    ("POST", f"{_POST}/cancel"): _PUBLISH,
    ("POST", f"{_POST}/retry"): _PUBLISH,
    ("POST", f"{_POST}/deliveries/{{delivery}}/resolve"): _PUBLISH,
    ("GET", _IMAGES): _READ,
    ("POST", f"{_IMAGES}/regenerate"): _DRAFT_OR_PUBLISH,
    ("POST", f"{_IMAGES}/choose"): _DRAFT_OR_PUBLISH,
    ("POST", f"{_IMAGES}/lock"): _DRAFT_OR_PUBLISH,
    ("GET", _APPROVAL): _READ,
    ("POST", f"{_APPROVAL}/request"): _DRAFT_OR_PUBLISH,
    ("POST", f"{_APPROVAL}/comments"): _ANY_WRITER,
    # The workflow requires PUBLISH as well.
    ("POST", f"{_APPROVAL}/approve"): _APPROVE,
    ("POST", f"{_APPROVAL}/send-back"): _APPROVE,
    ("POST", f"{_APPROVAL}/links"): _APPROVE,
    ("DELETE", f"{_APPROVAL}/links/{{link_id}}"): _APPROVE,
    ("GET", f"{_POST}/timeline"): _READ,
    ("GET", f"{_POST}/events"): _READ,
    ("GET", f"{_API}/events"): _READ,
    ("POST", f"{_POST}/recurrence"): _PUBLISH,
    ("GET", f"{_POST}/recurrence"): _READ,
    ("DELETE", f"{_POST}/recurrence"): _PUBLISH,
    ("POST", f"{_POST}/recurrence/occurrences"): _PUBLISH,
    ("POST", f"{_API}/marketing/image/batch-generate"): _DRAFT,
    ("GET", f"{_API}/images/choices"): _READ,
    ("GET", f"{_API}/images/spend"): _READ,
    ("POST", f"{_API}/images/preview"): _DRAFT,
    ("GET", f"{_API}/brand"): _READ,
    ("PUT", f"{_API}/brand"): _MANAGE,
    ("GET", f"{_API}/platforms"): _READ,
    ("GET", f"{_API}/accounts"): _READ,
    ("PATCH", _ACCOUNT): _MANAGE,
    ("POST", f"{_ACCOUNT}/check"): _MANAGE,
    ("GET", f"{_ACCOUNT}/posting-times"): _READ,
    ("PUT", f"{_ACCOUNT}/posting-times"): _MANAGE,
    ("GET", f"{_ACCOUNT}/slots"): _READ,
    ("GET", f"{_ACCOUNT}/disconnection"): _MANAGE,
    ("DELETE", _ACCOUNT): _MANAGE,
    ("GET", f"{_API}/services"): _READ,
    ("POST", f"{_API}/connections"): _MANAGE,
    ("GET", f"{_API}/connections/{{connection_id}}"): _MANAGE,
    ("POST", f"{_API}/connections/{{connection_id}}/choose"): _MANAGE,
    # A webhook's URL may contain a secret, and its log contains posts.
    ("POST", f"{_API}/webhooks"): _MANAGE,
    ("GET", f"{_API}/webhooks"): _MANAGE,
    ("GET", _HOOK): _MANAGE,
    ("PATCH", _HOOK): _MANAGE,
    ("DELETE", _HOOK): _MANAGE,
    ("POST", f"{_HOOK}/rotate-secret"): _MANAGE,
    ("POST", f"{_HOOK}/test"): _MANAGE,
    ("GET", f"{_HOOK}/deliveries"): _MANAGE,
    ("POST", f"{_HOOK}/deliveries/{{delivery_id}}/redeliver"): _MANAGE,
    ("GET", f"{_API}/audit"): _MANAGE,
    ("POST", f"{_API}/media"): _DRAFT,
    ("GET", f"{_API}/media"): _READ,
    ("GET", f"{_API}/media/tags"): _READ,
    ("GET", f"{_API}/media/{{medium_id}}"): _READ,
    ("PATCH", f"{_API}/media/{{medium_id}}"): _DRAFT,
    ("DELETE", f"{_API}/media/{{medium_id}}"): _DRAFT,
    # Posts that are scheduled need `publish`, which the edit of each requires.
    ("POST", f"{_API}/media/{{medium_id}}/replace"): _DRAFT,
}

# For sessions only, never for API keys. None needed: everybody's own session and workspaces; where the request names
# a workspace, the workflow requires the role there.
PERSON_ROUTES: Mapping[Route, tuple[Permission, ...]] = {
    ("GET", f"{_API}/session"): (),
    ("PATCH", f"{_API}/session"): (),
    ("DELETE", f"{_API}/session"): (),
    ("PUT", f"{_API}/session/password"): (),
    ("GET", f"{_API}/session/totp"): (),
    ("POST", f"{_API}/session/totp"): (),
    ("POST", f"{_API}/session/totp/confirm"): (),
    ("POST", f"{_API}/session/totp/disable"): (),
    ("GET", f"{_API}/sessions"): (),
    ("DELETE", f"{_API}/sessions"): (),
    ("DELETE", f"{_API}/sessions/{{session_id}}"): (),
    ("GET", f"{_API}/push/key"): _READ,
    ("GET", f"{_API}/push/devices"): _READ,
    ("POST", f"{_API}/push/devices"): _READ,
    ("DELETE", f"{_API}/push/devices/{{device_id}}"): _READ,
    ("POST", f"{_API}/push/devices/{{device_id}}/test"): _READ,
    ("GET", f"{_API}/workspaces"): (),
    ("POST", f"{_API}/workspaces"): _MANAGE,
    ("PATCH", f"{_API}/workspaces/{{workspace_id}}"): (),
    ("GET", f"{_API}/members"): _READ,
    ("PATCH", f"{_API}/members/{{user_id}}"): _MANAGE,
    ("DELETE", f"{_API}/members/{{user_id}}"): _MANAGE,
    ("DELETE", f"{_API}/users/{{user_id}}"): _MANAGE,
    ("GET", f"{_API}/invitations"): _MANAGE,
    ("POST", f"{_API}/invitations"): _MANAGE,
    ("DELETE", f"{_API}/invitations/{{invitation_id}}"): _MANAGE,
    ("POST", f"{_API}/join"): (),
    ("GET", f"{_API}/keys"): _MANAGE,
    ("POST", f"{_API}/keys"): _MANAGE,
    ("DELETE", f"{_API}/keys/{{key_id}}"): _MANAGE,
}

# Open without authentication, some with a signature in the URL.
OPEN_ROUTES: frozenset[Route] = frozenset(
    {
        ("POST", f"{_API}/session"),
        ("POST", f"{_API}/join/preview"),
        ("POST", f"{_API}/join/register"),
        *(("POST", f"{_API}/approval/{step}") for step in ("open", "comments", "approve", "send-back")),
        ("GET", f"{_API}/health"),
        ("GET", f"{_API}/ready"),
        ("GET", f"{_API}/accounts/connect/{{service}}/consent"),
        ("POST", f"{_API}/accounts/connect/{{service}}/consent"),
        ("GET", f"{_API}/accounts/connect/{{service}}/callback"),
        ("POST", f"{_API}/connections/chosen"),
        ("GET", "/media/{medium_id}.jpg"),
        ("HEAD", "/media/{medium_id}.jpg"),
        ("GET", "/robots.txt"),
        ("GET", "/api/docs"),
        ("GET", "/api/docs/start.js"),
        ("GET", "/api/docs/{name}"),
    }
)


def require_route_permission(request: Request, granted: Permissions) -> None:
    """Raise PermissionMissing unless the route is allowed. Raises KeyError for a route that is not in the table."""
    needed = ROUTE_PERMISSIONS[_route_of(request)]
    if not granted.intersection(needed):
        raise PermissionMissing(needed[0])


def require_route_role(request: Request, role: Role) -> None:
    """Raise RoleTooLow unless a member of this role may use the route. Raises KeyError for a route in neither table."""
    route = _route_of(request)
    require_role_permission(role, *(PERSON_ROUTES[route] if route in PERSON_ROUTES else ROUTE_PERMISSIONS[route]))


def acts_on_workspace(request: Request) -> bool:
    """Return whether a route for people acts on the session's workspace, rather than on what is the person's own."""
    return bool(PERSON_ROUTES[_route_of(request)])


def _route_of(request: Request) -> Route:
    return request.method, request.scope["route"].path
