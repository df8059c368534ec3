"""Who makes pictures, and the studio that asks them: configured ones only, every answer made to fit and checked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from araldo.clock import Clock
from araldo.errors import OutsideError, Sentence
from araldo.http import Http
from araldo.images.fit import Fitted, Unfit, fit
from araldo.images.providers.base import ImageProvider, Made, PictureRequest, ProviderSettings, variable
from araldo.images.providers.failures import failure
from araldo.images.providers.google import Google
from araldo.images.providers.offline import Offline
from araldo.images.providers.openai import OpenAI
from araldo.images.providers.pollinations import Pollinations

AUTO = "auto"
IMAGE_PROVIDERS: tuple[type[ImageProvider], ...] = (Offline, Google, Pollinations, OpenAI)

# Fitting a large picture takes some hundred megabytes.
_FITTING_AT_ONCE = 2


class ProviderUnavailable(LookupError):
    """No such provider, or it lacks a setting: nothing was asked of anyone."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Finished:
    """A picture that meets its spec. `fallback_reason` says why those before `provider` did not make it."""

    data: bytes
    width: int
    height: int
    provider: str
    notes: tuple[Sentence, ...]
    fallback_reason: Sentence | None
    placeholder: str


class ImageProviders:
    """All that can make pictures, as configured. One for a process: it keeps the rooms and the pace of each."""

    def __init__(self, http: Http, settings: ProviderSettings, clock: Clock) -> None:
        """Raises ValueError when the operator's order names someone who does not exist."""
        self._settings = settings
        self._providers = {kind.name: kind(http, settings, clock) for kind in IMAGE_PROVIDERS}
        self._rooms = {kind.name: asyncio.Semaphore(kind.at_once) for kind in IMAGE_PROVIDERS}
        self._fitting = asyncio.Semaphore(_FITTING_AT_ONCE)
        self._order = self._auto_order()

    def known(self) -> tuple[str, ...]:
        """All names that a request may give besides `auto`, configured or not."""
        return tuple(self._providers)

    def missing_setting(self, name: str) -> str | None:
        """The variable that keeps `name` from being used; None when it can be. Raises ProviderUnavailable."""
        if name == AUTO:
            return None
        if name not in self._providers:
            names = ", ".join((AUTO, *self._providers))
            raise ProviderUnavailable("provider_unknown", _UNKNOWN.with_(name=name[:40], names=names))
        return self._providers[name].missing_setting(self._settings)

    def require(self, name: str) -> None:
        """Raises ProviderUnavailable unless `make(name, ...)` would ask someone."""
        missing = self.missing_setting(name)
        if missing is not None:
            raise ProviderUnavailable("provider_not_configured", _NOT_SET.with_(name=name, setting=missing))

    async def make(self, provider: str, request: PictureRequest) -> Finished:
        """A picture that `request.spec` has no problem with, from `provider` or, for `auto`, the first that manages.

        Raises ProviderUnavailable before anyone is asked; errors.OutsideError when none made one (never a placeholder).
        """
        self.require(provider)
        if provider != AUTO:
            return await self._one(provider, request)
        reasons: list[Sentence] = []
        for name in self._order[:-1]:
            missing = self.missing_setting(name)
            if missing is not None:
                reasons.append(_NOT_SET.with_(name=name, setting=missing))
                continue
            try:
                return _told(await self._one(name, request), reasons)
            except OutsideError as failed:
                reasons.append(failed.sentence)
        return _told(await self._one(self._order[-1], request), reasons)

    async def _one(self, name: str, request: PictureRequest) -> Finished:
        async with self._rooms[name]:
            made = await self._providers[name].make(request)
        fitted = await self._fitted(made, request)
        problem = request.spec.problem_with(fitted.data)
        if problem is not None:
            raise failure("bad_response", name, raw=problem)
        return Finished(
            fitted.data, fitted.width, fitted.height, name, made.notes, made.fallback_reason, fitted.placeholder
        )

    async def _fitted(self, made: Made, request: PictureRequest) -> Fitted:
        try:
            async with self._fitting:
                return await asyncio.to_thread(fit, made.data, request.spec)
        except Unfit as unfit:
            raise failure("bad_response", made.provider, raw=unfit.code) from unfit

    def _auto_order(self) -> tuple[str, ...]:
        """The operator's order up to `offline`, else every configured one; `offline` ends it."""
        order = list(self._settings.order)
        unknown = [name for name in order if name not in self._providers]
        if unknown:
            raise ValueError(f"{variable('order')} names {unknown[0]!r}; there are: {', '.join(self._providers)}")
        if not order:
            order = [name for name in self._providers if self.missing_setting(name) is None and name != Offline.name]
        if Offline.name in order:
            order = order[: order.index(Offline.name)]
        return (*dict.fromkeys(order), Offline.name)


def _told(finished: Finished, reasons: list[Sentence]) -> Finished:
    if not reasons:
        return finished
    joined = Sentence(" ".join(reason.en for reason in reasons), " ".join(reason.it for reason in reasons))
    return replace(finished, fallback_reason=joined)


_UNKNOWN = Sentence(
    'There is no picture provider "{name}"; there are: {names}.',
    'Il provider di immagini "{name}" non esiste; ci sono: {names}.',
)
_NOT_SET = Sentence("{name} is not configured: set {setting}.", "{name} non è configurato: imposta {setting}.")
