"""Time zones by their IANA names: which there are, what they are called today, and which one this machine is in."""

from __future__ import annotations

import os
import zoneinfo
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

# In a machine's own list of zones, but none.
_NO_ZONES = {"Factory", "localtime"}
_DEFAULT = "UTC"

# Renamed in the tz database; browsers and operating systems still use the old names:
# https://data.iana.org/time-zones/tzdb/backward
_RENAMED = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Cordoba": "America/Argentina/Cordoba",
    "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "America/Jujuy": "America/Argentina/Jujuy",
    "America/Louisville": "America/Kentucky/Louisville",
    "America/Mendoza": "America/Argentina/Mendoza",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Etc/GMT": "UTC",
    "Etc/UTC": "UTC",
    "Etc/Universal": "UTC",
    "Etc/Zulu": "UTC",
    "Europe/Kiev": "Europe/Kyiv",
    "Europe/Uzhgorod": "Europe/Kyiv",
    "Europe/Zaporozhye": "Europe/Kyiv",
    "GMT": "UTC",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
}


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return all names that are accepted, old ones among them."""
    return frozenset(zoneinfo.available_timezones() - _NO_ZONES)


def current_name(zone: str) -> str:
    """Return today's name of a zone that has been renamed; any other name unchanged."""
    return _RENAMED.get(zone, zone)


def machine_zone(environment: Mapping[str, str] = os.environ, localtime: Path = Path("/etc/localtime")) -> str:
    """Return the machine's zone, from TZ or from where /etc/localtime points; UTC when neither names one."""
    for path in (environment.get("TZ", "").removeprefix(":"), _target(localtime)):
        name = current_name(path.rpartition("zoneinfo/")[2].removeprefix("posix/").removeprefix("right/"))
        if name in zone_names():
            return name
    return _DEFAULT


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
