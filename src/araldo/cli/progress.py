"""Progress of long commands on standard error: bars on a terminal, else a line as each step begins."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from araldo.console import print_error, terminal_language
from araldo.messages import Message

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class StepProgress:
    """Shows one step after the other; `show` may be called from any thread."""

    def __init__(self) -> None:
        self._bars: Progress | None = None
        # By the step's name; None without bars.
        self._tasks: dict[str, TaskID | None] = {}

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            # Imported here because it is slow, and only a terminal needs it.
            from rich.console import Console
            from rich.progress import Progress

            self._bars = Progress(console=Console(stderr=True))
            self._bars.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def show(self, step: Message, done: int, total: int) -> None:
        """Show that `done` of `total` rows or files of this step are done."""
        name = step.to(terminal_language())
        if name not in self._tasks:
            self._tasks[name] = None if self._bars is None else self._bars.add_task(name, total=total)
            if self._bars is None:
                print_error(step)
        task = self._tasks[name]
        if self._bars is not None and task is not None:
            self._bars.update(task, completed=done, total=total)
