"""What an instance and its account say of themselves: limits, defaults, and what does not work there. Pure.

Sources: content/en/entities/Instance.md (V2 and V1) and Account.md (CredentialAccount) of Mastodon's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from araldo.messages import Message
from araldo.platforms.counting import count_in
from araldo.platforms.mastodon.app import SERVICE

VISIBILITIES = ("public", "unlisted", "private")
# Before 4.4 instances do not name it: app/models/media_attachment.rb, MAX_DESCRIPTION_LENGTH.
DESCRIPTION_MAX = 1_500


@dataclass(frozen=True, slots=True)
class InstanceFacts:
    """`facts`: see `platforms.account_facts`; `description_max`: characters of a picture's alt text."""

    facts: Mapping[str, Any]
    description_max: int
    takes_pictures: bool

    @property
    def lacks(self) -> tuple[Message, ...]:
        return () if self.takes_pictures else (Message("mastodon.connect.no_pictures"),)


def facts_of(instance: Mapping[str, Any], account: Mapping[str, Any]) -> InstanceFacts:
    """Return what an Instance (V1 or V2) and a CredentialAccount say. What is missing stays as declared."""
    configured = _mapping(instance.get("configuration"))
    statuses, media = _mapping(configured.get("statuses")), _mapping(configured.get("media_attachments"))
    limits = {
        "text_max": statuses.get("max_characters"),
        "url_length": statuses.get("characters_reserved_per_url"),
    }
    own = {
        "limits": {name: value for name, value in limits.items() if count_in(limits, name, None)},
        "options": _defaults_of(_mapping(account.get("source"))),
    }
    pictures_max = count_in(statuses, "max_media_attachments", None)
    types = media.get("supported_mime_types")
    return InstanceFacts(
        {"platforms": {SERVICE: own | ({"pictures_max": pictures_max} if pictures_max else {})}},
        count_in(media, "description_limit", DESCRIPTION_MAX),
        statuses.get("max_media_attachments") != 0 and not (isinstance(types, list) and "image/jpeg" not in types),
    )


def _defaults_of(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options' defaults that the account has set for its posts."""
    privacy, sensitive, language = (source.get(name) for name in ("privacy", "sensitive", "language"))
    defaults: dict[str, Any] = {}
    if isinstance(privacy, str):
        # An account may default to `direct`, which no post to readers can be: the narrowest of the others.
        defaults["visibility"] = privacy if privacy in VISIBILITIES else "private"
    if isinstance(sensitive, bool):
        defaults["sensitive"] = sensitive
    if isinstance(language, str) and language:
        defaults["language"] = language
    return {name: {"default": value} for name, value in defaults.items()}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
