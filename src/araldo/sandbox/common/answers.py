"""A service's answer to a call, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Response

from araldo.sandbox.common import faults
from araldo.sandbox.common.faults import Fault


@dataclass(frozen=True, slots=True)
class Answer:
    """`visible`: the call published something; `fault` is sent instead of the rest; `error_code` is for the log."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    error_code: int | None = None
    visible: bool = False
    fault: Fault | None = None

    def to_response(self) -> Response:
        if self.fault is not None:
            return faults.response(self.fault)
        if self.status in {204, 304}:
            return Response(status_code=self.status, headers=dict(self.headers))
        text = json.dumps(self.body, ensure_ascii=False)
        return Response(text, self.status, dict(self.headers), "application/json; charset=utf-8")
