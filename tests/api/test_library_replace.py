"""Replacing a library picture over HTTP: named unpublished posts take the new one, the others keep theirs."""

from __future__ import annotations

from typing import Any

from tests.api.approvals import approval, approved, editor_of, owner_of
from tests.api.test_library import MEDIA, errors
from tests.api.test_permissions import with_scopes
from tests.images.pictures import encode_picture, noise, quarters
from tests.support.running_system import RunningSystem, ask

CROP = {"x": 0.25, "y": 0.0, "w": 0.5, "h": 1.0}
LATER = "2037-03-01T10:00:00Z"


def _upload(home: RunningSystem, size: tuple[int, int] = (640, 400), **fields: str) -> str:
    made = home.upload(encode_picture(noise("RGB", size), "JPEG"), "foto.jpg", **fields)
    assert made.status == 201, made.raw
    return str(made.body["id"])


def _post(home: RunningSystem, **fields: Any) -> str:
    made = home.ask("POST", "/api/v1/posts", {"content": "Un faro", "platforms": ["facebook"], **fields})
    assert made.status == 201, made.raw
    return str(made.body["job_id"])


def _image(home: RunningSystem, post_id: str) -> Any:
    return home.ask("GET", f"/api/v1/posts/{post_id}").body["images"]["facebook"]


def _uses(home: RunningSystem, medium_id: str) -> set[str]:
    return {use["post_id"] for use in home.ask("GET", f"{MEDIA}/{medium_id}").body["used_by"]}


def _replace(home: RunningSystem, old: str, new: str, *posts: str) -> Any:
    return home.ask("POST", f"{MEDIA}/{old}/replace", {"media_id": new, "posts": list(posts)})


def test_named_posts_take_the_new_picture_and_the_old_one_leaves_the_library(home: RunningSystem) -> None:
    old, new = _upload(home, alt="Un faro", tags="Estate"), _upload(home)
    draft = _post(home, images={"facebook": {"media_id": old, "crop": CROP, "alt": "Scritto per il post"}})
    scheduled = _post(home, images={"facebook": old}, schedule_time=LATER)
    assert home.ask("POST", f"/api/v1/posts/{scheduled}/schedule", {}).status == 200
    done = _replace(home, old, new, draft, scheduled)
    assert done.status == 200, done.raw
    assert [(post["post_id"], post["replaced"], post["code"]) for post in done.body["posts"]] == [
        (draft, True, None),
        (scheduled, True, None),
    ]
    assert (done.body["removed"], done.body["detail"]) == (True, None)
    medium = done.body["medium"]
    assert (medium["id"], medium["alt"], medium["tags"]) == (new, "Un faro", ["Estate"])
    assert _uses(home, new) == {draft, scheduled}
    assert home.ask("GET", f"{MEDIA}/{old}").status == 404
    assert home.ask("GET", f"/api/v1/posts/{scheduled}").body["status"] == "scheduled"
    # The same ratio keeps the crop, and a text that was written for the post stays.
    image = _image(home, draft)
    assert (image["media_id"], image["crop"]) == (new, CROP)
    assert image["alt"] == "Scritto per il post"
    assert "post.edited" in home.ask("GET", f"/api/v1/posts/{draft}/timeline?raw=true").raw.decode()


def test_posts_that_are_not_named_keep_the_old_picture(home: RunningSystem) -> None:
    old, new = _upload(home), _upload(home)
    named, other = (_post(home, images={"facebook": old}) for _ in range(2))
    done = home.ask("POST", f"{MEDIA}/{old}/replace", {"media_id": new, "posts": [named]}, Accept_Language="it")
    assert (done.status, done.body["removed"]) == (200, False)
    assert "Post non ancora pubblicati che usano questa immagine: 1." in done.body["detail"]
    assert (_uses(home, old), _uses(home, new)) == ({other}, {named})
    # The rest can be done later, by the same call.
    assert _replace(home, old, new, other).body["removed"] is True
    assert _uses(home, new) == {named, other}


def test_another_ratio_is_fitted_anew(home: RunningSystem) -> None:
    old, new = _upload(home), _upload(home, (500, 500))
    post = _post(home, images={"facebook": {"media_id": old, "crop": CROP}})
    assert _replace(home, old, new, post).body["posts"][0]["replaced"] is True
    assert _image(home, post)["crop"] is None


