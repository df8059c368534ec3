"""The accounts that a log-in discovered: packed for storage, and selected by Pages. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message, message_of
from araldo.platforms.login import DiscoveredAccount

_TIMES = ("expires_at", "read_token_expires_at", "data_access_expires_at")


def pack_accounts(accounts: Sequence[DiscoveredAccount]) -> str:
    return json.dumps([asdict(account) for account in accounts], default=datetime.isoformat)


def unpack_accounts(packed: str) -> list[DiscoveredAccount]:
    return [_unpack_account(account) for account in json.loads(packed)]


def _unpack_account(packed: dict[str, Any]) -> DiscoveredAccount:
    times = {name: None if packed[name] is None else datetime.fromisoformat(packed[name]) for name in _TIMES}
    scopes = None if packed["scopes"] is None else tuple(packed["scopes"])
    lacks = tuple(message_of(lack) for lack in packed["lacks"])
    # Absent from what an earlier release packed.
    refusal = packed.get("refusal")
    known = {"scopes": scopes, "lacks": lacks, "refusal": None if refusal is None else message_of(refusal)}
    return DiscoveredAccount(**{**packed, **times, **known})


def accounts_of_pages(found: Sequence[DiscoveredAccount], page_ids: Sequence[str] | None) -> list[DiscoveredAccount]:
    """Return the accounts of these Pages (None: of all that can be connected). Raises PostInvalid, a problem a Page."""
    refusals = {account.page_id: account.refusal for account in found if account.refusal is not None}
    if page_ids is None:
        # Pages that cannot be connected are left out; when there are no others, the problems say why.
        page_ids = [account.page_id for account in found if account.page_id not in refusals] or list(refusals)
    problems = [] if page_ids else [Problem("/page_ids", "empty", Message("found_accounts.none_chosen"))]
    known = {account.page_id for account in found}
    for index, page_id in enumerate(page_ids):
        if page_id not in known:
            problems.append(
                Problem(
                    f"/page_ids/{index}", "page_unknown", Message("found_accounts.page_not_found", {"page": page_id})
                )
            )
        elif page_id in refusals:
            problems.append(Problem(f"/page_ids/{index}", "page_refused", refusals[page_id]))
    if problems:
        raise PostInvalid(problems)
    # Two Pages may share one Instagram account: it is connected once, through the first of them.
    accounts = {
        (account.kind, account.remote_id): account for account in reversed(found) if account.page_id in page_ids
    }
    return list(reversed(accounts.values()))
