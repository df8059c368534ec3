"""The settings as environment variables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ValidationError

from araldo.settings import Settings


def variables_of(model: type[BaseModel], prefix: str = "ARALDO_") -> Iterator[str]:
    """Yield the name of the variable of each setting."""
    for name, field in model.model_fields.items():
        variable = prefix + (field.alias or name).upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from variables_of(field.annotation, f"{variable}__")
        else:
            yield variable


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in variables_of(Settings):
        monkeypatch.delenv(variable, raising=False)


def test_a_variable_that_is_set_to_nothing_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment file with lines that are still to be filled in must not keep Araldo from starting."""
    default, variables = Settings().model_dump(), list(variables_of(Settings))
    assert {"ARALDO_PORT", "ARALDO_DATA_DIR", "ARALDO_METRICS__TOKEN", "ARALDO_MAIL__FROM"} <= set(variables)
    for variable in variables:
        monkeypatch.setenv(variable, "")
    assert Settings().model_dump() == default


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://me@db.example/araldo",
        "postgresql://me:sesame@db.example:port/araldo",
        "postgresql://me:open@sesame@db.example/araldo",
    ],
)
def test_a_database_that_cannot_be_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ARALDO_DATABASE__URL", url)
    with pytest.raises(ValidationError) as refused:
        Settings()
    (entry,) = refused.value.errors()
    assert (entry["loc"], "sesame" in entry["msg"]) == (("database", "url"), False)


@pytest.mark.parametrize(
    ("url", "used"),
    [
        (
            "postgres://me:p%40ss@[::1]:6432/araldo?sslmode=require",
            "postgresql+psycopg://me:p%40ss@[::1]:6432/araldo?sslmode=require",
        ),
        ("postgresql:///araldo", "postgresql+psycopg:///araldo"),
        ("sqlite+aiosqlite:////srv/araldo.db", "sqlite:////srv/araldo.db"),
    ],
)
def test_urls_of_both_databases_are_understood(monkeypatch: pytest.MonkeyPatch, url: str, used: str) -> None:
    monkeypatch.setenv("ARALDO_DATABASE__URL", url)
    assert Settings().database_url == used
