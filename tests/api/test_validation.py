"""`POST /posts/validate` counts and judges a text as publishing does, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from araldo.images.providers.offline import Offline
from tests.api.test_permissions import with_scopes
from tests.support.examples import examples
from tests.support.running_system import RunningSystem

POSTS, VALIDATE = "/api/v1/posts", "/api/v1/posts/validate"
CREATE = "/api/v1/social/create-multi-platform-post"
_CASES = json.loads((Path(__file__).parents[1] / "cases" / "counting.json").read_text())
COMPLETE = [case for case in _CASES if "limits" not in case and "utf16" in case]

# Near the limits of length, hashtags and mentions, and with what differs by unit.
PLATFORMS = ["facebook", "instagram", "instagram_story", "bluesky", "nowhere"]
TEXTS = st.one_of(
    st.sampled_from(["", " \n", "Ciao", "#a @ada@example.org https://example.com/" + "x" * 90, "👩‍👩‍👧‍👦" * 40]),
    st.builds(
        lambda text, times: text * times, st.sampled_from(["è", "京", "#tag ", "@ada ", "😀"]), st.integers(1, 2300)
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60),
)
POSTS_OF_ANY_KIND = st.fixed_dictionaries(
    {
        "content": TEXTS,
        "platforms": st.lists(st.sampled_from(PLATFORMS), max_size=4),
    },
    optional={
        "cta": st.sampled_from(["Scopri di più →", "", "x" * 900]),
        "hashtags": st.lists(st.sampled_from(["novità", "a b", "#uno", "1"]), max_size=31),
        "options": st.sampled_from([{}, {"facebook": {"strange": True}}, {"nowhere": {}}]),
        "shapes": st.sampled_from([{}, {"instagram": "16:9"}, {"instagram": "4:5"}]),
        "accounts": st.sampled_from([{}, {"facebook": "acc_none"}]),
    },
)


def judged(answer: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return answer["problems"], answer["warnings"]


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(body={"content": "x" * 2300, "platforms": ["facebook", "instagram", "facebook"]})
@example(body={"content": "Ciao", "platforms": ["facebook"]})
@given(body=POSTS_OF_ANY_KIND)
def test_validation_and_creation_find_the_same_problems(home: RunningSystem, body: dict[str, Any]) -> None:
    validated = home.ask("POST", VALIDATE, body)
    assert validated.status == 200, validated.raw
    dry_run = home.ask("POST", f"{CREATE}?validate_only=true", body)
    assert judged(validated.body) == judged(dry_run.body)
    assert validated.body["valid"] == (validated.body["problems"] == [])
    if not validated.body["valid"]:
        refused = home.ask("POST", CREATE, body)
        assert refused.status == 422, refused.raw
        assert refused.body["errors"] == validated.body["problems"]


@pytest.mark.parametrize(
    "body",
    [
        {"content": "Ciao", "platforms": ["facebook", "instagram"]},
        {"content": "", "platforms": ["facebook"], "texts": {"facebook": " "}},
        {"content": "Ciao", "platforms": ["instagram"], "texts": {"instagram": "x" * 2201}},
        {"content": "Ciao", "platforms": ["facebook", "instagram"], "image_provider": "none"},
        {"content": "x" * 64_000, "platforms": ["facebook", "instagram"], "hashtags": ["a b"]},
        {"content": "Ciao", "platforms": ["facebook"], "schedule_time": "2030-01-01T10:00:00Z"},
        {"content": "Ciao", "platforms": ["facebook"], "slides": [{"headline": "1"}] * 10},
        {},
    ],
    ids=lambda body: ",".join(body),
)
def test_validation_and_a_stored_draft_find_the_same(home: RunningSystem, body: dict[str, Any]) -> None:
    draft = home.ask("POST", POSTS, body)
    assert draft.status == 201, draft.raw
    assert judged(home.ask("POST", VALIDATE, body).body) == judged(draft.body)


@pytest.mark.parametrize("case", COMPLETE, ids=lambda case: case["text"])
def test_each_platform_counts_in_its_own_unit(home: RunningSystem, case: dict[str, Any]) -> None:
    body = {"content": case["text"], "platforms": ["facebook", "bluesky", "telegram", "instagram_story"]}
    by_platform = {one["platform"]: one for one in home.ask("POST", VALIDATE, body).body["counts"]}
    assert set(by_platform) == {"facebook", "bluesky", "telegram"}
    for name, unit in (("facebook", "code_points"), ("bluesky", "graphemes"), ("telegram", "utf16")):
        assert (by_platform[name]["unit"], by_platform[name]["text"]["count"]) == (unit, case[unit])
    if "bytes" in case:
        assert by_platform["bluesky"]["bytes"] == {"count": case["bytes"], "most": 3000}


def test_counts_are_of_the_composed_text_and_its_limits(home: RunningSystem) -> None:
    body = {"content": "Ciao @ada #uno", "cta": "Vieni", "hashtags": ["due"], "platforms": ["instagram", "telegram"]}
    instagram, telegram = home.ask("POST", VALIDATE, body).body["counts"]
    length = len("Ciao @ada #uno\n\nVieni\n\n#due")
    assert instagram["text"] == {"count": length, "most": 2200}
    assert instagram["hashtags"] == {"count": 2, "most": 30}
    assert instagram["mentions"]["count"] == 1
    assert telegram["text"] == {"count": length, "most": 1024}
    assert telegram["hashtags"] == {"count": 2, "most": None}
    *_, without_picture = home.ask("POST", VALIDATE, body | {"image_provider": "none"}).body["counts"]
    assert without_picture["text"]["most"] == 4096


def test_it_stores_makes_and_calls_nothing(home: RunningSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_picture(*_: object, **__: object) -> None:
        raise AssertionError("a picture was generated")

    monkeypatch.setattr(Offline, "generate", no_picture)
    posts, calls = home.ask("GET", POSTS).body, len(home.meta.log())
    body = {"content": "Ciao", "platforms": ["facebook"], "images": {"facebook": "med_1"}, "note": "x"}
    assert home.ask("POST", VALIDATE, body).body["valid"]
    assert home.ask("GET", POSTS).body == posts
    assert len(home.meta.log()) == calls


def test_it_names_an_unusable_picture_provider_and_a_missing_library_picture(home: RunningSystem) -> None:
    body = {"content": "Ciao", "platforms": ["facebook"], "image_provider": "strange"}
    slides = {"pictures": 2, "slides": [{"media_id": "med_none"}, {"headline": "Due"}]}
    validated = home.ask("POST", VALIDATE, body | slides).body
    assert [problem["pointer"] for problem in validated["problems"]] == ["/image_provider", "/slides/0/media_id"]
    refused = home.ask("POST", CREATE, body | slides | {"image_provider": "auto"})
    assert refused.body["errors"] == validated["problems"][1:]


@pytest.mark.parametrize(("scope", "status"), [("read", 200), ("draft", 200), ("publish", 403), ("manage", 403)])
def test_it_needs_the_permission_to_read_or_to_draft(home: RunningSystem, scope: str, status: int) -> None:
    narrow = with_scopes(home, scope)
    assert narrow.ask("POST", VALIDATE, {"content": "Ciao", "platforms": ["facebook"]}).status == status


@pytest.mark.parametrize("language", ["it", "en", "es"])
def test_problems_are_in_the_language_of_the_request(home: RunningSystem, language: str) -> None:
    named = {"Accept-Language": language}
    body = {"content": "x" * 2201, "platforms": ["instagram"]}
    validated, dry_run = (home.ask("POST", path, body, **named) for path in (VALIDATE, f"{CREATE}?validate_only=true"))
    assert validated.body["problems"] == dry_run.body["problems"]
    assert {"it": "lungo", "en": "long", "es": "largo"}[language] in validated.body["problems"][0]["detail"]
