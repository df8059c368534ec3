"""The workspace's brand kit: read and replace."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, Field

from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText
from araldo.api.problems import RESPONSES, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.images.designer import FONT_PAIRS
from araldo.images.designer.brand_colors import explain_color_changes, swatches
from araldo.messages import Language
from araldo.posts.compose import normalize_hashtags
from araldo.workspaces.brand import BrandKit, undrawable_name_notes

router = ResourceRouter(prefix="/api/v1/brand", tags=["brand"], responses=RESPONSES)

Color = Annotated[CleanText, Field(max_length=20, examples=["#0b3f9e"])]


class BrandFields(RequestModel):
    """`logo`: id of a library picture; `colors`: two of #rrggbb, the main colour and the accent.

    `tone`: words for image models. `hashtags` and `cta`: what a post begins with in the studio; posts of the API have
    their own. A field that is left out becomes empty.
    """

    name: Annotated[CleanText, Field(max_length=200)] = ""
    logo: Annotated[CleanText, Field(max_length=100)] | None = None
    colors: Annotated[list[Color], Field(min_length=2, max_length=2)] | None = None
    fonts: Annotated[CleanText, Field(max_length=40)] | None = None
    handle: Annotated[CleanText, Field(max_length=200)] = ""
    tone: Annotated[CleanText, Field(max_length=500)] = ""
    hashtags: Annotated[list[Annotated[CleanText, Field(max_length=200)]], Field(max_length=30)] = []
    cta: Annotated[CleanText, Field(max_length=1_000)] = ""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {"name": "Costa Viva", "colors": ["#0b3f9e", "#ffcb5c"], "fonts": "jakarta", "handle": "@costaviva"}
            ]
        }
    }

    def as_kit(self) -> BrandKit:
        colors = None if self.colors is None else (self.colors[0], self.colors[1])
        hashtags = tuple(normalize_hashtags(self.hashtags))
        return BrandKit(self.name, self.logo, colors, self.fonts, self.handle, self.tone, hashtags, self.cta)


class BrandColors(BaseModel):
    """The brand's colours in one style: text in `ink` on `ground`, and in `on_accent` on `accent`."""

    ground: str
    ink: str
    accent: str
    on_accent: str


class BrandRead(BaseModel):
    """`notes`: colours that cards change for legibility, and letters of the name that cards cannot draw.

    `logo_url` is valid for 48 hours.

    `styles`: the colours by style; `font_pairs`: the values of `fonts`.
    """

    name: str
    logo: str | None
    logo_url: str | None
    colors: list[str] | None
    fonts: str | None
    handle: str
    tone: str
    hashtags: list[str]
    cta: str
    notes: list[str]
    styles: dict[str, BrandColors]
    font_pairs: list[str]


@router.get("", operation_id="get_brand")
async def get_brand(request: Request, deps: DependenciesDep, caller: CallerDep) -> BrandRead:
    kit = await deps.branding.kit(caller.workspace.id)
    return _read_model_of(kit or BrandKit(), deps, language_of(request))


@router.put("", operation_id="set_brand")
async def set_brand(body: BrandFields, request: Request, deps: DependenciesDep, caller: CallerDep) -> BrandRead:
    """Replace the brand kit. Existing pictures stay as they are; new ones use it."""
    kit = await deps.branding.save(caller.workspace.id, body.as_kit())
    return _read_model_of(kit, deps, language_of(request))


def _read_model_of(kit: BrandKit, deps: AppDependencies, language: Language) -> BrandRead:
    colors = kit.colors
    return BrandRead(
        name=kit.name,
        logo=kit.logo,
        logo_url=None if kit.logo is None else deps.media_urls.sign(kit.logo, deps.clock.now()),
        colors=None if colors is None else list(colors),
        fonts=kit.fonts,
        handle=kit.handle,
        tone=kit.tone,
        hashtags=list(kit.hashtags),
        cta=kit.cta,
        notes=[
            note.to(language)
            for note in ([] if colors is None else explain_color_changes(colors)) + undrawable_name_notes(kit)
        ],
        styles={}
        if colors is None
        else {
            style: BrandColors(ground=swatch.ground, ink=swatch.ink, accent=swatch.accent, on_accent=swatch.on_accent)
            for style, swatch in swatches(colors).items()
        },
        font_pairs=list(FONT_PAIRS),
    )
