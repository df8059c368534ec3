"""Araldo: one idea, the right post for every platform, exactly once and on time."""

from importlib.metadata import version

__version__ = version("araldo")
