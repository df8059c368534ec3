"""The fields of PostContent are those that requests, answers and the database have; changes name some of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from araldo.api.answers import PostAnswer, PostRead
from araldo.api.post_content import ContentRead
from araldo.api.posts import PostFields
from araldo.posts.content import (
    BY_PLATFORM_FIELDS,
    CONTENT_FIELDS,
    ContentChanges,
    PostContent,
    content_values,
    platforms_named,
)
from araldo.posts.models import Post
from araldo.posts.rules import NewPost
from araldo.storage.schema import posts

FULL = PostContent(
    content="Ciao",
    cta="Vai",
    hashtags=["uno"],
    texts={"wall": "Ehi"},
    shapes={"square": "1:1"},
    options={"square": {"pinned": True}},
    slides=[{}, {}],
)


def test_requests_answers_and_the_database_have_each_field() -> None:
    every_field = PostFields.model_validate({name: PostFields().model_dump()[name] for name in PostFields.model_fields})
    assert every_field.as_changes().names == frozenset(CONTENT_FIELDS)
    assert len(ContentRead.model_fields) == len(CONTENT_FIELDS)
    assert set(ContentRead.model_fields) <= set(PostRead.model_fields) - set(PostAnswer.model_fields)
    assert set(CONTENT_FIELDS) <= {column.name for column in posts.columns}
    assert set(CONTENT_FIELDS) <= set(Post.__dataclass_fields__) & set(NewPost.__dataclass_fields__)


def test_content_moves_whole_from_one_class_to_another() -> None:
    assert content_values(NewPost(**content_values(FULL), platforms=["wall"])) == content_values(FULL)


def test_changes_leave_the_fields_that_they_do_not_name() -> None:
    changes = ContentChanges(replace(FULL, content="Altro", texts={}), frozenset({"content", "texts"}))
    assert changes.apply_to(FULL) == replace(FULL, content="Altro", texts={})
    assert changes.alone == PostContent(content="Altro")
    assert ContentChanges().apply_to(FULL) == FULL


def test_changes_of_no_field_of_a_post_are_refused() -> None:
    with pytest.raises(ValueError, match="posts have no rev"):
        ContentChanges(FULL, frozenset({"rev", "content"}))


def test_platforms_are_named_by_the_fields_that_have_a_value_for_each() -> None:
    assert BY_PLATFORM_FIELDS == ("texts", "platform_prompts", "shapes", "options")
    assert list(platforms_named(FULL)) == [("texts", "wall"), ("shapes", "square"), ("options", "square")]
