"""Refusals for what the sandbox does not emulate: in its own words, and never as a node that does not exist."""

from __future__ import annotations

import re

from araldo.sandbox.asks import Kind
from araldo.sandbox.calls import Call, redact_tokens
from araldo.sandbox.replies import GraphError, bad_parameter

_LONGEST_SHOWN = 200
# Edges at the root of the Graph (search, act_1, ig_hashtag_search), in contrast to ids.
_ROOT_EDGE = re.compile(r"[A-Za-z_-]+|act_\d+", re.ASCII)
# What Graph itself refuses when the ids or tokens of two kinds of nodes are mixed up.
_NONEXISTENT = frozenset(
    {
        ("Page", "accounts"),
        ("Page", "businesses"),
        ("Page", "media"),
        ("IGUser", "accounts"),
        ("IGUser", "picture"),
        ("IGUser", "access_token"),
        ("User", "access_token"),
        ("User", "category"),
        ("User", "instagram_business_account"),
        ("User", "media"),
        ("User", "tasks"),
        ("User", "username"),
    }
)


def refusal(call: Call, what: str) -> GraphError:
    """Name what is missing, the call that asked for it, and where the limits of the sandbox are written down."""
    path = f"/{call.struck_path().lstrip('/')}"[:_LONGEST_SHOWN]
    return bad_parameter(
        f"The sandbox does not emulate {redact_tokens(what)[:_LONGEST_SHOWN]}: {call.method} {path}. "
        'See "What it does not do" in docs/sandbox.md.'
    )


def unknown_edge(call: Call, kind: Kind, edge: str) -> GraphError:
    """For a known node; `edge` is empty for a write to the node itself."""
    if call.method == "GET":
        return unknown_field(call, kind, edge)
    verb = "deleting" if call.method == "DELETE" else "writing to"
    return refusal(call, f"{verb} {f'the edge {edge} of ' if edge else ''}a node of type {kind.name}")


def unknown_field(call: Call, kind: Kind, name: str) -> GraphError:
    """A field or edge of a known node: Graph's own words where Graph is known not to have it either."""
    if (kind.name, name) in _NONEXISTENT:
        return bad_parameter(f"Tried accessing nonexisting field ({name}) on node type ({kind.name})")
    return refusal(call, f"the field or edge {name} of a node of type {kind.name}")


def unknown_root(call: Call, name: str) -> GraphError | None:
    """A call that names no id, such as /search; None when the name may be an id."""
    return refusal(call, f"/{name}") if _ROOT_EDGE.fullmatch(name) else None
