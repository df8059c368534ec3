"""The records of the sandbox's world; times are unix seconds of the sandbox's clock."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class App:
    id: str
    name: str
    secret: str


@dataclass(slots=True)
class User:
    """A person, or a system user of a business."""

    id: str
    name: str
    system: bool = False


@dataclass(slots=True)
class Business:
    id: str
    name: str
    owned_pages: list[str] = field(default_factory=list)
    client_pages: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """`public_number`: the second id, which its permalinks contain (graph-api.md 2.2).

    `tasks`: what the person may do there; None: everything, and Graph leaves the field out.
    """

    id: str
    name: str
    category: str
    public_number: str
    instagram: str | None = None
    tasks: list[str] | None = field(
        default_factory=lambda: ["ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE", "MESSAGING"]
    )


@dataclass(slots=True)
class Instagram:
    id: str
    username: str
    name: str
    page: str


@dataclass(slots=True)
class Token:
    """`id`: the token itself. `type`: as in debug_token; `expires_at` 0: never; `targets` None: all Pages."""

    id: str
    type: str
    app: str
    issued_at: float
    expires_at: float
    data_access_expires_at: float
    user: str | None = None
    page: str | None = None
    scopes: list[str] = field(default_factory=list)
    declined: list[str] = field(default_factory=list)
    targets: list[str] | None = None
    parent: str | None = None
    killed: int | None = None


@dataclass(slots=True)
class Code:
    """An authorization code of the OAuth dialog; valid once, for ten minutes."""

    id: str
    app: str
    user: str
    redirect_uri: str
    issued_at: float
    scopes: list[str]
    declined: list[str]
    targets: list[str] | None
    used: bool = False


@dataclass(slots=True)
class Photo:
    """`spent_by`: the post or story that used the photo, whose id is single-use."""

    id: str
    page: str
    app: str
    created: float
    width: int
    height: int
    message: str = ""
    alt_text: str = ""
    published: bool = False
    spent_by: str | None = None


@dataclass(slots=True)
class Post:
    """`content_type`: PUBLISHED, SCHEDULED (published at `scheduled`) or DRAFT (never published)."""

    id: str
    page: str
    app: str
    created: float
    updated: float
    message: str
    link: str
    photos: list[str]
    content_type: str
    scheduled: float | None = None

    @property
    def is_published(self) -> bool:
        return self.content_type == "PUBLISHED"


@dataclass(slots=True)
class Story:
    """A Page's story; `id` is Meta's post_id."""

    id: str
    page: str
    app: str
    photo: str
    media_id: str
    created: float


@dataclass(slots=True)
class Container:
    """`kind`: IMAGE, STORIES or CAROUSEL; its picture is stored under its own id. `error`: an Instagram subcode."""

    id: str
    instagram: str
    app: str
    created: float
    ready_at: float
    kind: str
    caption: str
    alt_text: str
    carousel_item: bool
    children: list[str]
    error: int | None = None
    refusals_left: int = 0
    media: str | None = None
    published_at: float | None = None


@dataclass(slots=True)
class Media:
    """A published Instagram post or story; `picture` names its container's picture; `parent` is set on children."""

    id: str
    instagram: str
    container: str
    created: float
    shortcode: str
    media_type: str
    media_product_type: str
    caption: str
    alt_text: str
    picture: str | None
    children: list[str]
    parent: str | None = None
    comments_enabled: bool = True


@dataclass(slots=True)
class Comment:
    """A comment that a Page left on `target`, a post or photo of its own; `parent` is the comment it replies to."""

    id: str
    page: str
    app: str
    created: float
    target: str
    message: str
    parent: str | None = None
    photo: str | None = None
    hidden: bool = False


@dataclass(slots=True)
class MediaComment:
    """A comment that an Instagram account left on its own media; `parent` is the comment it replies to."""

    id: str
    instagram: str
    app: str
    created: float
    media: str
    text: str
    parent: str | None = None
    hidden: bool = False
