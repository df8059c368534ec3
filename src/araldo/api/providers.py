"""Whether a picture provider can be used: a request that names one that cannot is refused before anything is made."""

from __future__ import annotations

from araldo.api.dependencies import AppDependencies
from araldo.errors import PostInvalid, Problem
from araldo.images.providers import ProviderUnavailable


def require_provider(deps: AppDependencies, name: str, pointer: str) -> None:
    """Raises PostInvalid naming the setting that is missing, or the providers that there are."""
    try:
        deps.providers.require(name)
    except ProviderUnavailable as lacking:
        raise PostInvalid([Problem(pointer, lacking.code, lacking.message)]) from lacking
