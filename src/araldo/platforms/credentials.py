"""What an account's service needs to act for it: one value, stored sealed, that only the service reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from araldo.messages import Message, message_of


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets and facts of one account, as JSON values; everything in them is the service's own.

    `secrets`: tokens and passwords. `facts`: what the service has to know besides, such as ids. `host`: the server of
    the account, where a service has many. `renew_after`: from then on the core calls `Service.renew` before it uses
    them; None: never. `version`: set by the core, raised whenever other credentials are stored.
    """

    secrets: Mapping[str, str] = field(repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict)
    host: str | None = None
    renew_after: datetime | None = None
    version: int = 0

    def as_json(self) -> str:
        """Return the JSON text to seal. The version is a column of its own."""
        renew_after = None if self.renew_after is None else self.renew_after.isoformat()
        known = {"secrets": dict(self.secrets), "facts": dict(self.facts), "host": self.host}
        return json.dumps({**known, "renew_after": renew_after})

    @classmethod
    def from_json(cls, text: str, version: int = 0) -> Credentials:
        data = json.loads(text)
        renew_after = data["renew_after"]
        return cls(
            secrets=data["secrets"],
            facts=data["facts"],
            host=data["host"],
            renew_after=None if renew_after is None else datetime.fromisoformat(renew_after),
            version=version,
        )


@dataclass(frozen=True, slots=True)
class AccessEnd:
    """One thing that access depends on, and when it ends (None: it has no end). What is unknown is left out.

    `is_renewable`: the core renews it by itself; otherwise a person has to reconnect before `at`.
    """

    what: Message
    at: datetime | None
    is_renewable: bool = False

    def as_json(self) -> dict[str, Any]:
        at = None if self.at is None else self.at.isoformat()
        return {"what": self.what.as_json(), "at": at, "is_renewable": self.is_renewable}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AccessEnd:
        at = data["at"]
        moment = None if at is None else datetime.fromisoformat(at)
        return cls(message_of(data["what"]), moment, data["is_renewable"])
