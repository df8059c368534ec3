"""The record of a post: its text with facets, its languages, and what is embedded: pictures, or the card of a link.

Facts: the lexicons app.bsky.feed.post, app.bsky.embed.images and com.atproto.identity.resolveHandle.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from araldo.errors import OutsideError, TryLater
from araldo.messages import Message
from araldo.platforms.base import Destination, Picture, PlatformContext, Publication
from araldo.platforms.bluesky.facets import build_facets, find_handles, find_links
from araldo.platforms.bluesky.identity import is_did
from araldo.platforms.bluesky.link_card import read_link_card
from araldo.platforms.bluesky.settings import SERVICE
from araldo.platforms.bluesky.xrpc import XrpcClient

# As many as fit into a post, and a bound for the requests that a text can cause.
_MENTIONS_MAX = 30


class RecordBuilder:
    def __init__(self, context: PlatformContext, xrpc: XrpcClient) -> None:
        self._http = context.http
        self._xrpc = xrpc

    async def build(
        self, destination: Destination, publication: Publication, languages: Sequence[str]
    ) -> dict[str, Any]:
        """Upload the pictures and return the record, without the time of its creation."""
        text = publication.text
        facets = build_facets(text, await self._resolve_mentions(destination, text))
        embed = await self._embed_of(destination, publication)
        return {
            "$type": "app.bsky.feed.post",
            "text": text,
            **({"facets": facets} if facets else {}),
            **({"langs": list(languages)} if languages else {}),
            **({"embed": embed} if embed else {}),
        }

    async def _resolve_mentions(self, destination: Destination, text: str) -> dict[str, str]:
        """Return the DID of each handle that the text mentions and that has one."""
        handles = find_handles(text)[:_MENTIONS_MAX]
        dids = await asyncio.gather(*[self._resolve(destination, handle) for handle in handles])
        return {handle: did for handle, did in zip(handles, dids, strict=True) if did is not None}

    async def _resolve(self, destination: Destination, handle: str) -> str | None:
        try:
            answer = await self._xrpc.query(
                str(destination.host), "com.atproto.identity.resolveHandle", {"handle": handle}
            )
        except OutsideError:
            # A mention that cannot be resolved stays plain text: that is no reason not to publish.
            return None
        did = answer.get("did")
        return str(did) if is_did(did) else None

    async def _embed_of(self, destination: Destination, publication: Publication) -> dict[str, Any] | None:
        if publication.pictures:
            images = [await self._upload(destination, picture) for picture in publication.pictures]
            return {"$type": "app.bsky.embed.images", "images": images}
        links = find_links(publication.text)
        return await read_link_card(self._http, links[0]) if links else None

    async def _upload(self, destination: Destination, picture: Picture) -> dict[str, Any]:
        answer = await self._xrpc.call(
            str(destination.host),
            "com.atproto.repo.uploadBlob",
            token=destination.credentials.secrets["access"],
            secrets=tuple(destination.credentials.secrets.values()),
            body=picture.data,
            headers={"Content-Type": "image/jpeg"},
        )
        blob = answer.get("blob")
        if not isinstance(blob, dict) or not isinstance(blob.get("ref"), dict):
            raise TryLater(Message("bluesky.errors.unreadable"), after_s=5, service=SERVICE, code="no_json")
        return {
            "alt": picture.alt,
            "image": blob,
            "aspectRatio": {"width": picture.width, "height": picture.height},
        }
