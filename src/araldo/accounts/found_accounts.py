"""What a log-in found: kept as text until a person has chosen, and which accounts a choice of Pages means. Pure."""

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
    return [_unpacked(account) for account in json.loads(packed)]


def _unpacked(packed: dict[str, Any]) -> DiscoveredAccount:
    times = {name: None if packed[name] is None else datetime.fromisoformat(packed[name]) for name in _TIMES}
    scopes = None if packed["scopes"] is None else tuple(packed["scopes"])
    lacks = tuple(message_of(lack) for lack in packed["lacks"])
    # What an earlier version packed has none.
    refusal = packed.get("refusal")
    known = {"scopes": scopes, "lacks": lacks, "refusal": None if refusal is None else message_of(refusal)}
    return DiscoveredAccount(**{**packed, **times, **known})


def choose_accounts(found: Sequence[DiscoveredAccount], page_ids: Sequence[str] | None) -> list[DiscoveredAccount]:
    """The accounts of these Pages (None: of all that can be connected). Raises PostInvalid, a problem a Page."""
    refusals = {account.page_id: account.refusal for account in found if account.refusal is not None}
    if page_ids is None:
        # Nobody has named one, so those that cannot be connected are left out; the rest of them says why.
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
    places = {(account.kind, account.remote_id): account for account in reversed(found) if account.page_id in page_ids}
    return list(reversed(places.values()))
