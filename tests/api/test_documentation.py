"""Serving of the documentation: pages, files, addresses without a page, and a site that is not built."""

from __future__ import annotations

import base64
import hashlib
import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI

from araldo.api.documentation import documentation_routes
from araldo.api.studio import Studio
from tests.support.running_system import ask
from tests.support.serving import serve

SCRIPT = "__md_scope = 1"
PAGE = f"""<!doctype html><title>Docs</title><script>{SCRIPT}</script><h1>Docs</h1>
<script id="__config" type="application/json">{{}}</script><script src="assets/bundle.0a1b2c3d.min.js"></script>"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("documentation")
    for name, text in {
        "docs/index.html": PAGE,
        "docs/api/index.html": PAGE,
        "docs/assets/bundle.0a1b2c3d.min.js": "1",
        "docs/search.json": "{}",
        "docs/images/studio.jpg": "picture",
        "secret.key": "secret",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with serve(app_with(folder / "docs")) as opened:
        yield opened


def app_with(folder: Path) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.routes.extend(documentation_routes(folder))
    app.router.default = Studio(folder.parent / "web")
    return app


@pytest.mark.parametrize("path", ["/docs/", "/docs/api/", "/docs/index.html"])
def test_pages_allow_their_own_scripts_and_no_others(url: str, path: str) -> None:
    reply = ask("GET", url + path)
    assert (reply.status, reply.headers["content-type"], reply.headers["cache-control"]) == (
        200,
        "text/html; charset=utf-8",
        "no-cache",
    )
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = reply.headers["content-security-policy"]
    assert f"default-src 'none'; script-src 'self' 'sha256-{digest}';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("assets/bundle.0a1b2c3d.min.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("search.json", "application/json", "no-cache"),
        ("images/studio.jpg", "image/jpeg", "no-cache"),
    ],
)
def test_files_are_kept_for_ever_only_when_their_names_contain_their_digest(
    url: str, path: str, kind: str, kept: str
) -> None:
    for method in ("GET", "HEAD"):
        reply = ask(method, f"{url}/docs/{path}")
        assert (reply.status, reply.headers["content-type"], reply.headers["cache-control"]) == (200, kind, kept)


def test_a_page_that_the_browser_has_is_not_sent_again(url: str) -> None:
    first = ask("GET", f"{url}/docs/")
    again = ask("GET", f"{url}/docs/", headers={"If-None-Match": str(first.headers["etag"])})
    assert (again.status, again.raw, again.headers["cache-control"]) == (304, b"", "no-cache")


@pytest.mark.parametrize(("path", "to"), [("/docs", "/docs/"), ("/docs/api", "/docs/api/")])
def test_redirects_name_no_host_so_they_work_behind_a_proxy(url: str, path: str, to: str) -> None:
    # Not `ask`, which follows redirects.
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    with closing(connection):
        connection.request("GET", path, headers={"Host": "internal:1"})
        reply = connection.getresponse()
        assert (reply.status, reply.headers["location"]) == (307, to)


@pytest.mark.parametrize("path", ["nowhere", "nowhere/", "api/x", "assets/", "..%2fsecret.key", "%00", "x" * 300])
def test_an_address_without_a_page_gets_a_404_page_in_the_readers_language(url: str, path: str) -> None:
    reply = ask("GET", f"{url}/docs/{path}")
    assert (reply.status, reply.headers["cache-control"]) == (404, "no-store")
    assert "The documentation has no page at this address" in reply.raw.decode()
    said = ask("GET", f"{url}/docs/{path}", headers={"Accept-Language": "it-CH"}).raw.decode()
    assert "La documentazione non ha pagine a questo indirizzo" in said
    assert '<a href="/docs/">' in said


def test_only_reading_is_possible(url: str) -> None:
    for path in ("/docs", "/docs/", "/docs/api/"):
        assert ask("POST", url + path).status == 405


def test_documentation_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    with serve(app_with(tmp_path / "docs")) as url:
        for path in ("/docs/", "/docs/api/"):
            reply = ask("GET", url + path)
            assert (reply.status, reply.headers["cache-control"]) == (503, "no-store")
            assert "The documentation is not built: run <code>make docs</code>" in reply.raw.decode()
            said = ask("GET", url + path, headers={"Accept-Language": "it"}).raw.decode()
            assert "La documentazione non è stata compilata: esegui <code>make docs</code>" in said
        # Built in the meantime: no start is needed.
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs/index.html").write_text(PAGE)
        assert ask("GET", f"{url}/docs/").status == 200
