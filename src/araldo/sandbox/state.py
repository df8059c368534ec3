"""The sandbox's world: everything that exists in it, kept in one JSON file when it has a folder."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Thing = dict[str, Any]

APP_ID, APP_SECRET = "1000000000000001", "sandbox-secret"
SCOPES = [
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "pages_read_user_content",
    "business_management",
    "instagram_basic",
    "instagram_content_publish",
]
SETTINGS: Mapping[str, Any] = {
    "latency_s": 0.0,
    "publish_latency_s": 0.0,
    "container_delay_s": 1.0,
    "quota_total": 50,
    # What a second media_publish of one container answers: "error", or "return_same_id".
    "republish": "error",
    # How long a published container still says FINISHED.
    "status_lag_s": 0.0,
    # How many times media_publish says 9007 although the container is FINISHED.
    "not_ready_flaps": 0,
    # Whether Page tokens are refused on container reads, as on some Pages of the new experience.
    "page_token_refused_on_containers": False,
    "require_appsecret_proof": False,
    "omit_expires_in": False,
    "status_for_190": 401,
    "accept_png": False,
}
_KINDS = ("apps", "users", "tokens", "pages", "instagram_accounts", "posts", "photos", "containers", "media")
_DAY = 86_400


class World:
    """Each kind is a table by id; objects are plain dicts with their Graph fields, and ours behind an underscore."""

    def __init__(self, public_url: str, data_dir: Path | None) -> None:
        self.public_url = public_url.rstrip("/")
        self._file = data_dir / "world.json" if data_dir else None
        self._pictures_dir = data_dir / "pictures" if data_dir else None
        self._pictures: dict[str, bytes] = {}
        self.tables: dict[str, dict[str, Thing]] = {}
        self.settings: dict[str, Any] = dict(SETTINGS)
        self.offset_s = 0.0
        self._next = 0
        if self._pictures_dir:
            self._pictures_dir.mkdir(parents=True, exist_ok=True)
        if self._file and self._file.exists():
            self._load(json.loads(self._file.read_text()))
        else:
            self.reset()

    def now(self) -> float:
        """Unix seconds of the sandbox's own clock, which tests move."""
        return time.time() + self.offset_s

    def table(self, kind: str) -> dict[str, Thing]:
        return self.tables[kind]

    def new_id(self, start: str) -> str:
        """A numeric string as the Graph gives them, beyond what a double holds exactly."""
        self._next += 1 + secrets.randbelow(900)
        return f"{start}{self._next:013d}"

    def save(self) -> None:
        """Whole or not at all, so that a killed sandbox wakes up as it was."""
        if self._file is None:
            return
        kept = {"tables": self.tables, "settings": self.settings, "offset_s": self.offset_s, "next": self._next}
        temporary = self._file.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(kept, ensure_ascii=False))
        temporary.replace(self._file)

    def _load(self, kept: Mapping[str, Any]) -> None:
        self.tables = kept["tables"]
        self.settings = {**SETTINGS, **kept["settings"]}
        self.offset_s = kept["offset_s"]
        self._next = kept["next"]

    def reset(self) -> None:
        """The seeded world: one app, one person, one Page with its Instagram account."""
        self.tables = {kind: {} for kind in _KINDS}
        self.settings = dict(SETTINGS)
        self.offset_s = 0.0
        self._next = 1_000_000
        self.tables["apps"][APP_ID] = {"id": APP_ID, "name": "Araldo Sandbox", "_secret": APP_SECRET}
        self.tables["users"]["10158000000000001"] = {"id": "10158000000000001", "name": "Ada Demo"}
        self.add_page("104000000000001", "Studio Demo", "17841400000000001", "studio.demo")
        self.save()

    def add_page(self, page_id: str, name: str, instagram_id: str | None, username: str | None) -> Thing:
        page: Thing = {
            "id": page_id,
            "name": name,
            "category": "Marketing Agency",
            "category_list": [{"id": "2500", "name": "Marketing Agency"}],
            "tasks": ["ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE"],
            # The new experience writes another number into permalinks than the Page's own.
            "_permalink_id": self.new_id("615"),
            "_instagram_id": instagram_id,
            "_owner": next(iter(self.tables["users"])),
        }
        self.tables["pages"][page_id] = page
        if instagram_id is not None:
            account = {"id": instagram_id, "username": username, "name": name, "_page_id": page_id}
            self.tables["instagram_accounts"][instagram_id] = account
        return page

    def mint(self, kind: str, subject: str, scopes: list[str], expires_in: float | None) -> str:
        """A token; `kind` is user_short, user_long, page, system_user or app; no `expires_in` is for ever."""
        token = "EAA" + secrets.token_hex(40)
        now = int(self.now())
        self.tables["tokens"][token] = {
            "id": hashlib.sha256(token.encode()).hexdigest()[:16],
            "kind": kind,
            "type": {"page": "PAGE", "system_user": "SYSTEM_USER", "app": "APP"}.get(kind, "USER"),
            "app_id": APP_ID,
            "subject": subject,
            "scopes": scopes,
            "issued_at": now,
            "expires_at": 0 if expires_in is None else int(now + expires_in),
            "data_access_expires_at": now + 90 * _DAY,
            "dead": None,
        }
        return token

    def keep_picture(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        if self._pictures_dir is not None:
            (self._pictures_dir / digest).write_bytes(data)
        else:
            self._pictures[digest] = data
        return digest

    def picture(self, digest: str) -> bytes | None:
        if self._pictures_dir is None:
            return self._pictures.get(digest)
        path = self._pictures_dir / Path(digest).name
        return path.read_bytes() if path.is_file() else None

    def picture_url(self, digest: str) -> str:
        return f"{self.public_url}/_sandbox/pictures/{digest}.jpg"


def graph_time(unix: float) -> str:
    return datetime.fromtimestamp(int(unix), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
