"""Serving of the studio and of Swagger UI, also in a browser: nothing is loaded from other origins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import FileResponse
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import Request

from araldo.api.studio import Studio
from tests.support.running_system import RunningSystem, ask, start_system
from tests.support.serving import serve

INDEX = """<!doctype html><title>Studio</title><meta property="csp-nonce" nonce="ARALDO_CSP_NONCE">
<script type="module" src="/assets/index-1.js" nonce="ARALDO_CSP_NONCE"></script>"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    with start_system(tmp_path_factory.mktemp("studio")) as opened:
        yield opened


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "web"
    for name, text in {
        "index.html": INDEX,
        "favicon.svg": "<svg/>",
        "assets/index-1.js": "1",
        "assets/font-2.woff2": "2",
        ".vite/manifest.json": "{}",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder.parent / "secret.key").write_text("secret")
    return folder


@pytest.fixture(scope="module")
def url(built: Path) -> Iterator[str]:
    app = FastAPI(openapi_url=None)
    app.router.default = Studio(built)

    @app.post("/api/v1/posts")
    async def posts() -> None: ...

    with serve(app) as opened:
        yield opened


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/sign-in", "/posts/post_1", "/posts/", "/apis", "/accounts?x=/api/"]
)
def test_every_studio_path_serves_the_html_with_a_fresh_nonce(url: str, path: str) -> None:
    replies = [ask("GET", url + path) for _ in range(2)]
    nonces = [re.findall('nonce="([^"]+)"', reply.raw.decode()) for reply in replies]
    for reply, found in zip(replies, nonces, strict=True):
        assert (reply.status, reply.headers["cache-control"], reply.headers["etag"]) == (200, "no-cache", None)
        assert len(set(found)) == 1
        assert f"style-src 'self' 'nonce-{found[0]}';" in reply.headers["content-security-policy"]
        assert "unsafe" not in reply.headers["content-security-policy"]
    assert nonces[0] != nonces[1]


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("/assets/index-1.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/assets/font-2.woff2", "font/woff2", "public, max-age=31536000, immutable"),
        ("/favicon.svg", "image/svg+xml", "no-cache"),
    ],
)
def test_files_of_the_build_are_served(url: str, path: str, kind: str, kept: str) -> None:
    for method in ("GET", "HEAD"):
        reply = ask(method, url + path)
        assert (reply.status, reply.headers["content-type"], reply.headers["cache-control"]) == (200, kind, kept)


@pytest.mark.parametrize(
    "path",
    [
        "/assets/index-0.js",
        "/assets/",
        "/assets",
        "/favicon.ico",
        "/.vite/manifest.json",
        "/..%2fsecret.key",
        "/../secret.key",
        "/assets/..%2f..%2fsecret.key",
        "/assets/%00.js",
        "/api",
        "/api/v2",
        "/api/v1/nowhere",
        "/media/",
        "/media/med_1.png",
        "//api/v1/posts",
    ],
)
def test_unknown_files_and_paths_are_404(url: str, path: str) -> None:
    assert ask("GET", url + path).status == 404


def test_a_wrong_method_does_not_serve_the_html(url: str) -> None:
    assert ask("GET", f"{url}/api/v1/posts").status == 405
    assert ask("POST", f"{url}/sign-in").status == 404


@given(
    st.lists(
        st.sampled_from(["..", ".", "assets", "a", "b.js", "secret.key", "", "api", "media", "\\", "\0", "x" * 300])
    )
)
@example(["assets", "x" * 300 + ".js"])
@example(["..", "secret.key"])
def test_no_path_leads_out_of_the_folder(built: Path, parts: list[str]) -> None:
    with suppress(HTTPException):
        answer = Studio(built)._respond(Request({"type": "http", "method": "GET", "path": "/" + "/".join(parts)}))
        assert not isinstance(answer, FileResponse)


def test_an_unbuilt_studio_answers_with_how_to_build_it(tmp_path: Path) -> None:
    app = FastAPI(openapi_url=None)
    app.router.default = Studio(tmp_path / "web")
    with serve(app) as url:
        for path in ("/", "/sign-in"):
            reply = ask("GET", url + path)
            assert (reply.status, reply.headers["cache-control"]) == (503, "no-store")
            assert "the studio is not built: run <code>make web</code>" in reply.raw.decode()
            said = ask("GET", url + path, headers={"Accept-Language": "it"}).raw.decode()
            assert '<html lang="it">' in said
            assert "lo studio non è stato compilato: esegui <code>make web</code>" in said
            assert 'è descritta in <a href="/api/docs">/api/docs</a>' in said
        assert ask("GET", f"{url}/assets/x.js").status == 404
        # Built in the meantime: no start is needed.
        (tmp_path / "web").mkdir()
        (tmp_path / "web" / "index.html").write_text(INDEX)
        assert ask("GET", url).status == 200


def test_the_studio_does_not_shadow_any_route(home: RunningSystem) -> None:
    for method, path, status in (("GET", "/api/v1/nowhere", 404), ("GET", "/api/v1/connections", 405)):
        reply = home.ask(method, path)
        assert (reply.status, reply.body["status"], reply.headers["content-type"]) == (
            status,
            status,
            "application/problem+json",
        )
    for path in ("/docs", "/redoc"):
        assert b"swagger" not in ask("GET", home.url + path).raw.lower()


def test_swagger_ui_loads_from_this_server_only(home: RunningSystem) -> None:
    page = ask("GET", f"{home.url}/api/docs")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'self'" in page.headers["content-security-policy"]
    named = re.findall(r'(?:src|href)="([^"]+)"', page.raw.decode())
    assert len(named) == 4
    assert {ask("GET", home.url + name).status for name in named} == {200}
    assert ask("GET", f"{home.url}/api/docs/redoc.standalone.js").status == 404
    assert "<script>" not in page.raw.decode()