def test_slides_that_name_the_picture_name_the_new_one(home: RunningSystem) -> None:
    old, new = _upload(home), _upload(home)
    slides = [{"headline": "Uno"}, {"media_id": old}]
    post = _post(home, platforms=["instagram"], slides=slides)
    assert _replace(home, old, new, post).body["removed"] is True
    named = [slide["media_id"] for slide in home.ask("GET", f"/api/v1/posts/{post}").body["slides"]]
    assert named == [None, new]


def test_what_is_published_keeps_the_old_picture(home: RunningSystem) -> None:
    old, new = _upload(home), _upload(home)
    fields = {"platform_images": {"facebook": old}, "publish_immediately": True}
    post = home.create(wait=30, **fields).body["job_id"]
    before = home.ask("GET", f"/api/v1/posts/{post}").body
    assert before["status"] == "published"
    done = _replace(home, old, new, post)
    assert [(entry["replaced"], entry["code"]) for entry in done.body["posts"]] == [(False, "not_replaceable")]
    assert done.body["removed"] is True
    after = home.ask("GET", f"/api/v1/posts/{post}").body
    assert (after["images"], after["rev"]) == (before["images"], before["rev"])
    assert ask("GET", after["platforms"][0]["image_url"]).status == 200


def test_a_locked_picture_and_an_unknown_post_say_why_they_are_not_changed(home: RunningSystem) -> None:
    old, new = _upload(home), _upload(home)
    locked, free = (_post(home, images={"facebook": old}) for _ in range(2))
    assert home.ask("POST", f"/api/v1/posts/{locked}/images/facebook/lock", {"locked": True}).status == 200
    done = _replace(home, old, new, locked, "post_none", free, free)
    assert [(post["replaced"], post["code"]) for post in done.body["posts"]] == [
        (False, "image_locked"),
        (False, "not_found"),
        (True, None),
    ]
    assert all(post["detail"] for post in done.body["posts"] if not post["replaced"])
    assert (done.body["removed"], _uses(home, old)) == (False, {locked})


def test_a_scheduled_post_needs_the_permission_to_publish(home: RunningSystem) -> None:
    old, new = _upload(home), _upload(home)
    scheduled = _post(home, images={"facebook": old}, schedule_time=LATER)
    assert home.ask("POST", f"/api/v1/posts/{scheduled}/schedule", {}).status == 200
    done = _replace(with_scopes(home, "read", "draft"), old, new, scheduled)
    assert [(post["replaced"], post["code"]) for post in done.body["posts"]] == [(False, "permission_missing")]
    assert _uses(home, old) == {scheduled}


def test_a_picture_that_is_not_in_the_library_replaces_nothing(home: RunningSystem) -> None:
    old = _upload(home)
    post = _post(home, images={"facebook": old})
    assert _replace(home, old, "med_none", post).status == 404
    assert _replace(home, "med_none", old, post).status == 404
    same = _replace(home, old, old, post)
    assert (same.status, errors(same)) == (422, [("/media_id", "same_medium")])
    assert _uses(home, old) == {post}


def test_the_brands_logo_stays_in_the_library(home: RunningSystem) -> None:
    logo = home.upload(encode_picture(quarters((300, 300)))).body["id"]
    assert home.ask("PUT", "/api/v1/brand", {"logo": logo}).status == 200
    done = _replace(home, logo, _upload(home))
    assert (done.body["removed"], done.body["detail"]) == (
        False,
        "This picture is your brand's logo. Choose another logo first.",
    )


def test_an_approved_post_that_takes_the_new_picture_is_approved_no_more(home: RunningSystem) -> None:
    owner = owner_of(home)
    editor = editor_of(home)
    old, new = _upload(home), _upload(home)
    path = f"/api/v1/posts/{_post(editor, images={'facebook': old})}"
    approved(owner, editor, path)
    assert _replace(home, old, new, path.rpartition("/")[2]).body["posts"][0]["replaced"] is True
    assert approval(editor, path)["state"] == "withdrawn"
