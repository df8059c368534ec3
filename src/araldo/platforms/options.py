"""Options of a post on one platform, as data: what the studio draws, the API validates and `publish` is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from araldo.messages import Message

OptionKind = Literal["choice", "text", "flag"]
# The value of a choice and of a text is text, that of a flag true or false.
OptionValue = str | bool


@dataclass(frozen=True, slots=True)
class OptionChoice:
    """One value of a choice. `label`: text as the service wrote it, or a message of the service's catalogue."""

    value: str
    label: Message | str


@dataclass(frozen=True, slots=True)
class Option:
    """One option, such as who sees the post. `label` and `help` are messages of the service's catalogue.

    `default`: used where the post has no value. `required`: without value and default, the post is not published.
    `choices`: of a choice; empty where only the account's facts name them. `text_max`: in graphemes.
    `counts_in_text`: the option's text counts in the post's text (a content warning on some services).
    """

    name: str
    kind: OptionKind
    label: Message
    help: Message | None = None
    choices: tuple[OptionChoice, ...] = ()
    default: OptionValue | None = None
    required: bool = False
    text_max: int | None = None
    counts_in_text: bool = False


def option_values(options: Iterable[Option], given: Mapping[str, OptionValue]) -> dict[str, OptionValue]:
    """Return the value of each option that has one: the given one, else the default. An empty text is no value."""
    values = {option.name: given.get(option.name, option.default) for option in options}
    return {name: value for name, value in values.items() if value is not None and value != ""}


def counted_texts(options: Iterable[Option], given: Mapping[str, OptionValue]) -> list[str]:
    """Return the texts of the options that count in the post's text."""
    counting = [option for option in options if option.counts_in_text]
    return [str(value) for value in option_values(counting, given).values()]


def options_of(declared: Sequence[Option], facts: Mapping[str, Any]) -> tuple[Option, ...]:
    """Return the options with the choices and defaults that an account's facts name, as `{name: {choices, default}}`.

    A choice is a value, or `{"value", "label"}`. What is of another shape is ignored: the facts come from outside.
    """
    return tuple(_option_of(option, facts.get(option.name)) for option in declared)


def strictest_options(each: Sequence[Sequence[Option]]) -> tuple[Option, ...]:
    """Return the options for several accounts at once: the choices that all of them have, and a default among these."""
    return tuple(_shared(of_each) for of_each in zip(*each, strict=True))


def _option_of(option: Option, facts: object) -> Option:
    if not isinstance(facts, Mapping):
        return option
    listed = facts.get("choices")
    choices = tuple(_choices_of(option, listed)) if isinstance(listed, list) else option.choices
    default = facts.get("default")
    return _with_choices(option, choices, default if isinstance(default, str | bool) else option.default)


def _choices_of(option: Option, listed: Sequence[object]) -> Iterable[OptionChoice]:
    declared = {choice.value: choice for choice in option.choices}
    for entry in listed:
        value = entry.get("value") if isinstance(entry, Mapping) else entry
        if isinstance(value, str):
            label = entry.get("label") if isinstance(entry, Mapping) else None
            yield declared.get(value) or OptionChoice(value, label if isinstance(label, str) else value)


def _shared(options: Sequence[Option]) -> Option:
    first, *others = options
    values = [{choice.value for choice in other.choices} for other in others]
    shared = tuple(choice for choice in first.choices if all(choice.value in known for known in values))
    return _with_choices(first, shared, first.default)


def _with_choices(option: Option, choices: tuple[OptionChoice, ...], default: OptionValue | None) -> Option:
    """Return the option with these choices; a default that is none of them is left out."""
    fits = option.kind != "choice" or default in [choice.value for choice in choices]
    return replace(option, choices=choices, default=default if fits else None)
