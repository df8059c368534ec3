"""`araldo openapi`."""

from __future__ import annotations

import json

from araldo.cli.runtime import load_settings, paused_collection


def openapi() -> None:
    """Print the API's description."""
    with paused_collection():
        from araldo.app import Araldo
        from araldo.asgi import create_web

    print(json.dumps(create_web(Araldo(load_settings())).openapi(), indent=2, ensure_ascii=False, sort_keys=True))
