"""`araldo up`."""

from __future__ import annotations

from araldo.cli.runtime import load_settings, paused_collection
from araldo.console import print_message, set_up_logging
from araldo.messages import Message


def up() -> None:
    """Start Araldo: the web server and the worker."""
    with paused_collection():
        from araldo.app import Araldo, create_web
        from araldo.cli.administer import print_sign_in_link
        from araldo.data_folder import lock_data_folder
        from araldo.server import open_listening_socket, serve

    settings = load_settings()
    set_up_logging(settings.log_level)
    with lock_data_folder(settings.data_dir), open_listening_socket(settings.host, settings.port) as listening:
        araldo = Araldo(settings)
        print_message(Message("cli.starting"), url=settings.own_url)
        web = create_web(araldo, when_up=lambda: print_sign_in_link(araldo))
        serve(web, listening, before_stopping=araldo.event_feed.close)
