"""NUL characters, which PostgreSQL refuses, in paths, queries and file names."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from tests.images.pictures import encode_picture, quarters
from tests.support.browsing import signed_in
from tests.support.running_system import ask, start_system


def test_a_null_character_is_refused_wherever_it_stands(tmp_path: Path, fresh_postgres: str) -> None:
    """For every path parameter and every text parameter of every route."""
    with start_system(tmp_path, database={"url": fresh_postgres}) as home:
        document = ask("GET", f"{home.url}/api/v1/openapi.json").body["paths"]
        person = signed_in(home)
        for path, operations in document.items():
            for method, operation in operations.items():
                caller = home if {"HTTPBearer": []} in operation.get("security", ()) else person
                if "{" in path:
                    reply = caller.ask(method.upper(), re.sub(r"\{\w+\}", "a%00b", path))
                    assert (reply.status, reply.body["code"]) == (404, "not_found"), (method, path)
                for name in (one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"):
                    reply = caller.ask(method.upper(), f"{path}?{name}=a%00b")
                    assert (reply.status, reply.body["errors"][0]["pointer"]) == (422, f"/{name}"), (method, path)
        hook = home.ask("POST", "/api/v1/webhooks", {"url": "https://example.com/"}).body["id"]
        # What a cursor holds is read before it is looked for.
        for listed in ("posts", "media", "social/posts", f"webhooks/{hook}/deliveries"):
            for cursor in (
                b'["\\u0000","\\u0000"]',
                b"2030-01-01T00:00:00+00:00|a\x00",
                b"0001-01-01T00:00:00+14:00|a",
                b"\x00",
            ):
                sent = base64.urlsafe_b64encode(cursor).decode()
                assert home.ask("GET", f"/api/v1/{listed}?cursor={sent}").status == 422
        made = home.upload(encode_picture(quarters((400, 400)), "JPEG"), filename="a%00b\x00.jpg")
        assert made.status in {201, 400, 422}, made.raw
