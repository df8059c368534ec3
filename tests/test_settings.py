"""The settings as environment variables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

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
