"""What travels between us and the image process: requests that we pickle, results of a few plain types, nothing else.

The process decodes strangers' files, so what comes back from it is not trusted: only the classes named here are built.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["ready", "result", "unfit", "invalid", "no_memory", "bug"]

# All that the process can be asked to do, as module and function.
JOBS = frozenset(
    {
        ("araldo.images.cleaning", "clean"),
        ("araldo.images.fit", "fit"),
        ("araldo.images.fit", "fit_checked"),
        ("araldo.images.designer", "draw"),
        ("araldo.images.designer", "draw_jpeg"),
        ("araldo.images.logo", "shrink_logo"),
        ("araldo.images.over", "draw_over"),
    }
)
_RESULTS = frozenset(
    {
        ("araldo.messages", "Message"),
        ("araldo.images.cleaning", "Cleaned"),
        ("araldo.images.fit", "Fitted"),
        ("araldo.images.wire", "Reply"),
    }
)
HEAD = struct.Struct(">I")
# Of one message: the largest file that we take, and as much again.
MAX_MESSAGE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImageJob:
    """One call of a function named in `JOBS`."""

    module: str
    function: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of job `number`. `cpu_s` and `resident` (bytes) are the process's, after it."""

    number: int
    kind: Kind
    value: Any
    cpu_s: float
    resident: int


def job_of(function: Callable[..., object], arguments: tuple[Any, ...], options: dict[str, Any]) -> ImageJob:
    """Raises ValueError for a function that is not one of `JOBS`."""
    name = (function.__module__, function.__qualname__)
    if name not in JOBS:
        raise ValueError(f"{'.'.join(name)} is not a job of the image process")
    return ImageJob(*name, arguments, options)


def encode(message: object) -> bytes:
    """A message with its length in front."""
    body = pickle.dumps(message, protocol=5)
    return HEAD.pack(len(body)) + body


def decode_reply(body: bytes) -> Reply:
    """Raises pickle.UnpicklingError for anything but a Reply of the few types that jobs return."""
    try:
        reply = _ReplyUnpickler(io.BytesIO(body)).load()
    except pickle.UnpicklingError:
        raise
    except Exception as wrong:
        raise pickle.UnpicklingError(f"not a reply: {type(wrong).__name__}") from wrong
    if not isinstance(reply, Reply):
        raise pickle.UnpicklingError(f"a {type(reply).__name__} is not a reply")
    return reply


class _ReplyUnpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) not in _RESULTS:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is not among the results")
        return super().find_class(module_name, global_name)
