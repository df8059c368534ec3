"""Meta's part of the sandbox's records, ids, tokens and times."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from araldo.sandbox.common.store import SandboxStore, ServiceState
from araldo.sandbox.meta.records import (
    App,
    Business,
    Code,
    Comment,
    Container,
    Instagram,
    Media,
    MediaComment,
    Page,
    Photo,
    Post,
    Story,
    Token,
    User,
)
from araldo.sandbox.meta.switches import Switches


class MetaState(ServiceState[Switches]):
    """Apps, people, Pages, Instagram accounts, and what they published."""

    def __init__(self, store: SandboxStore) -> None:
        super().__init__(store, "meta", Switches, top_level=True)
        self.apps = self.create_table("app", App)
        self.users = self.create_table("user", User)
        self.businesses = self.create_table("business", Business)
        self.pages = self.create_table("page", Page)
        self.instagram = self.create_table("instagram", Instagram)
        self.tokens = self.create_table("token", Token)
        self.codes = self.create_table("code", Code)
        self.photos = self.create_table("photo", Photo)
        self.posts = self.create_table("post", Post)
        self.stories = self.create_table("story", Story)
        self.containers = self.create_table("container", Container)
        self.media = self.create_table("media", Media)
        self.comments = self.create_table("comment", Comment)
        self.media_comments = self.create_table("media_comment", MediaComment)

    @property
    def switches(self) -> Switches:
        return self.settings

    def publish_due_posts(self) -> None:
        """Publish the scheduled posts that are due."""
        for post in self.posts:
            if post.content_type == "SCHEDULED" and post.scheduled is not None and post.scheduled <= self.now():
                post.content_type, post.created = "PUBLISHED", post.scheduled
                self.show_photos(self.posts.save(post))

    def show_photos(self, post: Post) -> None:
        """Mark the photos of a published post as published."""
        for name in post.photos:
            photo = self.photos.get(name)
            if photo is not None:
                photo.published = True
                self.photos.save(photo)


def new_id(start: str, digits: int) -> str:
    """Return a new numeric id of `digits` digits; as at Meta, one of more than 16 does not fit a double."""
    rest = digits - len(start)
    return start + str(secrets.randbelow(10**rest)).zfill(rest)


def new_token() -> str:
    return "EAA" + secrets.token_urlsafe(90).replace("-", "Z").replace("_", "z")


def format_time(seconds: float) -> str:
    """Format a time as Graph does: 2019-05-17T16:24:04+0000."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
