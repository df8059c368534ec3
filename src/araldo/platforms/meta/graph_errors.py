"""What Meta's errors mean for us: one table on (code, subcode), never on text or HTTP status.

Source of the codes: Meta's "Handle Errors" guide, the Instagram "Error Codes" reference, and field reports.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from araldo.errors import OutcomeUnknown, OutsideError, PrepareAnew, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message

Handling = Literal["later", "anew", "unknown", "rejected", "reconnect"]

# What stands for an answer that is no error object at all: HTML, nothing, half a JSON.
NO_JSON: Mapping[str, Any] = {"code": None, "message": "the answer is not JSON"}

_MINUTE, _HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Row:
    """`visible` is the outcome on the one visible write, where it differs; `after_s` is for "later" and "anew"."""

    outcome: Handling
    message: Message
    visible: Handling | None = None
    after_s: float = 30.0


# Identifiers, which Meta does not translate; the two that it still names and has taken away are left out.
_RIGHT = re.compile(
    r"\b(pages_[a-z_]+|instagram_[a-z_]+|ads_[a-z]+|business_management|publish_video|CREATE_CONTENT|MODERATE|ADVERTISE)\b"
)


def _later(message: Message, after_s: float, visible: Handling | None = None) -> Row:
    return Row("later", message, visible, after_s)


def _rejected(message: Message) -> Row:
    return Row("rejected", message)


def _reconnect(message: Message) -> Row:
    return Row("reconnect", message)


# A row with subcode None is for its code with any subcode that has no row of its own.
TABLE: Mapping[tuple[int, int | None], Row] = {
    # Platform-wide.
    (1, None): _later(Message("meta.graph_errors.down"), 2, visible="unknown"),
    (2, None): _later(Message("meta.graph_errors.down"), 2, visible="unknown"),
    (3, None): _rejected(Message("meta.graph_errors.capability")),
    (4, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE),
    # Also code 4, but an anti-spam block: asking again soon makes it last longer.
    (4, 2207051): _later(Message("meta.graph_errors.blocked"), 4 * _HOUR),
    (10, None): _reconnect(Message("meta.graph_errors.permission")),
    (10, 9053): _reconnect(Message("meta.graph_errors.portfolio")),
    # Said when a picture's address is malformed, and of an old call that we do not make.
    (12, None): _rejected(Message("meta.graph_errors.input")),
    (17, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE),
    (32, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE),
    (341, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE),
    (613, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE),
    (613, 1996): _later(Message("meta.graph_errors.uneven"), 30 * _MINUTE),
    (80001, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE),
    (80002, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE),
    (100, None): _rejected(Message("meta.graph_errors.input")),
    (100, 33): _rejected(Message("meta.graph_errors.gone")),
    (102, None): _reconnect(Message("meta.graph_errors.reconnect")),
    (190, None): _reconnect(Message("meta.graph_errors.reconnect")),
    (190, 458): _reconnect(Message("meta.graph_errors.removed")),
    (190, 459): _reconnect(Message("meta.graph_errors.log_in")),
    (190, 460): _reconnect(Message("meta.graph_errors.password")),
    (190, 463): _reconnect(Message("meta.graph_errors.expired")),
    (190, 464): _reconnect(Message("meta.graph_errors.unconfirmed")),
    (190, 467): _reconnect(Message("meta.graph_errors.logged_out")),
    (190, 492): _reconnect(Message("meta.graph_errors.role")),
    (197, None): _rejected(Message("meta.graph_errors.empty")),
    **{(code, None): _reconnect(Message("meta.graph_errors.permission")) for code in range(200, 300)},
    (200, 9053): _reconnect(Message("meta.graph_errors.portfolio")),
    (324, None): _rejected(Message("meta.graph_errors.picture")),
    (368, None): _later(Message("meta.graph_errors.blocked"), 4 * _HOUR, visible="unknown"),
    (368, 1390008): _later(Message("meta.graph_errors.blocked"), _HOUR),
    (506, None): Row("rejected", Message("meta.graph_errors.duplicate"), visible="unknown"),
    # Facebook Pages; these arrive as code or as subcode.
    (100, 1366046): _rejected(Message("meta.graph_errors.picture")),
    (100, 1366051): Row("rejected", Message("meta.graph_errors.duplicate"), visible="unknown"),
    (100, 1404078): _rejected(Message("meta.graph_errors.identity")),
    (100, 4854002): _rejected(Message("meta.graph_errors.identity")),
    (100, 1346003): _rejected(Message("meta.graph_errors.rules")),
    (100, 1404102): _rejected(Message("meta.graph_errors.rules")),
    (100, 1404112): _rejected(Message("meta.graph_errors.restricted")),
    (100, 1609005): _rejected(Message("meta.graph_errors.link")),
    (100, 1609008): _rejected(Message("meta.graph_errors.link")),
    (100, 2061006): _rejected(Message("meta.graph_errors.link")),
    (100, 1363047): _later(Message("meta.graph_errors.down"), 30, visible="unknown"),
    (100, 1609010): _later(Message("meta.graph_errors.down"), 30, visible="unknown"),
    # Instagram content publishing.
    (-2, None): _later(Message("meta.graph_errors.retry_media"), 5, visible="unknown"),
    (-2, 2207003): _later(Message("meta.graph_errors.not_fetched"), 5),
    (-2, 2207020): Row("anew", Message("meta.graph_errors.gone"), after_s=5),
    (-1, None): _later(Message("meta.graph_errors.down"), 5, visible="unknown"),
    (-1, 2207001): _later(Message("meta.graph_errors.down"), 5, visible="unknown"),
    (-1, 2207032): _later(Message("meta.graph_errors.retry_media"), 5, visible="unknown"),
    (-1, 2207053): _later(Message("meta.graph_errors.retry_media"), 5, visible="unknown"),
    (1, 2207057): _rejected(Message("meta.graph_errors.video")),
    (9, None): _later(Message("meta.graph_errors.quota"), _HOUR),
    (9, 2207042): _later(Message("meta.graph_errors.quota"), _HOUR),
    (24, None): _later(Message("meta.graph_errors.gone"), 30, visible="unknown"),
    (24, 2207006): _later(Message("meta.graph_errors.gone"), 30),
    (24, 2207008): _later(Message("meta.graph_errors.gone"), 30),
    (25, None): _reconnect(Message("meta.graph_errors.restricted")),
    (25, 2207050): _reconnect(Message("meta.graph_errors.restricted")),
    (100, 2207023): _rejected(Message("meta.graph_errors.input")),
    (100, 2207028): _rejected(Message("meta.graph_errors.carousel")),
    (100, 2207035): _rejected(Message("meta.graph_errors.input")),
    (100, 2207036): _rejected(Message("meta.graph_errors.input")),
    (100, 2207037): _rejected(Message("meta.graph_errors.input")),
    (100, 2207040): _rejected(Message("meta.graph_errors.input")),
    (352, None): _rejected(Message("meta.graph_errors.video")),
    (352, 2207026): _rejected(Message("meta.graph_errors.video")),
    # One of several pictures on the same host has been seen to fail once: a bounded repeat.
    (9004, None): _later(Message("meta.graph_errors.not_fetched"), 3),
    (9004, 2207052): _later(Message("meta.graph_errors.not_fetched"), 3),
    # "Already published", by some; the container's own status tells.
    (9004, 2207008): Row("later", Message("meta.graph_errors.duplicate"), "unknown", 5),
    (9007, None): _later(Message("meta.graph_errors.not_ready"), 3),
    (9007, 2207027): _later(Message("meta.graph_errors.not_ready"), 3),
    (36000, None): _rejected(Message("meta.graph_errors.picture")),
    (36001, None): _rejected(Message("meta.graph_errors.picture")),
    (36001, 2207005): _rejected(Message("meta.graph_errors.format")),
    # In no list of Meta's, and seen: "Invalid Image Format".
    (36001, 2207083): _rejected(Message("meta.graph_errors.format")),
    (36003, None): _rejected(Message("meta.graph_errors.picture")),
    (36004, None): _rejected(Message("meta.graph_errors.caption")),
}

# Facebook's own numbers travel as the code itself in some answers, or behind another code.
_AS_CODE: Mapping[int | None, Row] = {
    subcode: row for (code, subcode), row in TABLE.items() if code == 100 and (subcode or 0) > 1_000_000
}


def row_of(code: int | None, subcode: int | None) -> Row | None:
    if code is None:
        return _later(Message("meta.graph_errors.garbled"), 2, visible="unknown")
    for key in ((code, subcode), (code, None)):
        if key in TABLE:
            exact = key[1] is not None or subcode is None
            other = _AS_CODE.get(subcode) if not exact else None
            return other or TABLE[key]
    return _AS_CODE.get(code) or _AS_CODE.get(subcode)


def error_from(error: Mapping[str, Any], *, visible: bool, raw: str | None = None) -> OutsideError:
    """The exception for an error object of Meta's; `visible` when it answers the one visible write.

    An error that no row knows is never repeated blindly: on the visible write its outcome is unknown, else it is final.
    """
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    row = row_of(code, subcode)
    if row is None:
        name = f"{code}/{subcode}" if subcode is not None else str(code)
        row = Row("rejected", Message("meta.graph_errors.unlisted", {"code": name}), visible="unknown")
    outcome = (row.visible or row.outcome) if visible else row.outcome
    trace = error.get("fbtrace_id")
    known: dict[str, Any] = {
        "service": "meta",
        "code": "no_json" if code is None else code,
        "subcode": subcode,
        "trace_id": str(trace)[:100] if trace else None,
        "raw": raw,
    }
    if outcome in ("later", "anew"):
        later = TryLater if outcome == "later" else PrepareAnew
        return later(row.message, after_s=row.after_s, **known)
    kinds: dict[str, type[OutsideError]] = {
        "unknown": OutcomeUnknown,
        "rejected": Rejected,
        "reconnect": ReconnectNeeded,
    }
    message = (
        _with_rights(error.get("message")) if row.message == Message("meta.graph_errors.permission") else row.message
    )
    return kinds[outcome](message, **known)


def is_about_rights(code: str, subcode: str | None) -> bool:
    """Whether an error says that a right is missing, and not which."""
    row = row_of(_number(code), _number(subcode))
    return row is not None and row.message == Message("meta.graph_errors.permission")


def _with_rights(message: object) -> Message:
    """The rights that the message names: what the call needs, of which at least one is missing."""
    named = [right for right in dict.fromkeys(_RIGHT.findall(str(message))) if right != "CREATE_CONTENT"]
    return Message(
        "meta.graph_errors.permission",
        {
            "rights": Message("meta.graph_errors.these_rights", {"rights": ", ".join(named)})
            if named
            else Message("meta.graph_errors.some_right")
        },
    )


def _number(value: object) -> int | None:
    """Codes come as numbers; some gateways write them as text."""
    try:
        return int(str(value))
    except ValueError:
        return None
