"""The list of services. Meta is the last: its Graph takes every path that no other service has."""

from __future__ import annotations

from araldo.sandbox.common.service import SandboxService
from araldo.sandbox.mastodon.service import MASTODON
from araldo.sandbox.meta.service import META
from araldo.sandbox.telegram.service import TELEGRAM

SERVICES: tuple[SandboxService, ...] = (MASTODON, TELEGRAM, META)
