"""Map Meta's errors to ours, by one table keyed by (code, subcode), never by text or HTTP status.

Source of the codes: Meta's "Handle Errors" guide, the Instagram "Error Codes" reference, and field reports.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from araldo.errors import OutcomeUnknown, OutsideError, PrepareAgain, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message

Handling = Literal["later", "prepare_again", "unknown", "rejected", "reconnect"]

# Stands for an answer that has no error object: HTML, an empty body, truncated JSON.
NO_JSON: Mapping[str, Any] = {"code": None, "message": "the answer is not JSON"}

_MINUTE_S, _HOUR_S = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """How to handle one error. `visible`: the outcome on the visible write where it differs.

    `after_s` is for "later" and "prepare_again".
    """

    outcome: Handling
    message: Message
    visible: Handling | None = None
    after_s: float = 30.0


# Names of permissions, which Meta does not translate; two that it still names but has removed are left out.
_RIGHT = re.compile(
    r"\b(pages_[a-z_]+|instagram_[a-z_]+|ads_[a-z]+|business_management|publish_video|CREATE_CONTENT|MODERATE|ADVERTISE)\b"
)


def _later(message: Message, after_s: float, visible: Handling | None = None) -> ErrorRule:
    return ErrorRule("later", message, visible, after_s)


def _rejected(message: Message) -> ErrorRule:
    return ErrorRule("rejected", message)


def _reconnect(message: Message) -> ErrorRule:
    return ErrorRule("reconnect", message)


# A rule with subcode None applies to its code with any subcode that has no rule of its own.
TABLE: Mapping[tuple[int, int | None], ErrorRule] = {
    # Platform-wide.
    (1, None): _later(Message("meta.graph_errors.temporary"), 2, visible="unknown"),
    (2, None): _later(Message("meta.graph_errors.temporary"), 2, visible="unknown"),
    (3, None): _rejected(Message("meta.graph_errors.capability_missing")),
    (4, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE_S),
    # Also code 4, but an anti-spam block: repeating soon prolongs it.
    (4, 2207051): _later(Message("meta.graph_errors.action_blocked"), 4 * _HOUR_S),
    (10, None): _reconnect(Message("meta.graph_errors.permission_missing")),
    (10, 9053): _reconnect(Message("meta.graph_errors.portfolio_role")),
    # Returned for a malformed picture URL, and for a deprecated call that we do not make.
    (12, None): _rejected(Message("meta.graph_errors.invalid")),
    (17, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE_S),
    (32, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE_S),
    (341, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE_S),
    (613, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE_S),
    (613, 1996): _later(Message("meta.graph_errors.too_many_at_once"), 30 * _MINUTE_S),
    (80001, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE_S),
    (80002, None): _later(Message("meta.graph_errors.slow_down"), 15 * _MINUTE_S),
    (100, None): _rejected(Message("meta.graph_errors.invalid")),
    (100, 33): _rejected(Message("meta.graph_errors.not_found")),
    (102, None): _reconnect(Message("meta.graph_errors.access_ended")),
    (190, None): _reconnect(Message("meta.graph_errors.access_ended")),
    (190, 458): _reconnect(Message("meta.graph_errors.app_removed")),
    (190, 459): _reconnect(Message("meta.graph_errors.login_checkpoint")),
    (190, 460): _reconnect(Message("meta.graph_errors.password_changed")),
    (190, 463): _reconnect(Message("meta.graph_errors.session_expired")),
    (190, 464): _reconnect(Message("meta.graph_errors.profile_unconfirmed")),
    (190, 467): _reconnect(Message("meta.graph_errors.logged_out")),
    (190, 492): _reconnect(Message("meta.graph_errors.role_lost")),
    (197, None): _rejected(Message("meta.graph_errors.post_empty")),
    **{(code, None): _reconnect(Message("meta.graph_errors.permission_missing")) for code in range(200, 300)},
    (200, 9053): _reconnect(Message("meta.graph_errors.portfolio_role")),
    (324, None): _rejected(Message("meta.graph_errors.picture_refused")),
    (368, None): _later(Message("meta.graph_errors.action_blocked"), 4 * _HOUR_S, visible="unknown"),
    (368, 1390008): _later(Message("meta.graph_errors.action_blocked"), _HOUR_S),
    (506, None): ErrorRule("rejected", Message("meta.graph_errors.duplicate"), visible="unknown"),
    # Facebook Pages; these arrive as code or as subcode.
    (100, 1366046): _rejected(Message("meta.graph_errors.picture_refused")),
    (100, 1366051): ErrorRule("rejected", Message("meta.graph_errors.duplicate"), visible="unknown"),
    (100, 1404078): _rejected(Message("meta.graph_errors.identity_check")),
    (100, 4854002): _rejected(Message("meta.graph_errors.identity_check")),
    (100, 1346003): _rejected(Message("meta.graph_errors.community_rules")),
    (100, 1404102): _rejected(Message("meta.graph_errors.community_rules")),
    (100, 1404112): _rejected(Message("meta.graph_errors.account_restricted")),
    (100, 1609005): _rejected(Message("meta.graph_errors.link_refused")),
    (100, 1609008): _rejected(Message("meta.graph_errors.link_refused")),
    (100, 2061006): _rejected(Message("meta.graph_errors.link_refused")),
    (100, 1363047): _later(Message("meta.graph_errors.temporary"), 30, visible="unknown"),
    (100, 1609010): _later(Message("meta.graph_errors.temporary"), 30, visible="unknown"),
    # Instagram content publishing.
    (-2, None): _later(Message("meta.graph_errors.picture_not_processed"), 5, visible="unknown"),
    (-2, 2207003): _later(Message("meta.graph_errors.picture_not_fetched"), 5),
    (-2, 2207020): ErrorRule("prepare_again", Message("meta.graph_errors.not_found"), after_s=5),
    (-1, None): _later(Message("meta.graph_errors.temporary"), 5, visible="unknown"),
    (-1, 2207001): _later(Message("meta.graph_errors.temporary"), 5, visible="unknown"),
    (-1, 2207032): _later(Message("meta.graph_errors.picture_not_processed"), 5, visible="unknown"),
    (-1, 2207053): _later(Message("meta.graph_errors.picture_not_processed"), 5, visible="unknown"),
    (1, 2207057): _rejected(Message("meta.graph_errors.video_refused")),
    (9, None): _later(Message("meta.graph_errors.post_quota"), _HOUR_S),
    (9, 2207042): _later(Message("meta.graph_errors.post_quota"), _HOUR_S),
    (24, None): _later(Message("meta.graph_errors.not_found"), 30, visible="unknown"),
    (24, 2207006): _later(Message("meta.graph_errors.not_found"), 30),
    (24, 2207008): _later(Message("meta.graph_errors.not_found"), 30),
    (25, None): _reconnect(Message("meta.graph_errors.account_restricted")),
    (25, 2207050): _reconnect(Message("meta.graph_errors.account_restricted")),
    (100, 2207023): _rejected(Message("meta.graph_errors.invalid")),
    (100, 2207028): _rejected(Message("meta.graph_errors.carousel_size")),
    (100, 2207035): _rejected(Message("meta.graph_errors.invalid")),
    (100, 2207036): _rejected(Message("meta.graph_errors.invalid")),
    (100, 2207037): _rejected(Message("meta.graph_errors.invalid")),
    (100, 2207040): _rejected(Message("meta.graph_errors.invalid")),
    (352, None): _rejected(Message("meta.graph_errors.video_refused")),
    (352, 2207026): _rejected(Message("meta.graph_errors.video_refused")),
    # One of several pictures on the same host has been seen to fail once: a bounded repeat.
    (9004, None): _later(Message("meta.graph_errors.picture_not_fetched"), 3),
    (9004, 2207052): _later(Message("meta.graph_errors.picture_not_fetched"), 3),
    # "Already published" according to some reports; the container's own status decides.
    (9004, 2207008): ErrorRule("later", Message("meta.graph_errors.duplicate"), "unknown", 5),
    (9007, None): _later(Message("meta.graph_errors.not_ready"), 3),
    (9007, 2207027): _later(Message("meta.graph_errors.not_ready"), 3),
    (36000, None): _rejected(Message("meta.graph_errors.picture_refused")),
    (36001, None): _rejected(Message("meta.graph_errors.picture_refused")),
    (36001, 2207005): _rejected(Message("meta.graph_errors.picture_format")),
    # In no documentation of Meta's, but observed: "Invalid Image Format".
    (36001, 2207083): _rejected(Message("meta.graph_errors.picture_format")),
    (36003, None): _rejected(Message("meta.graph_errors.picture_refused")),
    (36004, None): _rejected(Message("meta.graph_errors.caption_too_long")),
}

# In some answers Facebook's own subcodes arrive as the code itself, or with another code.
_AS_CODE: Mapping[int | None, ErrorRule] = {
    subcode: row for (code, subcode), row in TABLE.items() if code == 100 and (subcode or 0) > 1_000_000
}


def find_rule(code: int | None, subcode: int | None) -> ErrorRule | None:
    """Return the rule for an error; None when the table has none. `code` None stands for `NO_JSON`."""
    if code is None:
        return _later(Message("meta.graph_errors.unreadable"), 2, visible="unknown")
    for key in ((code, subcode), (code, None)):
        if key in TABLE:
            exact = key[1] is not None or subcode is None
            other = _AS_CODE.get(subcode) if not exact else None
            return other or TABLE[key]
    return _AS_CODE.get(code) or _AS_CODE.get(subcode)


def error_from(error: Mapping[str, Any], *, visible: bool, raw: str | None = None) -> OutsideError:
    """Return the exception for an error object of Meta's; `visible` when it answers the one visible write.

    An error without a rule is never repeated: on the visible write its outcome is unknown, else it is final.
    """
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    row = find_rule(code, subcode)
    if row is None:
        name = f"{code}/{subcode}" if subcode is not None else str(code)
        row = ErrorRule("rejected", Message("meta.graph_errors.unknown", {"code": name}), visible="unknown")
    outcome = (row.visible or row.outcome) if visible else row.outcome
    trace = error.get("fbtrace_id")
    known: dict[str, Any] = {
        "service": "meta",
        "code": "no_json" if code is None else code,
        "subcode": subcode,
        "trace_id": str(trace)[:100] if trace else None,
        "raw": raw,
    }
    if outcome in ("later", "prepare_again"):
        later = TryLater if outcome == "later" else PrepareAgain
        return later(row.message, after_s=row.after_s, **known)
    kinds: dict[str, type[OutsideError]] = {
        "unknown": OutcomeUnknown,
        "rejected": Rejected,
        "reconnect": ReconnectNeeded,
    }
    message = (
        _with_named_rights(error.get("message"))
        if row.message == Message("meta.graph_errors.permission_missing")
        else row.message
    )
    return kinds[outcome](message, **known)


def is_about_rights(code: str, subcode: str | None) -> bool:
    """Whether an error says that a permission or a task is missing without naming it."""
    row = find_rule(_number(code), _number(subcode))
    return row is not None and row.message == Message("meta.graph_errors.permission_missing")


def _with_named_rights(message: object) -> Message:
    """Return our message with the permissions that Meta's message names, of which at least one is missing."""
    named = [right for right in dict.fromkeys(_RIGHT.findall(str(message))) if right != "CREATE_CONTENT"]
    return Message(
        "meta.graph_errors.permission_missing",
        {
            "rights": Message("meta.graph_errors.named_permissions", {"rights": ", ".join(named)})
            if named
            else Message("meta.graph_errors.unnamed_permission")
        },
    )


def _number(value: object) -> int | None:
    """Parse an error code, which some gateways write as text."""
    try:
        return int(str(value))
    except ValueError:
        return None
