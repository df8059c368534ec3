"""Change and end a user's sessions."""

from __future__ import annotations

from araldo.errors import NotFound
from araldo.messages import Language, Message
from araldo.storage.database import Database, Transaction
from araldo.workspaces import audit_store, session_store, user_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.language_store import adopt_language
from araldo.workspaces.models import LanguageSource
from araldo.workspaces.users import Session


class Sessions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def change(self, session: Session, *, workspace_id: str | None, language: Language | None) -> None:
        """Switch to another of the user's workspaces, set the user's language, or both. Raises NotFound."""

        def in_transaction(transaction: Transaction) -> None:
            if workspace_id is not None:
                if user_store.find_role(transaction, session.user.id, workspace_id) is None:
                    raise NotFound(Message("workspaces.not_found"))
                session_store.set_workspace(transaction, session.id, workspace_id)
            if language is not None:
                user_store.set_language(transaction, session.user.id, language)
                adopt_language(transaction, session.user.id, language, LanguageSource.MEMBER)

        await self._database.write(in_transaction)

    async def sign_out(self, session: Session) -> None:
        def in_transaction(transaction: Transaction) -> None:
            session_store.end(transaction, session.user.id, session.id)
            _record(transaction, AuditAction.SIGNED_OUT, session)

        await self._database.write(in_transaction)

    async def end_others(self, session: Session) -> None:
        """End all of the user's sessions but this one."""

        def in_transaction(transaction: Transaction) -> None:
            session_store.end_all(transaction, session.user.id, but=session.id)
            _record(transaction, AuditAction.SESSIONS_ENDED, session)

        await self._database.write(in_transaction)

    async def end(self, session: Session, session_id: str) -> None:
        """End one of the user's sessions. Raises NotFound."""

        def in_transaction(transaction: Transaction) -> None:
            if not session_store.end(transaction, session.user.id, session_id):
                raise NotFound(Message("session.not_found"))
            _record(transaction, AuditAction.SESSIONS_ENDED, session, target=session_id)

        await self._database.write(in_transaction)


def _record(transaction: Transaction, action: AuditAction, session: Session, *, target: str | None = None) -> None:
    audit_store.record(transaction, action, workspace_id=session.workspace.id, at=transaction.now, target=target)
