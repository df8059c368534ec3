"""Request bodies: authentication before reading, and limits before parsing."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from araldo.api.bodies import JSON_MAX_VALUES, has_more_values
from araldo.api.permissions import OPEN_ROUTES
from tests.api.log_capture import capture_server_logs
from tests.support.running_system import RunningSystem, ask
from tests.support.waiting import until

DESCRIBED = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text())["paths"]
SIGN_IN, JOIN, CHOSEN = "/api/v1/session", "/api/v1/join", "/api/v1/connections/chosen"
CONSENT = "/api/v1/accounts/connect/meta/consent"
WRITES = [
    (method.upper(), path.replace("{", "").replace("}", ""))
    for path, methods in DESCRIBED.items()
    for method in methods
    if method != "get" and (method.upper(), path) not in OPEN_ROUTES
]
MEGABYTES = 2 * 1024 * 1024
EMPTY_LISTS = b"[" + b"[]," * (MEGABYTES // 3 - 1) + b"[]]"


def response_to_head(
    home: RunningSystem, method: str, path: str, *headers: str, sent: bytes = b"", kind: str = "application/json"
) -> tuple[int, str]:
    """Send only the head (and `sent`) and return status and body of the response, within a few seconds."""
    address = urlsplit(home.url)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address.netloc}", f"Content-Type: {kind}", *headers, "", ""]
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as client:
        client.sendall("\r\n".join(lines).encode() + sent)
        answer = b""
        while b"\r\n\r\n" not in answer or not answer.rstrip().endswith(b"}"):
            piece = client.recv(65_536)
            assert piece, answer
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


@pytest.mark.parametrize("length", ["Content-Length: 2000000", "Content-Length: 5", "Transfer-Encoding: chunked"])
def test_unauthenticated_requests_are_refused_before_the_body_on_every_route(home: RunningSystem, length: str) -> None:
    assert len(WRITES) > 30
    for method, path in WRITES:
        status, body = response_to_head(home, method, path, length)
        assert (status, json.loads(body)["code"]) == (401, "unauthorized"), (method, path)


def test_wrong_keys_and_sessions_are_refused_before_the_body(home: RunningSystem) -> None:
    for header in ("Authorization: Bearer ara_wrong", "Authorization: Basic YTpi", "Cookie: araldo_session=ses_wrong"):
        assert response_to_head(home, "POST", "/api/v1/posts", "Content-Length: 2000000", header)[0] == 401
    # Also where there is nothing, so that nobody parses a body for it.
    assert response_to_head(home, "POST", "/api/v1/nowhere", "Content-Length: 2000000")[0] == 401


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (SIGN_IN, 16 * 1024),
        (f"{JOIN}/register", 16 * 1024),
        (f"{JOIN}/preview", 4 * 1024),
        (CHOSEN, 24 * 1024),
        (CONSENT, 4 * 1024),
        ("/media/x.jpg", 4 * 1024),
    ],
)
def test_open_routes_read_a_few_kilobytes(home: RunningSystem, path: str, most: int) -> None:
    status, body = response_to_head(home, "POST", path, f"Content-Length: {most + 1}")
    assert (status, json.loads(body)["code"]) == (413, "too_large")
    assert f"{most // 1024} kB" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    ("path", "kind"), [(SIGN_IN, "application/json"), (CHOSEN, "application/x-www-form-urlencoded")]
)
def test_open_routes_limit_chunked_bodies_too(home: RunningSystem, path: str, kind: str) -> None:
    chunk = b"7000\r\n" + b"x" * 0x7000 + b"\r\n"
    status, body = response_to_head(home, "POST", path, "Transfer-Encoding: chunked", sent=chunk, kind=kind)
    assert (status, json.loads(body)["code"]) == (413, "too_large")


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
@pytest.mark.parametrize(("has_key", "expected"), [(True, (413, "too_large")), (False, (401, "unauthorized"))])
def test_a_client_that_reads_only_after_it_has_sent_all_gets_the_answer(
    home: RunningSystem, connection: str, has_key: bool, expected: tuple[int, str]
) -> None:
    headers = [f"Connection: {connection}", "Content-Length: 6000000"]
    headers += [f"Authorization: Bearer {home.key}"] * has_key
    status, body = response_to_head(home, "POST", "/api/v1/posts", *headers, sent=b" " * 6_000_000)
    assert (status, json.loads(body)["code"]) == expected


def test_a_client_that_sends_on_after_its_answer_is_cut_off(home: RunningSystem) -> None:
    address = urlsplit(home.url)
    head = f"POST /api/v1/posts HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\nContent-Length: 9\r\n\r\n"
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as client:
        client.sendall(head.encode())
        answer = b""
        while piece := client.recv(65_536):
            answer += piece
        assert answer.startswith(b"HTTP/1.1 401 ")
        until(lambda: _is_cut_off(client), within_s=15)


def _is_cut_off(client: socket.socket) -> bool:
    try:
        client.send(b"x")
    except OSError:
        return True
    return False


def test_the_longest_password_still_fits(home: RunningSystem) -> None:
    tried = {"name": "owner", "password": "\N{GRINNING FACE}" * 1000}
    assert ask("POST", home.url + SIGN_IN, tried).status == 401


def test_with_a_key_a_body_without_a_length_is_413_and_not_bad_json(home: RunningSystem) -> None:
    key = f"Authorization: Bearer {home.key}"
    chunks = b"".join(b"100000\r\n" + b" " * 0x100000 + b"\r\n" for _ in range(3))
    status, body = response_to_head(home, "POST", "/api/v1/posts", "Transfer-Encoding: chunked", key, sent=chunks)
    assert (status, json.loads(body)["code"]) == (413, "too_large")
    assert "2 MB" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    "body",
    [
        EMPTY_LISTS,
        b'{"hashtags": [' + b"1," * 900_000 + b"1]}",
        b'{"custom_images": {' + b",".join(b'"%d":1' % n for n in range(150_000)) + b"}}",
    ],
    ids=["lists", "numbers", "names"],
)
def test_json_with_too_many_values_is_refused_unparsed(home: RunningSystem, body: bytes) -> None:
    for path in ("/api/v1/posts", "/api/v1/media", "/api/v1/social/create-multi-platform-post"):
        headers = {"Authorization": f"Bearer {home.key}", "Content-Type": "application/json", "Idempotency-Key": "k"}
        reply = ask("POST", home.url + path, headers=headers, data=body)
        assert (reply.status, reply.body["code"]) == (413, "too_large")
        assert "10,000 values" in reply.body["detail"]


def test_commas_and_brackets_within_text_do_not_count_as_values(home: RunningSystem) -> None:
    text = '[,{"\\' * 15_000
    reply = home.ask("POST", "/api/v1/posts", {"content": text})
    assert reply.status == 201, reply.body
    assert reply.body["content"] == text


def test_at_most_a_hundred_problems_are_listed(home: RunningSystem) -> None:
    reply = home.ask("POST", "/api/v1/posts", {"content_by_platform": {}, "hashtags": [1] * 150, "platforms": [1] * 50})
    assert (reply.status, len(reply.body["errors"])) == (422, 100)


def test_values_are_counted_outside_of_strings() -> None:
    most = JSON_MAX_VALUES
    assert has_more_values(json.dumps([0] * (most + 1)).encode(), most)
    assert not has_more_values(json.dumps([0] * (most - 1)).encode(), most)
    assert not has_more_values(json.dumps(['",[{\\'] * (most - 1)).encode(), most)
    assert has_more_values(json.dumps(["\\"] * (most * 5)).encode(), most)
    assert has_more_values(b"[" * (most + 1) + b'"' + b"," * 50, most)


def test_a_disconnect_during_an_upload_is_not_logged_as_an_error(home: RunningSystem) -> None:
    address = urlsplit(home.url)
    head = (
        f"POST /api/v1/media HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {home.key}\r\n"
        "Content-Type: multipart/form-data; boundary=e\r\nContent-Length: 100000\r\n\r\n--e\r\n"
    )
    with capture_server_logs() as logged:
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as client:
            client.sendall(head.encode())
        until(lambda: any(line["event"] == "request" for line in logged), within_s=10)
    assert [line["event"] for line in logged if line["log_level"] == "error"] == []
