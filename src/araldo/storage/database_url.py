"""The address of the database, as people write it and as SQLAlchemy wants it."""

from __future__ import annotations

_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
    "sqlite+aiosqlite": "sqlite",
}


def require_database_url(url: str) -> None:
    """Raise ValueError, without the URL, which may contain a password, when it is none that Araldo can use."""
    # Imported here, because it is slow, and SQLite in the data folder needs no URL.
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parts = make_url(url)
        # An `@` that is left in the host means that one of the password was not escaped.
        is_known = parts.drivername in _DRIVERS and "@" not in (parts.host or "")
    except (ArgumentError, ValueError):
        is_known = False
    if not is_known:
        raise ValueError(
            "use postgresql://USER:PASSWORD@HOST:PORT/NAME, with %40, %3A and %2F for @, : and / in the password, "
            "or sqlite:////FOLDER/FILE"
        )


def as_database_url(url: str) -> str:
    """Return a person's URL as SQLAlchemy wants it: the driver named, `postgres://` understood."""
    scheme, _, rest = url.partition("://")
    return f"{_DRIVERS.get(scheme, scheme)}://{rest}"
