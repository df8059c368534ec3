"""Time of a preview in the image process, compared with a thread of the application."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import replace

from araldo.images.designer import Card, draw_jpeg
from araldo.images.process import ImageProcess, ImageRunner, ThreadImageRunner
from bench.cards import CARD

ROUNDS = 40
STYLES = ("professional", "creative")


async def _ms(images: ImageRunner, card: Card) -> float:
    started = time.perf_counter()
    await images.run(draw_jpeg, card)
    return (time.perf_counter() - started) * 1000


async def main() -> None:
    threads, process = ThreadImageRunner(), ImageProcess()
    first = await _ms(process, CARD)
    await _ms(threads, CARD)
    print("\n| preview, 1080 x 1080 | ms in a thread | ms in the process | times |\n|---|---|---|---|")
    for style in STYLES:
        # Alternate, so that other load slows both equally; another text each time.
        times: dict[ImageRunner, list[float]] = {threads: [], process: []}
        for number in range(ROUNDS):
            for images, spent in times.items():
                headline = f"{CARD.headline} {number}"
                spent.append(await _ms(images, replace(CARD, headline=headline, style=style, variant=number)))
        before, after = map(statistics.median, times.values())
        print(f"| {style} | {before:.0f} | {after:.0f} | {after / before:.2f} |")
    print(f"\nThe first one, which starts the process: {first:.0f} ms.")
    await process.close()


if __name__ == "__main__":
    asyncio.run(main())
