"""What a person can choose between for a picture: who makes it, and in which style."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.problems import RESPONSES
from araldo.images.designer import STYLES
from araldo.images.providers import AUTO

router = APIRouter(prefix="/api/v1/images", tags=["marketing"], responses=RESPONSES)


class ProviderChoice(BaseModel):
    """`missing_setting` is the variable that an operator has to set before it can be used; null when it can."""

    name: str
    missing_setting: str | None


class ImageChoices(BaseModel):
    """`styles` are those of the `offline` designer; a remote provider is told any words."""

    providers: list[ProviderChoice]
    styles: list[str]


@router.get("/choices", operation_id="list_image_choices")
async def list_image_choices(deps: DependenciesDep, _caller: CallerDep) -> ImageChoices:
    """Every picture provider, `auto` first, and whether it can be used here; and every style."""
    names = (AUTO, *deps.providers.known())
    return ImageChoices(
        providers=[ProviderChoice(name=name, missing_setting=deps.providers.missing_setting(name)) for name in names],
        styles=list(STYLES),
    )
