"""Meta's tasks, which say what a person may do on a Page. Pure.

Facts: Pages API, "Tasks": publishing needs CREATE_CONTENT or MANAGE.
"""

from __future__ import annotations

_PUBLISHING = frozenset({"CREATE_CONTENT", "MANAGE"})


def may_publish(tasks: object) -> bool:
    """Whether these tasks allow publishing; True when Meta left the list out, which is not an empty list."""
    return not isinstance(tasks, list) or not _PUBLISHING.isdisjoint(map(str, tasks))
