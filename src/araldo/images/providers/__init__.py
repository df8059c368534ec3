"""The list of image providers, and generating a picture with one of them or, for `auto`, with the first that can."""

from __future__ import annotations

from dataclasses import replace

from araldo.clock import Clock
from araldo.errors import OutsideError
from araldo.http import Http
from araldo.images.process import ImageRunner, ThreadImageRunner
from araldo.images.provider_settings import ProviderSettings, env_variable
from araldo.images.providers.base import ImageProvider, PictureRequest
from araldo.images.providers.cache import FinishedPicture, ImageCache
from araldo.images.providers.google import Google
from araldo.images.providers.offline import Offline
from araldo.images.providers.openai import OpenAI
from araldo.images.providers.pollinations import Pollinations
from araldo.images.providers.runner import ProviderRunner
from araldo.messages import DEFAULT_LANGUAGE, Message
from araldo.telemetry.observer import Observer

__all__ = ["AUTO", "IMAGE_PROVIDERS", "FinishedPicture", "ImageProviders", "ProviderUnavailable"]

AUTO = "auto"
IMAGE_PROVIDERS: tuple[type[ImageProvider], ...] = (Offline, Google, Pollinations, OpenAI)


class ProviderUnavailable(LookupError):
    """The provider does not exist or lacks a setting; no request was sent."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(message.to(DEFAULT_LANGUAGE))
        self.code = code
        self.message = message


class ImageProviders:
    """The configured providers. One per process: it keeps each provider's concurrency and rate limits."""

    def __init__(
        self,
        http: Http,
        settings: ProviderSettings,
        clock: Clock,
        images: ImageRunner | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Raises ValueError when the operator's order names an unknown provider."""
        images = images or ThreadImageRunner()
        self._settings = settings
        self._providers = {
            # Only the offline designer uses this machine's image process.
            kind.name: Offline(http, settings, clock, images) if kind is Offline else kind(http, settings, clock)
            for kind in IMAGE_PROVIDERS
        }
        self._runner = ProviderRunner(clock, images, settings.at_once, observer)
        self._order = self._auto_order()

    def known(self) -> tuple[str, ...]:
        """Return all names that a request may use besides `auto`, configured or not."""
        return tuple(self._providers)

    def missing_setting(self, name: str) -> str | None:
        """Return the variable that `name` lacks, None when it can be used. Raises ProviderUnavailable."""
        if name == AUTO:
            return None
        if name not in self._providers:
            names = ", ".join((AUTO, *self._providers))
            raise ProviderUnavailable(
                "provider_unknown", Message("providers.unknown", {"name": name[:40], "names": names})
            )
        return self._providers[name].missing_setting(self._settings)

    def uses_only_offline(self, name: str) -> bool:
        """Whether only the offline designer would be used."""
        return name == Offline.name or (
            name == AUTO and all(self.missing_setting(other) is not None for other in self._order[:-1])
        )

    def require(self, name: str) -> None:
        """Raise ProviderUnavailable unless `name` can be used."""
        missing = self.missing_setting(name)
        if missing is not None:
            raise ProviderUnavailable(
                "provider_not_configured", Message("providers.not_configured", {"name": name, "setting": missing})
            )

    async def generate(
        self, provider: str, request: PictureRequest, cache: ImageCache | None = None
    ) -> FinishedPicture:
        """Return a picture that meets `request.spec`, from `provider` or, for `auto`, from the first that succeeds.

        With a `cache`, an equal request is answered from it, and each generation by a remote provider is recorded.

        Raises ProviderUnavailable before any request is sent, errors.OutsideError when no provider succeeds.
        """
        self.require(provider)
        if provider != AUTO:
            return await self._generate_with(provider, request, cache)
        reasons: list[Message] = []
        for name in self._order[:-1]:
            missing = self.missing_setting(name)
            if missing is not None:
                reasons.append(Message("providers.not_configured", {"name": name, "setting": missing}))
                continue
            try:
                return _with_fallback_reason(await self._generate_with(name, request, cache), reasons)
            except OutsideError as failed:
                reasons.append(failed.message)
        return _with_fallback_reason(await self._generate_with(self._order[-1], request, cache), reasons)

    async def _generate_with(self, name: str, request: PictureRequest, cache: ImageCache | None) -> FinishedPicture:
        return await self._runner.generate(self._providers[name], request, cache)

    def _auto_order(self) -> tuple[str, ...]:
        """Return the operator's order up to `offline`, else every configured provider; `offline` is always last."""
        order = list(self._settings.order)
        unknown = [name for name in order if name not in self._providers]
        if unknown:
            raise ValueError(f"{env_variable('order')} names {unknown[0]!r}; there are: {', '.join(self._providers)}")
        if not order:
            order = [name for name in self._providers if self.missing_setting(name) is None and name != Offline.name]
        if Offline.name in order:
            order = order[: order.index(Offline.name)]
        return (*dict.fromkeys(order), Offline.name)


def _with_fallback_reason(finished: FinishedPicture, reasons: list[Message]) -> FinishedPicture:
    if not reasons:
        return finished
    joined = reasons[0] if len(reasons) == 1 else Message("providers.reasons", {"reasons": reasons})
    return replace(finished, fallback_reason=joined)
