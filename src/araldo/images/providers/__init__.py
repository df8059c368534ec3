"""The picture providers that there are, and the way from a request to a picture that fits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from araldo.clock import Clock
from araldo.errors import OutsideError, Sentence
from araldo.http import Http
from araldo.images.fit import Fitted, Unfit, fit
from araldo.images.providers.base import (
    ImageProvider,
    Made,
    PictureRequest,
    ProviderSettings,
    Studio,
    failure,
)
from araldo.images.providers.google import Google
from araldo.images.providers.offline import Offline
from araldo.images.providers.openai import OpenAI
from araldo.images.providers.pollinations import Pollinations

AUTO = "auto"
LAST = Offline.name


class ProviderKind(Protocol):
    name: str

    def __call__(self, studio: Studio) -> ImageProvider: ...

    def missing_setting(self, studio: Studio, /) -> str | None:
        """The setting without which it cannot work; None when it can."""
        ...


IMAGE_PROVIDERS: tuple[ProviderKind, ...] = (
    Google,
    OpenAI,
    Pollinations,
    Offline,
)

_AT_ONCE_EACH = 4
_FITTING_AT_ONCE = 2


class ProviderUnavailable(LookupError):
    """There is no such provider, or it is not set up."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Finished:
    """A JPEG that its spec accepts. `fallback_reason`: why it is not from the first provider in order."""

    data: bytes
    width: int
    height: int
    placeholder: str
    provider: str
    notes: tuple[Sentence, ...]
    fallback_reason: Sentence | None


class ImageProviders:
    def __init__(self, http: Http, settings: ProviderSettings, clock: Clock) -> None:
        self._studio = Studio(http, clock, settings)
        self._kinds = {kind.name: kind for kind in IMAGE_PROVIDERS}
        self._built: dict[str, ImageProvider] = {}
        self._rooms = {name: asyncio.Semaphore(_AT_ONCE_EACH) for name in self._kinds}
        self._fitting = asyncio.Semaphore(_FITTING_AT_ONCE)

    def require(self, name: str) -> None:
        """Raises ProviderUnavailable when `name` is unknown, or known and not set up."""
        if name == AUTO:
            return
        kind = self._kinds.get(name)
        if kind is None:
            known = ", ".join([AUTO, *self._kinds])
            raise ProviderUnavailable("provider_unknown", _UNKNOWN.with_(name=name, known=known))
        missing = kind.missing_setting(self._studio)
        if missing is not None:
            raise ProviderUnavailable("provider_not_configured", _NOT_SET_UP.with_(name=name, setting=missing))

    async def make(self, name: str, request: PictureRequest) -> Finished:
        """Raises ProviderUnavailable, or the OutsideError of the last provider that was asked."""
        self.require(name)
        reason: Sentence | None = None
        order = self._order() if name == AUTO else (name,)
        for provider in order:
            try:
                return await self._one(provider, request, reason)
            except OutsideError as failed:
                if provider == order[-1]:
                    raise
                reason = reason or failed.sentence
        raise AssertionError("an order of providers is never empty")

    def _order(self) -> Sequence[str]:
        wanted = self._studio.settings.order or tuple(self._kinds)
        usable = [
            name
            for name in wanted
            if name in self._kinds and name != LAST and self._kinds[name].missing_setting(self._studio) is None
        ]
        return [*usable, LAST]

    async def _one(self, name: str, request: PictureRequest, reason: Sentence | None) -> Finished:
        if name not in self._built:
            self._built[name] = self._kinds[name](self._studio)
        async with self._rooms[name]:
            made = await self._built[name].make(request)
        fitted = await self._fit(name, made, request)
        return Finished(fitted.data, fitted.width, fitted.height, fitted.placeholder, name, made.notes, reason)

    async def _fit(self, name: str, made: Made, request: PictureRequest) -> Fitted:
        """Nothing that a provider gave comes out unchecked."""
        try:
            async with self._fitting:
                fitted = await asyncio.to_thread(fit, made.data, request.spec)
        except Unfit as unfit:
            raise failure(name, "bad_response", raw=unfit.code) from unfit
        problem = request.spec.problem_with(fitted.data)
        if problem is not None:
            raise AssertionError(f"fit made a picture that its spec refuses: {problem}")
        return fitted


_UNKNOWN = Sentence(
    'There is no picture provider "{name}". Known: {known}.',
    'Il fornitore di immagini "{name}" non esiste. Noti: {known}.',
)
_NOT_SET_UP = Sentence(
    'The picture provider "{name}" is not set up: set {setting}.',
    'Il fornitore di immagini "{name}" non è configurato: imposta {setting}.',
)
