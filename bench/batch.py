"""A batch of twenty pictures from a server with simulated latencies: total time compared with the slowest picture."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from aiohttp import web
from PIL import Image

from araldo.app import Araldo
from araldo.settings import Settings
from araldo.workflows.pictures.batch import BatchImageRequest
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace

PICTURES = 20
# Simulated seconds for each picture: spread with one slow, or all equal.
RUNS = {
    "2.0 to 5.6 s, one 8 s": [*(2.0 + 0.2 * number for number in range(PICTURES - 1)), 8.0],
    "5 s each": [5.0] * PICTURES,
}


def _picture() -> str:
    dice = random.Random(1)
    grain = Image.frombytes("RGB", (128, 128), dice.randbytes(128 * 128 * 3)).resize((1024, 1024))
    out = BytesIO()
    grain.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


async def serve() -> None:
    """Run a server that answers each prompt "number seconds" after that time. Prints its port."""
    said = json.dumps({"data": [{"b64_json": _picture()}]}).encode()

    async def answer(asked: web.Request) -> web.Response:
        await asyncio.sleep(float((await asked.json())["prompt"].split()[1]))
        return web.Response(body=said, content_type="application/json")

    app = web.Application()
    app.router.add_post("/v1/images/generations", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def main() -> None:
    # In a separate process, so that its work is not measured.
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.batch", "--serve", stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    port = int(await server.stdout.readline())
    try:
        with tempfile.TemporaryDirectory() as folder:
            await measure(Path(folder), f"http://127.0.0.1:{port}/v1")
    finally:
        server.terminate()
        await server.wait()


async def measure(folder: Path, url: str) -> None:
    settings = Settings.model_validate({"data_dir": folder, "images": {"openai_base_url": url}})
    araldo = Araldo(settings)
    try:
        await araldo.prepare()
        workspace = await araldo.database.write(
            lambda transaction: workspace_store.get_or_create_first(transaction, transaction.now)
        )
        print(
            "\n| answers take | one after the other | slowest answer | slowest picture | whole batch | to the answer |"
        )
        print("|---|---|---|---|---|---|")
        for name, latencies in RUNS.items():
            await run(araldo, workspace, name, latencies)
    finally:
        await araldo.close()


async def run(araldo: Araldo, workspace: Workspace, name: str, latencies: list[float]) -> None:
    wanted = [
        BatchImageRequest(f"{number} {seconds}", "1:1", "generic", "") for number, seconds in enumerate(latencies)
    ]
    started = time.perf_counter()
    outcomes = await araldo.dependencies().batch_generator.generate(
        workspace, wanted, base_prompt="", style="", provider="openai"
    )
    total = time.perf_counter() - started
    assert all(result.medium is not None for result in outcomes)
    slowest = max(result.seconds for result in outcomes)
    print(
        f"| {name} | {sum(latencies):.0f} s | {max(latencies):.2f} s | {slowest:.2f} s | {total:.2f} s"
        f" | {total / max(latencies):.2f}x |"
    )


if __name__ == "__main__":
    asyncio.run(serve() if sys.argv[1:] == ["--serve"] else main())
