"""Posts on Acme. Each carries a reference of ours, by which a check finds it."""

from __future__ import annotations

from typing import Any

from araldo.errors import OutsideError
from araldo.images.spec import ImageSpec
from araldo.platforms.base import (
    CheckResult,
    Declaration,
    Destination,
    PlatformContext,
    Publication,
    Published,
    Ready,
    Ticket,
)
from araldo.platforms.caller import is_remote_id
from araldo.platforms.counting import TextLimits
from araldo.platforms.empty_checks import confirm_absence
from tools.scaffold.acme.service.client import SERVICE, AcmeClient, unclear

ACCOUNT_KIND = "acme_account"


class AcmePlatform:
    declaration = Declaration(
        name=SERVICE,
        label="Acme",
        service=SERVICE,
        account_kind=ACCOUNT_KIND,
        limits=TextLimits(text_max=1_000),
        image=ImageSpec(1200, 1200),
        prompt_suffix="square composition",
        preview="feed_card",
        shows_text=True,
        links_clickable=True,
        needs_picture=False,
        needs_public_url=False,
        pictures_max=4,
    )

    def __init__(self, context: PlatformContext) -> None:
        self._client = AcmeClient(context)
        self._clock = context.clock
        self._check_gap_s = context.check_gap_s

    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        """Upload the pictures, which nobody sees before the post."""
        ids = []
        for picture in publication.pictures:
            sent = {"file": ("picture.jpg", picture.data, "image/jpeg")}
            made = await self._client.call(
                "POST", "pictures", destination.credentials, form={"alt": picture.alt}, files=sent
            )
            ids.append(_id_of(made, visible=False))
        return Ticket.of(publication, ids=ids, state={"reference": key})

    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        if ticket.sends == 0:
            return Ready()
        query = {"reference": ticket.state["reference"]}
        found = (await self._client.call("GET", "posts", destination.credentials, params=query)).get("posts")
        if not isinstance(found, list) or not all(isinstance(post, dict) for post in found):
            raise unclear(visible=False)
        for post in found:
            remote_id = _id_of(post, visible=False)
            if remote_id not in destination.excluded_ids:
                return Published(remote_id, _link_of(post))
        return confirm_absence(ticket, now=self._clock.now(), gap_s=self._check_gap_s)

    async def publish(self, destination: Destination, ticket: Ticket, publication: Publication) -> Published:
        post = {"text": publication.text, "pictures": list(ticket.ids), "reference": ticket.state["reference"]}
        made = await self._client.send_visible_write(ticket, destination.credentials, post)
        return Published(_id_of(made, visible=True), _link_of(made))

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        return _link_of(await self._read_post(destination, remote_id))

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        pictures = (await self._read_post(destination, remote_id)).get("pictures")
        return len(pictures) if isinstance(pictures, list) else None

    async def _read_post(self, destination: Destination, remote_id: str) -> dict[str, Any]:
        """Return the post; nothing when it cannot be read, which is no failure once it is published."""
        try:
            return await self._client.call("GET", f"posts/{remote_id}", destination.credentials)
        except OutsideError:
            return {}


def _id_of(made: dict[str, Any], *, visible: bool) -> str:
    if not is_remote_id(made.get("id")):
        raise unclear(visible=visible)
    return str(made["id"])


def _link_of(post: dict[str, Any]) -> str | None:
    link = post.get("url")
    return link if isinstance(link, str) and link else None
