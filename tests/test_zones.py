"""Zones: their names of today, and the machine's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from araldo.zones import current_name, machine_zone, zone_names


@pytest.mark.parametrize(
    ("environment", "target", "zone"),
    [
        ({"TZ": "Europe/Berlin"}, None, "Europe/Berlin"),
        ({"TZ": ":America/New_York"}, None, "America/New_York"),
        ({"TZ": "/usr/share/zoneinfo/posix/Asia/Tokyo"}, None, "Asia/Tokyo"),
        ({"TZ": "Asia/Calcutta"}, None, "Asia/Kolkata"),
        ({}, "/usr/share/zoneinfo/Europe/Kiev", "Europe/Kyiv"),
        ({}, "../usr/share/zoneinfo/Etc/UTC", "UTC"),
        ({"TZ": "CET-1CEST"}, "/usr/share/zoneinfo/Europe/Rome", "Europe/Rome"),
        ({}, "/usr/share/zoneinfo/Factory", "UTC"),
        ({}, None, "UTC"),
    ],
)
def test_the_machines_zone_is_taken_from_tz_then_from_localtime_else_it_is_utc(
    tmp_path: Path, environment: dict[str, str], target: str | None, zone: str
) -> None:
    localtime = tmp_path / "localtime"
    if target is not None:
        localtime.symlink_to(target)
    assert machine_zone(environment, localtime) == zone


def test_a_copied_localtime_names_no_zone(tmp_path: Path) -> None:
    (tmp_path / "localtime").write_bytes(b"TZif2")
    assert machine_zone({}, tmp_path / "localtime") == "UTC"


def test_todays_names_are_accepted_and_are_their_own() -> None:
    for name in ("UTC", "Europe/Kyiv", "Asia/Kolkata", "America/Nuuk", "Europe/Rome"):
        assert name in zone_names()
        assert current_name(name) == name


def test_the_studio_knows_renamed_zones_by_the_same_names() -> None:
    """The studio reads the browser's old names before a server is asked; two lists must not say different things."""
    source = (Path(__file__).parents[1] / "web/src/i18n/dateTime.ts").read_text("utf-8")
    renamed = source[source.index("const RENAMED_ZONES") :]
    pairs = re.findall(r'"?([A-Za-z_/]+)"?: "([A-Za-z_/]+)",', renamed[: renamed.index("};")])
    assert len(pairs) > 20
    assert [(old, new) for old, new in pairs if current_name(old) != new] == []
