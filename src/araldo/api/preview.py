"""Preview of the card for a post that is being written."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import Field

from araldo.api.auth import CallerDep
from araldo.api.brand import BrandFields
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText
from araldo.api.post_content import Content, ImagePrompt, ImageStyle
from araldo.api.problems import RESPONSES
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.workflows.pictures.preview import PreviewRequest

router = ResourceRouter(prefix="/api/v1/images", tags=["images"], responses=RESPONSES)


class PreviewFields(RequestModel):
    """`platform` sets the size of the card, else `aspect_ratio`. Each `variant` has other colours and shapes.

    `brand`: a brand kit to try; left out, the workspace's own. `post_id`: a stored post, whose design the card has.
    `width`: the same card, scaled down to this width in pixels.
    """

    content: Content
    cta: Annotated[CleanText, Field(max_length=10_000)] | None = None
    style: ImageStyle = "professional"
    variant: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    platform: Annotated[CleanText, Field(max_length=100)] | None = None
    aspect_ratio: Annotated[CleanText, Field(max_length=20)] = "1:1"
    image_prompt: ImagePrompt = ""
    handle: Annotated[CleanText, Field(max_length=200)] | None = None
    brand: BrandFields | None = None
    post_id: Annotated[CleanText, Field(max_length=100)] | None = None
    width: Annotated[int, Field(ge=64, le=1200)] | None = None

    model_config = {
        "json_schema_extra": {
            "examples": [{"content": "L'estate è già qui: -30% fino a domenica!", "style": "bold", "variant": 1}]
        }
    }


@router.post(
    "/preview",
    operation_id="preview_image",
    response_class=Response,
    responses={200: {"description": "The card", "content": {"image/jpeg": {}}}},
)
async def preview_image(body: PreviewFields, deps: DependenciesDep, caller: CallerDep) -> Response:
    """Draw the post's card with the built-in designer. Nothing is stored, and no provider is called.

    The same request returns the same bytes and the same `ETag`.
    """
    asked = PreviewRequest(
        content=body.content,
        cta=body.cta,
        style=body.style,
        variant=body.variant,
        platform=body.platform,
        aspect_ratio=body.aspect_ratio,
        prompt=body.image_prompt,
        handle=body.handle,
        kit=None if body.brand is None else body.brand.as_kit(),
        post_id=body.post_id,
        width=body.width,
    )
    data, digest = await deps.previews.card(caller.workspace.id, asked)
    headers = {"ETag": f'"{digest[:32]}"', "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type="image/jpeg", headers=headers)
