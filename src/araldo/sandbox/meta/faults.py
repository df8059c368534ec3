"""The kind of fault that only Graph calls can have: an error in Graph's envelope."""

from __future__ import annotations

from araldo.sandbox.common.faults import FaultError
from araldo.sandbox.meta.replies import GraphError


class GraphFaultError(FaultError):
    """The error to answer; message and user texts come from the catalogue when left out."""

    code: int = 1
    error_subcode: int | None = None
    message: str | None = None
    type: str = "OAuthException"
    is_transient: bool | None = None
    error_user_title: str | None = None
    error_user_msg: str | None = None

    def to_error(self) -> GraphError:
        overrides = {"is_transient", "error_user_title", "error_user_msg"}
        return GraphError(
            self.code,
            self.error_subcode,
            message=self.message,
            kind=self.type,
            status=self.status,
            overrides=self.model_dump(include=overrides, exclude_none=True),
        )
