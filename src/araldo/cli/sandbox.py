"""`araldo sandbox`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from araldo.cli.runtime import load_settings, paused_collection
from araldo.console import set_up_logging


def sandbox(
    port: Annotated[int | None, typer.Option(help="Port to listen on; default: ARALDO_SANDBOX_PORT.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder that keeps the posts; default: none, they are lost at the end.")
    ] = None,
) -> None:
    """Start the sandbox, which plays the services to publish to on this machine."""
    with paused_collection():
        from araldo.sandbox.app import create_app
        from araldo.server import open_listening_socket, serve
        from araldo.storage.private_files import make_private_folder, restrict_tree

    settings = load_settings()
    set_up_logging(settings.log_level)
    number = port or settings.sandbox_port
    if data_dir is not None:
        make_private_folder(data_dir)
        restrict_tree(data_dir)
    with open_listening_socket("127.0.0.1", number) as listening:
        serve(create_app(public_url=f"http://127.0.0.1:{number}", data_dir=data_dir), listening)
