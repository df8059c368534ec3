"""The media library over HTTP: add, refuse, list, search, describe, delete."""

from __future__ import annotations

import http.client
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests.images.pictures import GREEN, RED, corners, encode_picture, near, noise, quarters
from tests.sandbox.meta import picture_host
from tests.support.running_system import Reply, RunningSystem, ask, start_system
from tests.support.serving import serve

MEDIA = "/api/v1/media"
HEIC = struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + bytes(99)
PHOTO = encode_picture(quarters((320, 200)), "JPEG", quality=95)


def located() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (45.0, 28.0, 0.0)
    return encode_picture(quarters((320, 200)), "JPEG", exif=exif, comment=b"told in confidence")


def errors(reply: Reply) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in reply.body["errors"]]


def test_a_file_is_added_to_the_library(home: RunningSystem) -> None:
    made = home.upload(located(), "C:\\Foto\\IMG_1.JPG", alt=" Un faro ")
    assert made.status == 201
    body = made.body
    assert (body["origin"], body["filename"], body["alt"]) == ("uploaded", "IMG_1.JPG", "Un faro")
    assert (body["width"], body["height"], body["mime"]) == (200, 320, "image/jpeg")
    assert body["placeholder"].startswith("data:image/webp;base64,")
    assert home.ask("GET", made.headers["Location"]).body["id"] == body["id"]
    got = ask("GET", body["url"])
    assert (got.status, got.headers["content-type"], len(got.raw)) == (200, "image/jpeg", body["bytes"])
    assert b"told" not in got.raw
    assert not Image.open(io.BytesIO(got.raw)).getexif()


def test_the_type_is_detected_from_the_bytes(home: RunningSystem) -> None:
    for name, kind in (("a.txt", "text/plain"), ("a.svg", "image/svg+xml"), ("a.gif", "image/gif")):
        made = home.upload(encode_picture(quarters((30, 20))), name, kind)
        assert (made.status, made.body["mime"]) == (201, "image/png")
        assert ask("GET", made.body["url"]).headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script></svg>", "svg"),
        (HEIC, "format_unsupported"),
        (b"<html>no picture</html>" + PHOTO, "not_a_picture"),
        (PHOTO[: len(PHOTO) // 2], "damaged"),
    ],
)
def test_a_file_that_is_no_picture_is_refused(home: RunningSystem, data: bytes, code: str) -> None:
    refused = home.upload(data, Accept_Language="it")
    assert (refused.status, errors(refused)) == (422, [("/file", code)])
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.body["detail"].endswith(".")
    assert home.ask("GET", MEDIA).body["data"] == []


def test_a_picture_of_too_many_pixels_is_refused(home: RunningSystem) -> None:
    refused = home.upload(encode_picture(Image.new("1", (20_000, 20_000))))
    assert (refused.status, errors(refused)) == (422, [("/file", "too_many_pixels")])


def test_only_the_first_frame_of_an_animation_is_stored_with_a_note(home: RunningSystem) -> None:
    frames = [Image.new("RGB", (96, 96), colour) for colour in (RED, GREEN)]
    data = encode_picture(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert "first frame" in home.upload(data).body["notes"][0]
    assert "primo fotogramma" in home.upload(data, Accept_Language="it").body["notes"][0]


def test_an_upload_above_25_mb_is_refused_while_it_is_read(home: RunningSystem) -> None:
    for data in (PHOTO + bytes(25 * 1024 * 1024), PHOTO + bytes(25 * 1024 * 1024 - len(PHOTO) + 1)):
        refused = home.upload(data)
        assert (refused.status, refused.body["code"]) == (413, "too_large")
        assert "25 MB" in refused.body["detail"]
    assert home.upload(PHOTO + bytes(25 * 1024 * 1024 - len(PHOTO))).status == 201


def test_a_chunked_upload_is_limited_too(home: RunningSystem) -> None:
    connection = http.client.HTTPConnection(urlsplit(home.url).netloc, timeout=60)
    head = b'--e\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    sent = iter([head, *([bytes(1024 * 1024)] * 27)])
    headers = {"Authorization": f"Bearer {home.key}", "Content-Type": "multipart/form-data; boundary=e"}
    connection.request("POST", MEDIA, body=sent, headers=headers, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["content-type"]) == (413, "application/problem+json")
    connection.close()


def test_only_uploads_may_be_that_large(home: RunningSystem) -> None:
    large = home.ask("POST", MEDIA, {"url": "x" * 3_000_000})
    assert (large.status, large.body["code"]) == (413, "too_large")


def test_a_form_without_a_file_and_an_invalid_body_are_refused(home: RunningSystem) -> None:
    auth = {"Authorization": f"Bearer {home.key}"}
    form = {**auth, "Content-Type": "multipart/form-data; boundary=e"}
    field = b'--e\r\nContent-Disposition: form-data; name="file"\r\n\r\nwords\r\n--e--\r\n'
    refused = ask("POST", home.url + MEDIA, headers=form, data=field)
    assert (refused.status, errors(refused)) == (422, [("/file", "missing")])
    for body in (b"", b"[]", b"{}", b'{"url": 1}', b"\xff\xd8\xff\xe0 raw bytes"):
        assert ask("POST", home.url + MEDIA, headers=auth, data=body).status == 422
    broken = ask("POST", home.url + MEDIA, headers={**auth, "Content-Type": "multipart/form-data"}, data=b"x")
    assert broken.status in (400, 422)
    assert errors(home.upload(PHOTO, alt="x" * 1001)) == [("/alt", "string_too_long")]
    assert ask("POST", home.url + MEDIA, headers={"Content-Type": "multipart/form-data"}, data=b"x").status == 401


@pytest.fixture
def pictures() -> Iterator[str]:
    with serve(picture_host()) as url:
        yield url


def test_a_picture_is_added_from_a_url(tmp_path: Path, pictures: str) -> None:
    with start_system(tmp_path, fetch={"allow": [pictures.removeprefix("http://")]}) as home:
        made = home.ask("POST", MEDIA, {"url": f"{pictures}/300x100.jpg", "alt": "Il mare"})
        assert (made.status, made.body["origin"], made.body["alt"]) == (201, "fetched", "Il mare")
        assert (made.body["width"], made.body["height"], made.body["filename"]) == (300, 100, "300x100.jpg")
        for path in ("page.jpg", "nothing-here.jpg"):
            refused = home.ask("POST", MEDIA, {"url": f"{pictures}/{path}"})
            assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/url")
        assert len(home.ask("GET", MEDIA).body["data"]) == 1
        again = home.ask("POST", MEDIA, {"url": made.body["url"]})
        assert (again.status, again.body["alike"]) == (201, [made.body["id"]])


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/a.jpg", "http://169.254.169.254/x", "http://[::1]/a.jpg", "file:///etc/passwd", "x"]
)
def test_a_non_public_address_is_refused(home: RunningSystem, url: str) -> None:
    refused = home.ask("POST", MEDIA, {"url": url})
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/url")


