"""What a person may do on a Page: Meta's tasks, and what is said where publishing is not among them. Pure.

Facts: Pages API, "Tasks": publishing needs CREATE_CONTENT or MANAGE. A list that Meta left out is not an empty one.
"""

from __future__ import annotations

_PUBLISHING = frozenset({"CREATE_CONTENT", "MANAGE"})


def may_publish(tasks: object) -> bool:
    """Whether these tasks allow publishing; also where Meta did not tell any."""
    return not isinstance(tasks, list) or not _PUBLISHING.isdisjoint(map(str, tasks))
