"""Text search of posts: FTS5 on SQLite, tsvector on PostgreSQL."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, func, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.sql.expression import cast

from araldo.storage.database import Transaction
from araldo.storage.schema import posts

_WORDS = re.compile(r"\w+")
_WORDS_MAX = 20


def fold_text(parts: Iterable[str]) -> str:
    """Return the words without accents and case: "Perché NO?" becomes "perche no"."""
    apart = unicodedata.normalize("NFKD", " ".join(parts).casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(_WORDS.findall(bare))


@dataclass(frozen=True, slots=True)
class PostMatch:
    """A condition on posts by rows of other tables or an index of words. `matching`: those rows, to be counted."""

    matching: Select[Any]
    # The condition where few rows match: the database begins with them.
    chosen: ColumnElement[bool]
    # The condition where many do: the database asks it of each post in the order of the list.
    tested: ColumnElement[bool]


def search_words(transaction: Transaction, query: str) -> PostMatch | None:
    """Return a condition on posts: each word of the query begins a word of the post. None for no words."""
    words = fold_text([query]).split()[:_WORDS_MAX]
    if not words:
        return None
    if transaction.is_postgresql:
        simple = cast("simple", REGCONFIG)
        asked = func.to_tsquery(simple, " & ".join(f"'{word}':*" for word in words))
        condition = func.to_tsvector(simple, posts.c.search_text).op("@@")(asked)
        return PostMatch(select(posts.c.id).where(condition), condition, condition)
    found: Select[Any] = select(literal_column("rowid", Integer)).select_from(table("posts_search"))
    asked_of_fts = text("posts_search MATCH :asked").bindparams(asked=" ".join(f'"{word}"*' for word in words))
    matching = found.where(asked_of_fts)
    condition = posts.c.search_id.in_(matching)
    return PostMatch(matching, condition, condition)
