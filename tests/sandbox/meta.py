"""A simple Graph client for tests, and pictures to publish."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
from fastapi import FastAPI, Response
from PIL import Image

PAGE = "100000000000101"
ACCOUNT = "17841400000000101"
APP, SECRET = "1000000000000001", "sandbox-secret"


@dataclass(slots=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["error"]
        return found

    @property
    def codes(self) -> tuple[int, int | None]:
        return self.error["code"], self.error.get("error_subcode")


class Meta:
    """A client that sends parameters in the query; `form` is sent as a body."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        async with self._session.request(method, f"{self.url}/_sandbox/{path}", json=body) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def set(self, **switches: Any) -> None:
        await self.control("POST", "settings", switches)

    async def token(self, kind: str = "user_long", **order: Any) -> str:
        minted = await self.control("POST", "tokens", {"type": kind, **order})
        return str(minted["access_token"])

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.control("GET", "state")
        return found

    async def call(
        self, method: str, path: str, token: str | None = None, form: Any = None, headers: Any = None, **params: Any
    ) -> Answer:
        query = {name: _text(value) for name, value in params.items() if value is not None}
        if token is not None:
            query["access_token"] = token
        url = path if path.startswith("http") else f"{self.url}/v26.0/{path}"
        async with self._session.request(method, url, params=query, data=form, headers=headers) as answer:
            text = await answer.text()
            body = json.loads(text) if "json" in answer.headers.get("content-type", "") else text
            return Answer(answer.status, body, dict(answer.headers))

    async def get(self, path: str, token: str | None = None, **params: Any) -> Answer:
        return await self.call("GET", path, token, **params)

    async def post(self, path: str, token: str | None = None, form: Any = None, **params: Any) -> Answer:
        return await self.call("POST", path, token, form, **params)

    async def photo(self, token: str, data: bytes | None = None, **params: Any) -> Answer:
        """Upload a photo by multipart, unpublished by default."""
        form = aiohttp.FormData()
        form.add_field("source", jpeg() if data is None else data, filename="a.jpg", content_type="image/jpeg")
        return await self.post(f"{PAGE}/photos", token, form, **{"published": False, **params})

    async def container(self, token: str, image_url: str, **params: Any) -> str:
        made = await self.post(f"{ACCOUNT}/media", token, image_url=image_url, **params)
        assert made.status == 200, made.body
        return str(made.body["id"])

    async def publish(self, token: str, container: str) -> Answer:
        return await self.post(f"{ACCOUNT}/media_publish", token, creation_id=container)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


@cache
def jpeg(width: int = 1080, height: int = 1080, *, kind: str = "JPEG", colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


def picture_host() -> FastAPI:
    """Return an app that serves `/WIDTHxHEIGHT.jpg`, and URLs that fail in every way."""
    app = FastAPI(openapi_url=None)

    @app.get("/robots.txt")
    async def robots() -> Response:
        return Response("User-agent: *\nDisallow: /private/\n", media_type="text/plain")

    @app.get("/{width}x{height}.{kind}")
    async def picture(width: int, height: int, kind: str) -> Response:
        known = {"jpg": "JPEG", "png": "PNG"}[kind]
        return Response(jpeg(width, height, kind=known), media_type=f"image/{known.lower()}")

    @app.get("/private/a.jpg")
    async def private() -> Response:
        return Response(jpeg(), media_type="image/jpeg")

    @app.get("/page.jpg")
    async def page() -> Response:
        return Response("<html>please log in</html>", media_type="text/html")

    @app.get("/broken.jpg")
    async def broken() -> Response:
        return Response(jpeg()[:200], media_type="image/jpeg")

    @app.get("/large.jpg")
    async def large() -> Response:
        return Response(jpeg() + bytes(8 * 1024 * 1024), media_type="image/jpeg")

    @app.get("/moved.jpg")
    async def moved() -> Response:
        return Response(status_code=302, headers={"Location": "/10x10.jpg"})

    @app.get("/slow.jpg")
    async def slow() -> Response:
        await asyncio.sleep(0.5)
        return Response(jpeg(), media_type="image/jpeg")

    return app
