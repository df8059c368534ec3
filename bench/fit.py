"""Fitting a 24-megapixel photo for every platform: ours compared with Pillow, each in its own process."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from araldo.images.fit import fit
from araldo.images.spec import ImageSpec
from araldo.platforms import PLATFORMS

ROUNDS = 7
SIZE = (6000, 4000)


def photograph() -> bytes:
    """Return the same photo-like picture every time, about 10 MB."""
    dice = random.Random(24)
    soft = Image.frombytes("RGB", (60, 40), dice.randbytes(60 * 40 * 3)).resize(SIZE, Image.Resampling.BICUBIC)
    grain = Image.frombytes("RGB", (1500, 1000), dice.randbytes(1500 * 1000 * 3)).resize(
        SIZE, Image.Resampling.BILINEAR
    )
    out = BytesIO()
    Image.blend(soft, grain, 0.12).save(out, "JPEG", quality=92)
    return out.getvalue()


def specs() -> list[ImageSpec]:
    """Return each size once, in the platforms' order."""
    declared = [vars(platform)["declaration"].image for platform in PLATFORMS]
    return list({(spec.width, spec.height): spec for spec in reversed(declared)}.values())[::-1]


def ours(data: bytes) -> list[bytes]:
    return [fit(data, spec).data for spec in specs()]


def plain_each(data: bytes) -> list[bytes]:
    """Fit with Pillow as in most tutorials: open, decode, crop to the middle, save; for every size."""
    return [_saved(ImageOps.fit(_decoded(data), (spec.width, spec.height))) for spec in specs()]


def plain_once(data: bytes) -> list[bytes]:
    """Fit with Pillow, decoding once for all sizes."""
    picture = _decoded(data)
    return [_saved(ImageOps.fit(picture, (spec.width, spec.height))) for spec in specs()]


def _decoded(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def _saved(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


WAYS: dict[str, Callable[[bytes], list[bytes]]] = {
    "araldo fit": ours,
    "plain Pillow": plain_each,
    "plain Pillow, decoded once": plain_once,
}


def measure(way: str, file: Path) -> None:
    """Run in a separate process; return the CPU time of each round and the peak memory."""
    data, spent = file.read_bytes(), []
    for _ in range(ROUNDS):
        started = time.process_time()
        WAYS[way](data)
        spent.append(time.process_time() - started)
    print(json.dumps({"cpu_ms": statistics.median(spent) * 1000, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    # Not getrusage, whose peak includes that of the parent process.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _in_a_process(*arguments: str) -> str:
    command = [sys.executable, "-m", "bench.fit", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    sizes = ", ".join(f"{spec.width}x{spec.height}" for spec in specs())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "photograph.jpg"
        _in_a_process("--draw", str(file))
        print(f"{SIZE[0]}x{SIZE[1]} JPEG, {file.stat().st_size / 1e6:.1f} MB, to {sizes}; median of {ROUNDS}\n")
        print("| way | ms CPU | peak MB |\n|---|---|---|")
        for way in WAYS:
            found = json.loads(_in_a_process("--measure", way, str(file)))
            print(f"| {way} | {found['cpu_ms']:.0f} | {found['peak_mb']:.0f} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--draw"]:
        Path(sys.argv[2]).write_bytes(photograph())
    elif sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
