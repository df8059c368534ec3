"""Errors for what the sandbox does not emulate, which are distinct from Graph's errors for unknown nodes."""

from __future__ import annotations

import re

from araldo.sandbox.meta.call_context import NodeKind
from araldo.sandbox.meta.calls import Call, redact_tokens
from araldo.sandbox.meta.replies import GraphError, bad_parameter

_LONGEST_SHOWN = 200
# Names of root edges (search, act_1, ig_hashtag_search), as opposed to ids.
_ROOT_EDGE = re.compile(r"[A-Za-z_-]+|act_\d+", re.ASCII)
# Fields and edges that Graph itself refuses, when kinds of nodes or tokens are confused.
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
    """Return an error that names what is not emulated, the call, and where the sandbox's limits are documented."""
    path = f"/{call.redacted_path().lstrip('/')}"[:_LONGEST_SHOWN]
    return bad_parameter(
        f"The sandbox does not emulate {redact_tokens(what)[:_LONGEST_SHOWN]}: {call.method} {path}. "
        'See "What it does not do" in docs/sandbox.md.'
    )


def unknown_edge(call: Call, kind: NodeKind, edge: str) -> GraphError:
    """Return the error for an edge of a known node; `edge` is empty for a write to the node itself."""
    if call.method == "GET":
        return unknown_field(call, kind, edge)
    verb = "deleting" if call.method == "DELETE" else "writing to"
    return refusal(call, f"{verb} {f'the edge {edge} of ' if edge else ''}a node of type {kind.name}")


def unknown_field(call: Call, kind: NodeKind, name: str) -> GraphError:
    """Return the error for a field of a known node: Graph's own where Graph does not have the field either."""
    if (kind.name, name) in _NONEXISTENT:
        return bad_parameter(f"Tried accessing nonexisting field ({name}) on node type ({kind.name})")
    return refusal(call, f"the field or edge {name} of a node of type {kind.name}")


def unknown_root(call: Call, name: str) -> GraphError | None:
    """Return the error for a call to a root edge such as /search; None when the name may be an id."""
    return refusal(call, f"/{name}") if _ROOT_EDGE.fullmatch(name) else None