def test_a_repeated_upload_with_the_same_key_adds_one_medium(home: RunningSystem) -> None:
    first = home.upload(PHOTO, Idempotency_Key="k")
    assert home.upload(PHOTO, Idempotency_Key="k").body["id"] == first.body["id"]
    other = home.upload(encode_picture(quarters((30, 20))), Idempotency_Key="k")
    assert (other.status, errors(other)) == (422, [("", "idempotency_key_reused")])
    assert len(home.ask("GET", MEDIA).body["data"]) == 1
    assert home.upload(b"", Idempotency_Key="mended").status == 422
    assert home.upload(PHOTO, Idempotency_Key="mended").status == 201


def test_media_are_listed_searched_described_and_deleted(home: RunningSystem) -> None:
    ids = [home.upload(PHOTO, name).body["id"] for name in ("Faro_rosso.jpg", "Città.jpg", "mare.jpg")]
    first = home.ask("GET", f"{MEDIA}?limit=2").body
    assert ([one["id"] for one in first["data"]], first["has_more"]) == (ids[:0:-1], True)
    rest = home.ask("GET", f"{MEDIA}?limit=2&cursor={first['next_cursor']}").body
    assert ([one["id"] for one in rest["data"]], rest["next_cursor"]) == ([ids[0]], None)
    assert [one["id"] for one in home.ask("GET", f"{MEDIA}?q=citta").body["data"]] == [ids[1]]
    assert home.ask("GET", f"{MEDIA}?origin=generated").body["data"] == []
    assert home.ask("GET", f"{MEDIA}?origin=stolen").status == 422
    described = home.ask("PATCH", f"{MEDIA}/{ids[2]}", {"alt": "Un tramonto"})
    assert (described.status, described.body["alt"]) == (200, "Un tramonto")
    assert home.ask("PATCH", f"{MEDIA}/{ids[2]}", {"alt": "x" * 1001}).status == 422
    assert [one["id"] for one in home.ask("GET", f"{MEDIA}?q=tramonto").body["data"]] == [ids[2]]
    assert home.ask("DELETE", f"{MEDIA}/{ids[2]}").status == 204
    assert home.ask("DELETE", f"{MEDIA}/{ids[2]}").status == 404
    assert ask("GET", described.body["url"]).status == 404


def test_generated_pictures_are_in_the_library(home: RunningSystem) -> None:
    home.ask("POST", "/api/v1/marketing/image/batch-generate", {"images": [{"prompt": "un faro"}]})
    (made,) = home.ask("GET", f"{MEDIA}?origin=generated&q=faro").body["data"]
    assert (made["alt"], made["provider"]) == ("un faro", "offline")


def test_a_large_photo_comes_back_whole(home: RunningSystem) -> None:
    photo = encode_picture(noise("RGB", (1600, 1200)), "JPEG", quality=95)
    got = ask("GET", home.upload(photo).body["url"])
    assert Image.open(io.BytesIO(got.raw)).tobytes() == Image.open(io.BytesIO(photo)).tobytes()
    assert near(corners(ask("GET", home.upload(PHOTO).body["url"]).raw)[0], RED, 30)
