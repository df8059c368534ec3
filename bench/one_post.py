"""One post from the request until it is published with its link, beside the calls that cannot be left out."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.support.waiting import until

from bench.due_posts import all_links_read
from bench.ideal import PLATFORMS, IdealClient, IdealPost
from bench.system import DATABASES, BenchSystem, Server, open_system
from bench.table import print_table

_SETS = {"Instagram": ("instagram",), "three platforms": PLATFORMS}
_TEXT = "Da oggi la nuova stagione: prova {}, con tutto quello che serve per un fine settimana fuori porta."


def publish_illustrated(system: BenchSystem, server: Server, platforms: Sequence[str], text: str) -> float:
    """Publish a post whose pictures are made; return the seconds from the request until its links are there."""
    post_id = server.schedule_illustrated(text, platforms, _later())
    system.responder.reset()
    started = time.perf_counter()
    server.post(f"posts/{post_id}/publish", {})
    _wait_for_links(system, server, post_id, platforms)
    return time.perf_counter() - started


def create_and_publish(system: BenchSystem, server: Server, platforms: Sequence[str], text: str) -> float:
    """Create and publish a post in one request, its pictures drawn on the way; return the seconds as above."""
    fields = server.post_fields(text, platforms) | {"publish_immediately": True}
    system.responder.reset()
    started = time.perf_counter()
    post_id = server.post("social/create-multi-platform-post?wait=45", fields)["job_id"]
    _wait_for_links(system, server, post_id, platforms)
    return time.perf_counter() - started


def _wait_for_links(system: BenchSystem, server: Server, post_id: str, platforms: Sequence[str]) -> None:
    """Wait until the API shows every link; it is asked only once the links were read, for asking costs time too."""
    until(lambda: all_links_read(system.responder.calls(), platforms, 1), within_s=60, pause_s=0.01)
    until(
        lambda: all(row["post_url"] for row in server.get(f"posts/{post_id}")["platforms"]), within_s=60, pause_s=0.01
    )


def publish_ideally(url: str, picture: bytes, platforms: Sequence[str], text: str) -> float:
    client = IdealClient(url, picture, platforms)
    started = time.perf_counter()
    asyncio.run(client.publish([IdealPost(text, 0)]))
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.one_post", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="posts of each kind; the median counts")
    parser.add_argument("--url", choices=DATABASES, default="sqlite", help="kind of database")
    options = parser.parse_args()
    rows = []
    with open_system(options.url, 1) as system, system.start() as server:
        first = server.schedule_illustrated(_TEXT.format("foto"), ["facebook"], _later())
        picture = server.facebook_picture(first)
        for name, platforms in _SETS.items():
            # In turns, so that other load slows all equally.
            seconds = [
                (
                    publish_ideally(system.responder.url, picture, platforms, text),
                    publish_illustrated(system, server, platforms, f"{text} Pronta."),
                    create_and_publish(system, server, platforms, f"{text} Insieme."),
                )
                for text in (_TEXT.format(f"{name} {number}") for number in range(options.rounds))
            ]
            ideal, ready, drawn = (statistics.median(column) for column in zip(*seconds, strict=True))
            rows.append((name, "made before", ideal, ready))
            rows.append((name, "drawn on the way", ideal, drawn))
    print_table(
        (f"one post, {options.url}", "its pictures", "ideal client", "Araldo", "ratio"),
        [
            (name, pictures, f"{least:.2f} s", f"{ours:.2f} s", f"{ours / least:.2f}x")
            for name, pictures, least, ours in rows
        ],
    )


def _later() -> datetime:
    return datetime.now(UTC) + timedelta(days=30)


if __name__ == "__main__":
    main()
