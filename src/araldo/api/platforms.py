"""The platforms, with their limits, picture formats and preview, from their declarations."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import Request
from pydantic import BaseModel

from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.problems import RESPONSES, language_of
from araldo.api.routing import ResourceRouter
from araldo.messages import Language
from araldo.platforms.base import Declaration
from araldo.platforms.counting import TextLimits, Unit
from araldo.platforms.options import Option, OptionKind

router = ResourceRouter(prefix="/api/v1", tags=["platforms"], responses=RESPONSES)


class ImageSpecRead(BaseModel):
    """In pixels and bytes."""

    width: int
    height: int
    ratio: str
    max_bytes: int
    mime: str


class ShapeRead(BaseModel):
    """`name`: the value in a post's `shapes`."""

    name: str
    width: int
    height: int
    ratio: str


class LimitsRead(BaseModel):
    """Limits of a text; null means no limit.

    `unit` is what `text_max`, and `text_with_pictures_max` for a post with pictures, count: `code_points`, `graphemes`
    (what a reader takes for one character), `utf16` (code units) or `weighted` (as X counts). `bytes_max`: of UTF-8.
    `url_length`: what each link counts, whatever its length; with `url_needs_scheme`, only of links with http(s)://.
    `mention_domain_counts`: false where `@name@example.org` counts as `@name`.
    """

    text_max: int
    hashtags_max: int | None
    mentions_max: int | None
    unit: Unit
    text_with_pictures_max: int | None
    bytes_max: int | None
    url_length: int | None
    url_needs_scheme: bool
    mention_domain_counts: bool

    @classmethod
    def of(cls, limits: TextLimits) -> LimitsRead:
        return cls(**asdict(limits))


class ChoiceRead(BaseModel):
    value: str
    label: str


class OptionRead(BaseModel):
    """One option of a post on the platform; its value goes into the post's `options`, by platform and `name`.

    `kind`: `choice` (one of `choices`), `text` (of at most `text_max` characters) or `flag` (true or false).
    `default`: used where the post has no value. `required`: without value and default the post is not published.
    `counts_in_text`: the option's text counts in the post's text. Labels are in the language of the request.
    """

    name: str
    kind: OptionKind
    label: str
    help: str | None
    choices: list[ChoiceRead]
    default: bool | str | None
    required: bool
    text_max: int | None
    counts_in_text: bool

    @classmethod
    def of(cls, option: Option, language: Language) -> OptionRead:
        return cls(
            name=option.name,
            kind=option.kind,
            label=option.label.to(language),
            help=None if option.help is None else option.help.to(language),
            choices=[
                ChoiceRead(
                    value=choice.value,
                    label=choice.label if isinstance(choice.label, str) else choice.label.to(language),
                )
                for choice in option.choices
            ],
            default=option.default,
            required=option.required,
            text_max=option.text_max,
            counts_in_text=option.counts_in_text,
        )


class AccountRules(BaseModel):
    """What holds on a platform for one account: the platform's own rules, with those that the account's server sets."""

    limits: LimitsRead
    pictures_max: int
    options: list[OptionRead]

    @classmethod
    def of(cls, declared: Declaration, language: Language) -> AccountRules:
        return cls(
            limits=LimitsRead.of(declared.limits),
            pictures_max=declared.pictures_max,
            options=[OptionRead.of(option, language) for option in declared.options],
        )


class SafeMarginsRead(BaseModel):
    """Margins of `image`, in its pixels, that the platform's own controls may cover."""

    top: int
    right: int
    bottom: int
    left: int


class FoldRead(BaseModel):
    """Where the platform folds a text in a feed, about: in characters as readers count, and in lines."""

    characters: int
    lines: int


class PlatformRead(BaseModel):
    """`can_check`: False where a post whose answer was lost cannot be looked up, so that a person has to decide."""

    name: str
    label: str
    limits: LimitsRead
    image: ImageSpecRead
    shapes: list[ShapeRead]
    pictures_max: int
    safe_margins: SafeMarginsRead
    options: list[OptionRead]
    preview: str
    preview_fold: FoldRead | None
    shows_text: bool
    links_clickable: bool
    needs_picture: bool
    account_kind: str
    can_check: bool

    @classmethod
    def of(cls, declared: Declaration, language: Language) -> PlatformRead:
        return cls(
            name=declared.name,
            label=declared.label,
            limits=LimitsRead.of(declared.limits),
            image=ImageSpecRead(
                width=declared.image.width,
                height=declared.image.height,
                ratio=declared.image.ratio,
                max_bytes=declared.image.max_bytes,
                mime=declared.image.mime,
            ),
            shapes=[
                ShapeRead(name=name, width=shape.image.width, height=shape.image.height, ratio=shape.image.ratio)
                for name, shape in declared.shapes.items()
            ],
            pictures_max=declared.pictures_max,
            safe_margins=SafeMarginsRead(**asdict(declared.safe_margins)),
            options=[OptionRead.of(option, language) for option in declared.options],
            preview=declared.preview,
            preview_fold=None if declared.fold is None else FoldRead(**asdict(declared.fold)),
            shows_text=declared.shows_text,
            links_clickable=declared.links_clickable,
            needs_picture=declared.needs_picture,
            account_kind=declared.account_kind,
            can_check=declared.can_check,
        )


class PlatformList(BaseModel):
    data: list[PlatformRead]


@router.get("/platforms", operation_id="list_platforms")
async def list_platforms(request: Request, deps: DependenciesDep, _caller: CallerDep) -> PlatformList:
    language = language_of(request)
    return PlatformList(data=[PlatformRead.of(declared, language) for declared in deps.declarations.values()])
