"""The stage of a service whose server in tests is a folder of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from tests.platforms import contract
from tests.support.running_system import SandboxClient, running_sandbox


class SandboxStage(contract.ServiceStage):
    # What the sandbox is set to before each test, such as limits that all tests together would reach.
    sandbox_settings: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, sandbox: SandboxClient) -> None:
        self.sandbox = sandbox

    @classmethod
    @contextmanager
    def start(cls, pictures_url: str) -> Iterator[Self]:
        with running_sandbox() as opened:
            yield cls(opened)

    @classmethod
    def on_gateway(cls) -> Self:
        return cls(SandboxClient(""))

    def reset(self) -> None:
        self.sandbox.control("reset", {})
        self.sandbox.control("faults", method="DELETE")
        if self.sandbox_settings:
            self.sandbox.control("settings", self.sandbox_settings)
