"""Small copies of pictures over HTTP, at the picture's own signed URL."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from tests.images.pictures import encode_picture, noise
from tests.support.running_system import RunningSystem, ask


def test_a_list_gets_a_small_copy_by_the_same_signature(home: RunningSystem) -> None:
    url = home.upload(encode_picture(noise("RGB", (1200, 800)), "JPEG")).body["url"]
    whole, small = ask("GET", url), ask("GET", f"{url}&size=small")
    assert (small.status, small.headers["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(BytesIO(small.raw)).size == (480, 320)
    assert Image.open(BytesIO(whole.raw)).size == (1200, 800)
    assert small.headers["Cache-Control"] == whole.headers["Cache-Control"] == "private, max-age=86400"
    assert ask("GET", f"{url}&size=full").raw == whole.raw


def test_it_needs_the_signature_and_a_known_size(home: RunningSystem) -> None:
    url = home.upload(encode_picture(noise("RGB", (1200, 800)), "JPEG")).body["url"]
    assert ask("GET", f"{url}0&size=small").status == 403
    assert ask("GET", f"{url}&size=huge").status == 422
