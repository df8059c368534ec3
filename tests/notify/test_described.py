"""docs/webhooks.md says what is really sent: its list of events, its schedule, its samples."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from araldo.notify.models import DEFAULT_TYPES, EVENT_TYPES, RETRY_DELAYS_S, TEST
from araldo.notify.rules import build_payload, build_test_payload
from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts.models import Delivery, Post, PostView, State
from araldo.storage.events import Event

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()
AT = datetime(2030, 1, 31, 9, 0, tzinfo=UTC)


def test_the_docs_list_every_type_and_the_default_ones() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \|[^|]*\|([^|]*)\|", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == [*EVENT_TYPES, TEST]
    assert tuple(name for name, asked in rows if asked.strip() == "yes") == DEFAULT_TYPES


def test_the_docs_have_the_retry_schedule() -> None:
    units = {"s": 1, "min": 60, "h": 3_600}
    message = re.search(r"sent again after (.*?) \(", PAGE, re.DOTALL)
    assert message is not None
    said = [int(count) * units[unit] for count, unit in re.findall(r"(\d+) (s|min|h)\b", message[1])]
    assert said == list(RETRY_DELAYS_S)


def test_the_docs_samples_have_the_fields_of_the_payloads() -> None:
    samples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    assert [sample["type"].partition(".")[0] for sample in samples] == [
        "delivery",
        "post",
        "approval",
        "account",
        "test",
    ]
    for sample in samples:
        assert _shape(sample) == _shape(_sent(sample["type"]))


def _sent(name: str) -> dict[str, Any]:
    if name == TEST:
        return build_test_payload(AT, "it")
    error = {"code": "1", "message": {"en": "No.", "it": "No."}}
    data = {"state": "failed", "platform": "p", "error": error, "health": "expiring", "message": error["message"]}
    post = Post(id="post", workspace_id="w", content="Ciao", late_limit_s=0, created_at=AT, updated_at=AT)
    rest: dict[str, Any] = dict.fromkeys(Delivery.__dataclass_fields__)
    row = Delivery(**{**rest, "id": "d", "state": State.PUBLISHED, "picture": DeliveryPicture(PictureState.READY)})
    return build_payload(name, Event(1, "w", name, "post", "d", data, AT), PostView(post, [row]), "it")


def _shape(value: Any) -> Any:
    """Return the names of the fields, recursively."""
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    return [_shape(inner) for inner in value] if isinstance(value, list) else None
