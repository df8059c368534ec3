"""Messages between the application and the image worker: pickled jobs, and replies of a few plain types.

The worker decodes untrusted files, so its replies are not trusted: unpickling builds only the classes named here.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

ReplyKind = Literal["ready", "result", "unusable", "invalid", "no_memory", "bug"]

# The functions that the worker may run, as module and name.
JOBS = frozenset(
    {
        ("araldo.images.sanitizing", "sanitize"),
        ("araldo.images.fit", "fit"),
        ("araldo.images.fit", "fit_checked"),
        ("araldo.images.designer", "draw"),
        ("araldo.images.designer", "draw_jpeg"),
        ("araldo.images.logo", "shrink_logo"),
        ("araldo.images.thumbnail", "shrink_to_thumbnail"),
        ("araldo.images.text_overlay", "draw_text_overlay"),
    }
)
# Those for which a person waits while writing; each takes some hundredths of a second.
_PREVIEW_JOBS = frozenset({("araldo.images.designer", "draw_jpeg")})
_RESULTS = frozenset(
    {
        ("araldo.messages", "Message"),
        ("araldo.images.sanitizing", "SanitizedPicture"),
        ("araldo.images.fit", "FittedPicture"),
        ("araldo.images.worker_protocol", "Reply"),
    }
)
HEAD = struct.Struct(">I")
# Largest message in bytes: more than twice the largest file that we accept.
MAX_MESSAGE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImageJob:
    """One call of a function named in `JOBS`."""

    module: str
    function: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]

    @property
    def is_preview(self) -> bool:
        return (self.module, self.function) in _PREVIEW_JOBS


@dataclass(frozen=True, slots=True)
class Reply:
    """Result of job `number`. `cpu_s` and `resident` (bytes) are the worker's totals after it."""

    number: int
    kind: ReplyKind
    value: Any
    cpu_s: float
    resident: int


def build_job(function: Callable[..., object], arguments: tuple[Any, ...], options: dict[str, Any]) -> ImageJob:
    """Build the job that calls `function`. Raises ValueError for a function that is not one of `JOBS`."""
    name = (function.__module__, function.__qualname__)
    if name not in JOBS:
        raise ValueError(f"{'.'.join(name)} is not a job of the image process")
    return ImageJob(*name, arguments, options)


def encode(message: object) -> bytes:
    """Pickle a message and put its length in front."""
    body = pickle.dumps(message, protocol=5)
    return HEAD.pack(len(body)) + body


def decode_reply(body: bytes) -> Reply:
    """Unpickle a Reply. Raises pickle.UnpicklingError for anything else, or for types that no job returns."""
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
