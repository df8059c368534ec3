"""Text search, the one place where the two databases differ: FTS5 on SQLite, tsvector on PostgreSQL."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Integer, Select, func, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.sql.expression import cast

from araldo.storage.database import Transaction
from araldo.storage.schema import posts

_WORDS = re.compile(r"\w+")
_WORDS_MAX = 20


def fold_text(parts: Iterable[str]) -> str:
    """Without accents and case, words alone: "Perché NO?" is found as "perche no", in Italian and in English."""
    apart = unicodedata.normalize("NFKD", " ".join(parts).casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(_WORDS.findall(bare))


def search_condition(transaction: Transaction, query: str) -> ColumnElement[bool] | None:
    """A condition on posts: every word of the query begins a word of the post. None when it has no word."""
    words = fold_text([query]).split()[:_WORDS_MAX]
    if not words:
        return None
    if transaction.dialect.name == "postgresql":
        simple = cast("simple", REGCONFIG)
        asked = func.to_tsquery(simple, " & ".join(f"'{word}':*" for word in words))
        return func.to_tsvector(simple, posts.c.search_text).op("@@")(asked)
    found: Select[int] = select(literal_column("rowid", Integer)).select_from(table("posts_search"))
    asked_of_fts = text("posts_search MATCH :asked").bindparams(asked=" ".join(f'"{word}"*' for word in words))
    return posts.c.search_id.in_(found.where(asked_of_fts))
