"""What a person may do on a Page: Meta's tasks, and what is said where publishing is not among them. Pure.

Facts: Pages API, "Tasks": publishing needs CREATE_CONTENT or MANAGE. A list that Meta left out is not an empty one.
"""

from __future__ import annotations

from araldo.errors import Sentence

_PUBLISHING = frozenset({"CREATE_CONTENT", "MANAGE"})

NO_TASK = Sentence(
    "You may not publish on this Page: the task CREATE_CONTENT (Content) is missing; a Page admin can give it to you "
    "in Meta Business Suite, then begin again.",
    "Non puoi pubblicare su questa Pagina: manca il compito CREATE_CONTENT (Contenuti); un amministratore della Pagina "
    "può dartelo in Meta Business Suite, poi ricomincia.",
)
TASK_LOST = Sentence(
    "Whoever connected this account may no longer publish on the Page: the task CREATE_CONTENT (Content) is missing; a "
    "Page admin can give it back in Meta Business Suite, then check the account again.",
    "Chi ha collegato questo account non può più pubblicare sulla Pagina: manca il compito CREATE_CONTENT (Contenuti); "
    "un amministratore della Pagina può ridarlo in Meta Business Suite, poi ricontrolla l'account.",
)


def may_publish(tasks: object) -> bool:
    """Whether these tasks allow publishing; also where Meta did not tell any."""
    return not isinstance(tasks, list) or not _PUBLISHING.isdisjoint(map(str, tasks))
