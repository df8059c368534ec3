"""What a campaign needs of a service: its accounts, its misbehaviour, and what readers can see there.

A service brings `tests/platforms/<service>/campaign.py` with one class `ServiceCampaign`.
"""

from __future__ import annotations

import importlib
import importlib.util
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

from araldo.platforms import SERVICES
from tests.support.running_system import SandboxClient

Fault = Mapping[str, Any]
State = Mapping[str, Any]
# Visible posts by mark: what a post of the database and a post that readers see have in common.
VisiblePosts = dict[str, set[str]]

# Longer than a call may take (tests.chaos.system.TIMES): what a service does after that, it does after our time-out.
_TOO_SLOW_S = 1.4
# Faults of a visible write that any service can have.
_LOST_ANSWERS: Mapping[str, Fault] = {
    "reset before": {"when": "before", "kind": "reset"},
    "reset after commit": {"when": "after_commit", "kind": "reset"},
    "timeout after commit": {"when": "after_commit", "kind": "timeout", "delay_s": 3},
    "committed after we gave up": {"when": "before", "kind": "slow", "delay_s": _TOO_SLOW_S},
    "html after commit": {"when": "after_commit", "kind": "html"},
}


class ServiceCampaign(ABC):
    """One service in a campaign."""

    name: ClassVar[str]
    # Every post of the campaign goes to all of `platforms`; those without pictures, and with several, to these.
    platforms: ClassVar[tuple[str, ...]]
    text_platforms: ClassVar[tuple[str, ...]]
    carousel_platforms: ClassVar[tuple[str, ...]]
    # The ends of the paths of the visible writes, for faults and for the log of calls.
    visible_writes: ClassVar[tuple[str, ...]]
    # How many deliveries the short campaign of `make test` has.
    short_deliveries: ClassVar[int] = 48
    # Faults beyond the lost answers; without a `path` and a `method` they are of a visible write.
    own_faults: ClassVar[Mapping[str, Fault]] = {}
    # Settings of the sandbox: for the whole run, those that misbehaviour changes, and each misbehaviour's.
    start_settings: ClassVar[Mapping[str, Any]] = {}
    well_behaved: ClassVar[Mapping[str, Any]] = {}
    odd_settings: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    @abstractmethod
    def settings(self, sandbox_url: str) -> Mapping[str, Mapping[str, Any]]:
        """Return Araldo's settings for the sandbox, by group."""

    @abstractmethod
    def connection(self, sandbox: SandboxClient) -> tuple[str, dict[str, str]]:
        """Return the connect method of kind `form`, and the answers that connect the accounts, with valid secrets."""

    @abstractmethod
    def visible_posts(self, state: State) -> VisiblePosts:
        """Return the ids of all posts that readers can see, by mark; `state`: the sandbox's."""

    def marks(self, content: str, tickets: Iterable[Mapping[str, Any]]) -> set[str]:
        """Return the marks of a delivery: by its post's content, and by the tickets of its attempts."""
        return {content}

    def own_server(self) -> AbstractContextManager[SandboxClient | None]:
        """Run the server where it is not the sandbox, for several systems one after another; None: the sandbox.

        Its client has `control` for "faults", "settings" and "reset", `fault`, `log` and `state`, as the sandbox's has.
        """
        return nullcontext()

    @property
    def faults(self) -> Mapping[str, Fault]:
        return {**_LOST_ANSWERS, **self.own_faults}

    def sandbox_settings(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings of the service as the sandbox takes them."""
        return {self.name: dict(settings)} if settings else {}

    def environment(self, sandbox_url: str) -> dict[str, str]:
        """Return `settings` as environment variables."""
        return {
            f"ARALDO_{group.upper()}__{name.upper()}": ",".join(value) if isinstance(value, list) else str(value)
            for group, values in self.settings(sandbox_url).items()
            for name, value in values.items()
        }


def posts_by_first_line(posts: Iterable[tuple[str, str]]) -> VisiblePosts:
    """Return posts (id, text) by the first line of their text, which is the content of the campaign's posts."""
    seen: VisiblePosts = defaultdict(set)
    for post_id, text in posts:
        seen[text.partition("\n")[0]].add(post_id)
    return seen


def find_campaign(service: str) -> ServiceCampaign:
    """Return the campaign of a service. Raises ImportError when its folder has none."""
    found: ServiceCampaign = importlib.import_module(f"tests.platforms.{service}.campaign").ServiceCampaign()
    return found


def campaign_services() -> list[str]:
    """Return the services that bring a campaign."""
    names = [service.declaration.name for service in SERVICES]
    return [name for name in names if importlib.util.find_spec(f"tests.platforms.{name}.campaign") is not None]
