"""The language of a workspace's mail and webhooks follows its first member until one is chosen for the workspace."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import exists, select, tuple_, update

from araldo.messages import Language
from araldo.storage.database import Transaction
from araldo.storage.schema import workspaces
from araldo.storage.user_tables import members
from araldo.workspaces.models import LanguageSource

_w, _m = workspaces.c, members.c
# The sources that each one replaces. A browser counts once: the next one may be borrowed, or only a phone.
_REPLACED: Mapping[LanguageSource, tuple[LanguageSource, ...]] = {
    LanguageSource.BROWSER: (LanguageSource.MACHINE,),
    LanguageSource.MEMBER: (LanguageSource.MACHINE, LanguageSource.BROWSER, LanguageSource.MEMBER),
}


def adopt_language(transaction: Transaction, user_id: str, language: Language, source: LanguageSource) -> None:
    """Set the language of the workspaces whose first member the user is, where its source gives way to `source`.

    `source`: BROWSER or MEMBER.
    """
    earlier = members.alias()
    has_earlier = exists().where(
        earlier.c.workspace_id == _m.workspace_id,
        tuple_(earlier.c.created_at, earlier.c.id) < tuple_(_m.created_at, _m.id),
    )
    led = select(_m.workspace_id).where(_m.user_id == user_id, ~has_earlier)
    transaction.execute(
        update(workspaces)
        .where(_w.id.in_(led), _w.language_source.in_(_REPLACED[source]))
        .values(language=language, language_source=source)
    )
