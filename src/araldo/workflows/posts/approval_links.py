"""Links with which people without an account see one post, comment on it, and approve it or send it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from araldo.errors import NotFound, TooMany
from araldo.messages import Message
from araldo.posts import approval_link_store, approval_store, change_store
from araldo.posts import store as post_store
from araldo.posts.approval import ApprovalState
from araldo.posts.approval_link_store import ApprovalLink
from araldo.storage.database import Database, Transaction, new_id
from araldo.workflows.posts.approval_steps import decide, may_approve, record_approval_event
from araldo.workflows.posts.approvals import ApprovalView, Decision, read_approval
from araldo.workspaces import audit_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import ActorKind, AuditAction, current_actor
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import Permission, Permissions, require_permission
from araldo.workspaces.roles import ROLE_PERMISSIONS
from araldo.workspaces.users import make_approval_token

# Comments that people with links may write on one post: within an hour, and in all.
COMMENTS_PER_HOUR, COMMENTS_MAX = 30, 300
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What somebody with a link may see: one post, and when the link ends."""

    link: ApprovalLink
    workspace: Workspace
    shown: ApprovalView


class ApprovalLinks:
    """A link works until it expires or is withdrawn, and while who made it may approve posts themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(
        self, workspace: Workspace, post_id: str, note: str, lifetime: timedelta, *, permissions: Permissions
    ) -> tuple[ApprovalLink, str]:
        """Make a link to the post and return it with its token, which is not stored.

        Only who may approve makes one: whoever has it approves, also a writer of the post. Raises NotFound,
        PermissionMissing.
        """
        token, maker = make_approval_token(), current_actor.get()

        def in_transaction(transaction: Transaction) -> ApprovalLink:
            post_store.get(transaction, workspace.id, post_id)
            for needed in (Permission.APPROVE, Permission.PUBLISH):
                require_permission(permissions, needed)
            link = ApprovalLink(
                id=new_id("lnk"),
                workspace_id=workspace.id,
                post_id=post_id,
                note=note,
                maker_kind=maker.kind,
                maker_id=maker.id or "",
                maker_name=(maker.name or "")[:200],
                created_at=transaction.now,
                expires_at=transaction.now + lifetime,
            )
            approval_link_store.add(transaction, link, token.hash)
            _audit(transaction, AuditAction.APPROVAL_LINK_CREATED, workspace.id, post_id, note)
            return link

        return await self._database.write(in_transaction), token.secret

    async def withdraw(self, workspace: Workspace, post_id: str, link_id: str) -> None:
        """Withdraw a link: it is worth nothing from now on. Raises NotFound."""

        def in_transaction(transaction: Transaction) -> None:
            if not approval_link_store.delete_one(transaction, workspace.id, post_id, link_id):
                raise NotFound(Message("approval.link_not_found"))
            _audit(transaction, AuditAction.APPROVAL_LINK_WITHDRAWN, workspace.id, post_id, None)

        await self._database.write(in_transaction)

    async def open(self, token: str) -> OpenedLink:
        """Return what the link shows. Raises NotFound."""

        def in_transaction(transaction: Transaction) -> OpenedLink:
            link = _valid_link(transaction, token)
            return OpenedLink(
                link,
                workspace_store.get(transaction, link.workspace_id),
                read_approval(transaction, link.workspace_id, link.post_id),
            )

        return await self._database.read(in_transaction)

    async def comment(self, token: str, name: str, text: str) -> None:
        """Add a comment by `name`. Raises NotFound, TooMany."""

        def in_transaction(transaction: Transaction) -> None:
            link = _valid_link(transaction, token)
            _require_room(transaction, link.post_id)
            view = post_store.get(transaction, link.workspace_id, link.post_id)
            approval_store.add_comment(
                transaction, link.workspace_id, link.post_id, kind="comment", author=name, by_link=True, text=text
            )
            record_approval_event(transaction, "approval.commented", view, by=name, by_link=True, comment=text)

        await self._database.write(in_transaction)

    async def decide(self, token: str, name: str, decision: Decision, *, version: str, comment: str) -> None:
        """Approve the post or send it back, as `name`. Raises NotFound, TooMany, and Conflict as `decide` does."""

        def in_transaction(transaction: Transaction) -> None:
            link = _valid_link(transaction, token)
            view = change_store.get_for_change(transaction, link.workspace_id, link.post_id)
            # Once more under the lock: it may have been withdrawn meanwhile.
            _valid_link(transaction, token)
            if comment.strip():
                _require_room(transaction, link.post_id)
            decide(
                transaction,
                view,
                ApprovalState(decision),
                version=version,
                by=name,
                by_link=True,
                comment=comment,
            )

        await self._database.write(in_transaction)


def _valid_link(transaction: Transaction, token: str) -> ApprovalLink:
    """Return a link that can be used. Raises NotFound, also once its post is deleted."""
    link = approval_link_store.find(transaction, hash_secret(token))
    if link is None or not _maker_may_approve(transaction, link):
        raise NotFound(Message("approval.link_invalid"), code="approval_link_invalid")
    try:
        post_store.get(transaction, link.workspace_id, link.post_id)
    except NotFound as deleted:
        raise NotFound(Message("approval.link_invalid"), code="approval_link_invalid") from deleted
    return link


def _maker_may_approve(transaction: Transaction, link: ApprovalLink) -> bool:
    if link.maker_kind == ActorKind.KEY:
        return bool(workspace_store.select_valid_keys(transaction, [link.maker_id], transaction.now))
    role = user_store.find_role(transaction, link.maker_id, link.workspace_id)
    return role is not None and may_approve(ROLE_PERMISSIONS[role])


def _require_room(transaction: Transaction, post_id: str) -> None:
    """Raise TooMany when people with links have written as many comments on the post as they may."""
    recent = approval_store.count_comments_by_link(transaction, post_id, transaction.now - _HOUR)
    if recent >= COMMENTS_PER_HOUR or approval_store.count_comments_by_link(transaction, post_id) >= COMMENTS_MAX:
        raise TooMany(Message("approval.too_many_comments"), after_s=_HOUR.total_seconds())


def _audit(transaction: Transaction, action: AuditAction, workspace_id: str, post_id: str, note: str | None) -> None:
    audit_store.record(
        transaction, action, workspace_id=workspace_id, at=transaction.now, target=post_id, target_name=note or None
    )
