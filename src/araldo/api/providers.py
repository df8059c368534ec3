"""Check of the picture provider in a request, before anything is generated."""

from __future__ import annotations

from araldo.api.dependencies import AppDependencies
from araldo.errors import PostInvalid, Problem
from araldo.images.providers import ProviderUnavailable


def require_provider(deps: AppDependencies, name: str, pointer: str) -> None:
    """Raise PostInvalid when the provider cannot be used, with the missing setting or the known providers."""
    try:
        deps.providers.require(name)
    except ProviderUnavailable as lacking:
        raise PostInvalid([Problem(pointer, lacking.code, lacking.message)]) from lacking
