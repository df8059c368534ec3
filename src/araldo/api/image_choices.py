"""The picture providers and styles that can be chosen."""

from __future__ import annotations

from pydantic import BaseModel

from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.problems import RESPONSES
from araldo.api.routing import ResourceRouter
from araldo.images.designer import STYLES
from araldo.images.providers import AUTO

router = ResourceRouter(prefix="/api/v1/images", tags=["marketing"], responses=RESPONSES)


class ProviderChoice(BaseModel):
    """`missing_setting`: the variable that an operator must set before it can be used, null when it can."""

    name: str
    missing_setting: str | None


class ImageChoices(BaseModel):
    """`styles`: those of the `offline` designer; other providers take any words as a style."""

    providers: list[ProviderChoice]
    styles: list[str]


@router.get("/choices", operation_id="list_image_choices")
async def list_image_choices(deps: DependenciesDep, _caller: CallerDep) -> ImageChoices:
    """List the picture providers, `auto` first, with whether they can be used, and the styles."""
    names = (AUTO, *deps.providers.known())
    return ImageChoices(
        providers=[ProviderChoice(name=name, missing_setting=deps.providers.missing_setting(name)) for name in names],
        styles=list(STYLES),
    )
