"""Araldo: one idea, the right post for every platform, exactly once and on time."""

from typing import TYPE_CHECKING

__version__: str

if not TYPE_CHECKING:

    def __getattr__(name: str) -> str:
        """Read the version when it is asked for: importing what reads it takes a sixth of the time of `--help`."""
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version

        return version("araldo")
