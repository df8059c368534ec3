"""What a service of the sandbox declares, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter

from araldo.sandbox.common.faults import FaultError, FaultQueue
from araldo.sandbox.common.html_helpers import ViewerLink
from araldo.sandbox.common.store import SandboxStore, ServiceState

CONTROL_PREFIX = "/_sandbox"


@dataclass(frozen=True, slots=True)
class ServiceParts:
    """A service at work: its records, and what the sandbox asks of it.

    `routes`: its API and its pages; `snapshot`: its part of `GET /_sandbox/state`; `seed`: fills and commits its
    sample data; `control`: its own calls, which begin with CONTROL_PREFIX.
    """

    state: ServiceState[Any]
    routes: APIRouter
    snapshot: Callable[[], dict[str, Any]]
    seed: Callable[[], None]
    control: APIRouter = field(default_factory=APIRouter)


@dataclass(frozen=True, slots=True)
class SandboxService:
    """A service's entry in the list of services.

    `build`: makes its parts from the records, the faults, and the other services' pages;
    `fault_kinds`: the kinds of fault that only its calls can have, each with the model of its error;
    `viewer`: the page that shows what was published.
    """

    name: str
    build: Callable[[SandboxStore, FaultQueue, Sequence[ViewerLink]], ServiceParts]
    viewer: ViewerLink
    fault_kinds: Mapping[str, type[FaultError]] = field(default_factory=dict)
