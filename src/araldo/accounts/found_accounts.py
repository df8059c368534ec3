"""The accounts that a log-in discovered: packed for storage, and selected by groups. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message, message_of
from araldo.platforms.credentials import AccessEnd, Credentials
from araldo.platforms.service import AccountGroup, DiscoveredAccount


def pack_groups(groups: Sequence[AccountGroup]) -> str:
    return json.dumps([_pack_group(group) for group in groups])


def unpack_groups(packed: str) -> list[AccountGroup]:
    return [_unpack_group(group) for group in json.loads(packed)]


def _pack_group(group: AccountGroup) -> dict[str, Any]:
    refusal = None if group.refusal is None else group.refusal.as_json()
    members = [_pack_account(account) for account in group.members]
    return {"id": group.id, "name": group.name, "members": members, "refusal": refusal}


def _unpack_group(packed: dict[str, Any]) -> AccountGroup:
    refusal = None if packed["refusal"] is None else message_of(packed["refusal"])
    members = tuple(_unpack_account(account) for account in packed["members"])
    return AccountGroup(packed["id"], packed["name"], members, refusal)


def _pack_account(account: DiscoveredAccount) -> dict[str, Any]:
    return {
        "kind": account.kind,
        "remote_id": account.remote_id,
        "name": account.name,
        "username": account.username,
        "credentials": account.credentials.as_json(),
        "ends": [end.as_json() for end in account.ends],
        "scopes": account.scopes,
        "facts": account.facts,
        "lacks": [lack.as_json() for lack in account.lacks],
    }


def _unpack_account(packed: dict[str, Any]) -> DiscoveredAccount:
    return DiscoveredAccount(
        kind=packed["kind"],
        remote_id=packed["remote_id"],
        name=packed["name"],
        username=packed["username"],
        credentials=Credentials.from_json(packed["credentials"]),
        ends=tuple(AccessEnd.from_json(end) for end in packed["ends"]),
        scopes=None if packed["scopes"] is None else tuple(packed["scopes"]),
        facts=packed["facts"],
        lacks=tuple(message_of(lack) for lack in packed["lacks"]),
    )


def accounts_of_groups(groups: Sequence[AccountGroup], ids: Sequence[str] | None) -> list[DiscoveredAccount]:
    """Return the accounts of these groups (None: of all that can be connected), each once.

    Raises PostInvalid with a problem for each group that is unknown or refused.
    """
    if ids is None:
        # Groups that cannot be connected are left out; when there are no others, the problems say why.
        ids = [group.id for group in groups if group.refusal is None] or [group.id for group in groups]
    known = {group.id: group for group in groups}
    problems = [] if ids else [Problem("/group_ids", "empty", Message("found_accounts.none_chosen"))]
    for index, group_id in enumerate(ids):
        at, group = f"/group_ids/{index}", known.get(group_id)
        if group is None:
            problems.append(Problem(at, "group_unknown", Message("found_accounts.group_not_found", {"id": group_id})))
        elif group.refusal is not None:
            problems.append(Problem(at, "group_refused", group.refusal))
    if problems:
        raise PostInvalid(problems)
    # An account may be in several groups: it is connected once, through the first of them.
    chosen: dict[tuple[str, str], DiscoveredAccount] = {}
    for account in (account for group in groups if group.id in ids for account in group.members):
        chosen.setdefault((account.kind, account.remote_id), account)
    return list(chosen.values())
