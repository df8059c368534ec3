"""Which column of a table holds which part of a post, by the names in its first row. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message
from araldo.tables.formulas import unmark_formula
from araldo.tables.models import Cell, Row


class Column(StrEnum):
    """A part of a post that a column may hold."""

    TEXT = "text"
    CTA = "cta"
    HASHTAGS = "hashtags"
    PLATFORMS = "platforms"
    DATE = "date"
    TIME = "time"
    ZONE = "zone"
    PICTURE = "picture"
    ALT = "alt"
    PROMPT = "prompt"
    NOTE = "note"


# In English, Italian and Spanish, and as the API and the export call it.
NAMES: Mapping[Column, tuple[str, ...]] = {
    Column.TEXT: ("text", "content", "caption", "post", "testo", "contenuto", "texto", "contenido"),
    Column.CTA: ("cta", "call to action", "invito all'azione", "invito", "llamada a la accion", "llamada"),
    Column.HASHTAGS: ("hashtags", "hashtag", "tags", "etiquetas", "etichette"),
    Column.PLATFORMS: (
        *("platforms", "platform", "networks", "piattaforme", "piattaforma"),
        *("social", "plataformas", "plataforma", "redes", "redes sociales"),
    ),
    Column.DATE: (
        *("date", "schedule time", "wall time", "date and time", "when"),
        *("data", "data e ora", "quando", "fecha", "fecha y hora", "cuando"),
    ),
    Column.TIME: ("time", "ora", "orario", "hora"),
    Column.ZONE: ("zone", "time zone", "timezone", "fuso", "fuso orario", "zona", "zona horaria", "huso horario"),
    Column.PICTURE: ("picture", "image", "photo", "immagine", "foto", "imagen"),
    Column.ALT: ("alt", "alt text", "image alt", "testo alternativo", "texto alternativo"),
    Column.PROMPT: ("prompt", "image prompt", "base image prompt", "prompt immagine", "prompt de imagen"),
    Column.NOTE: ("note", "notes", "internal note", "nota", "note interne", "nota interna", "notas"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that were recognized: their positions, and their names as the file has them.

    `unknown`: the names of the others, whose content is not imported.
    """

    positions: Mapping[Column, int]
    names: Mapping[Column, str]
    unknown: Sequence[str]

    def cell(self, row: Row, column: Column) -> Cell:
        """Return a row's cell; "" where the row or the table has none."""
        position = self.positions.get(column)
        return "" if position is None or position >= len(row.cells) else row.cells[position]

    def text(self, row: Row, column: Column) -> str:
        """Return a row's cell as text, without white space around it and the mark of what is no formula."""
        cell = self.cell(row, column)
        return unmark_formula(cell).strip() if isinstance(cell, str) else cell.isoformat()


def find_columns(header: Row) -> Columns:
    """Recognize the columns. Raises PostInvalid when the text is missing, or two columns hold the same."""
    names = [cell.strip() if isinstance(cell, str) else cell.isoformat() for cell in header.cells]
    found: dict[Column, int] = {}
    unknown: list[str] = []
    problems: list[Problem] = []
    for position, name in enumerate(names):
        column = _COLUMNS.get(fold_name(name))
        if column is None:
            unknown += [name] if name else []
        elif column in found:
            values = {"one": names[found[column]], "other": name}
            problems.append(Problem("/file", "column_repeated", Message("imports.column_repeated", values)))
        else:
            found[column] = position
    if Column.TEXT not in found:
        listed = ", ".join(f'"{name[:40]}"' for name in names[:10] if name)
        problems.append(Problem("/file", "column_missing", Message("imports.column_missing", {"found": listed})))
    if problems:
        raise PostInvalid(problems)
    return Columns(found, {column: names[position] for column, position in found.items()}, unknown)


def fold_name(name: str) -> str:
    """Return a name without case, accents, and differences of spaces, hyphens and underscores."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return " ".join(plain.casefold().replace("_", " ").replace("-", " ").replace("’", "'").split())


_COLUMNS = {name: column for column, names in NAMES.items() for name in names}
