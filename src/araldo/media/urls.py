"""Signed URLs of pictures: valid for 48 hours without further authentication."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from araldo.storage.vault import Vault

LIFETIME = timedelta(hours=48)


class MediaUrls:
    def __init__(self, base_url: str, vault: Vault) -> None:
        self._base = base_url
        self._vault = vault

    def sign(self, medium_id: str, now: datetime) -> str:
        expires = int((now + LIFETIME).timestamp())
        signature = self._vault.sign(_signed_text(medium_id, expires))
        return f"{self._base}/media/{medium_id}.jpg?expires={expires}&signature={signature}"

    def is_valid(self, medium_id: str, expires: str, signature: str, now: datetime) -> bool:
        if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):
            return False
        return self._vault.verify(_signed_text(medium_id, int(expires)), signature) and now.timestamp() < int(expires)

    def medium_id_of(self, url: str, now: datetime) -> str | None:
        """Return the medium id of a URL signed by this server, whatever its host; None for any other URL."""
        try:
            parts = urlsplit(url)
            query = parse_qs(parts.query)
        except ValueError:
            return None
        name = parts.path.rpartition("/media/")[2]
        expires, signature = query.get("expires", [""])[0], query.get("signature", [""])[0]
        medium_id = name.removesuffix(".jpg")
        if name == medium_id or not self.is_valid(medium_id, expires, signature, now):
            return None
        return medium_id


def _signed_text(medium_id: str, expires: int) -> str:
    return f"{medium_id}:{expires}"
