"""The rules of a post's options on each platform, as problems. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from araldo.errors import Problem
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.platforms.options import Option, OptionValue, option_values
from araldo.posts.counting import count_graphemes
from araldo.posts.pointers import escape_pointer

OptionsByPlatform = Mapping[str, Mapping[str, OptionValue]]


def option_problems(options: OptionsByPlatform, declarations: Mapping[str, Declaration]) -> Iterator[Problem]:
    """Yield a problem for each option that its platform does not have, or whose value it does not take."""
    for name, given in options.items():
        if name in declarations:
            declared = declarations[name]
            known = {option.name: option for option in declared.options}
            for option_name, value in given.items():
                yield from _value_problems(declared, known, option_name, value)


def missing_option_problems(name: str, given: Mapping[str, OptionValue], declared: Declaration) -> Iterator[Problem]:
    """Yield a problem for each option that the platform requires and the post has no value for."""
    values = option_values(declared.options, given)
    for option in declared.options:
        if option.required and option.name not in values:
            said = Message("posts.option_missing", {"label": declared.label, "option": option.label})
            yield Problem(_pointer(name, option.name), "option_missing", said, name)


def _value_problems(
    declared: Declaration, known: Mapping[str, Option], name: str, value: OptionValue
) -> Iterator[Problem]:
    at = _pointer(declared.name, name)
    option = known.get(name)
    if option is None:
        said = Message("posts.option_unknown", {"label": declared.label, "option": name})
        yield Problem(at, "option_unknown", said, declared.name, tuple(known))
        return
    values = {"label": declared.label, "option": option.label}
    choices = tuple(choice.value for choice in option.choices)
    if isinstance(value, bool) != (option.kind == "flag") or (
        option.kind == "choice" and choices and value not in choices
    ):
        yield Problem(at, "option_invalid", Message("posts.option_invalid", values), declared.name, choices)
    elif isinstance(value, str) and option.text_max is not None and count_graphemes(value) > option.text_max:
        said = Message("posts.option_too_long", values).with_values(count=count_graphemes(value), most=option.text_max)
        yield Problem(at, "option_too_long", said, declared.name)


def _pointer(platform: str, name: str) -> str:
    return f"/options/{escape_pointer(platform)}/{escape_pointer(name)}"
