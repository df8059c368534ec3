"""Art families for the elegant style: fine gold lines, centred or in mirrored pairs."""

from __future__ import annotations

import math
from collections.abc import Callable

from araldo.images.designer.art.shapes import Scene, circle, line, open_curve, path, polar, polygon, ring

_Drawn = Callable[[Scene, float, float, float], str]


def _place_ornament(scene: Scene, drawn: _Drawn, *, aspect: float = 1.0) -> str:
    """Place a drawing on both sides of the text, mirrored, or once above it; `aspect`: its width by its height."""
    box = scene.box
    if not scene.ends:
        high = min(box.height * 0.96, 27 * scene.unit, box.width * 0.9 / aspect)
        # Close to the text rather than in the middle of the remaining space.
        y = max(box.y + high / 2, box.bottom - high / 2 - min(2 * scene.unit, (box.height - high) / 2))
        return drawn(scene, box.x + box.width / 2, y, high)
    high = min(box.height * 0.86, box.width / aspect)
    x, y = box.x + box.width / 2, box.y + box.height / 2
    drawing = drawn(scene, x, y, high)
    return drawing + f'<g transform="translate({scene.width:.1f} 0) scale(-1 1)">{drawing}</g>'


def sprig(scene: Scene) -> str:
    """A stem with pairs of leaves and a few berries."""
    return _place_ornament(scene, _sprig if scene.ends else _laurel, aspect=0.5 if scene.ends else 1.9)


def _leaf(x: float, y: float, angle: float, long: float, fill: str, more: str = "") -> str:
    tip = polar(x, y, long, angle)
    side = (polar(x, y, long * 0.55, angle - 0.42), polar(x, y, long * 0.55, angle + 0.42))
    return path(
        f"M{x:.1f} {y:.1f} Q{side[0][0]:.1f} {side[0][1]:.1f} {tip[0]:.1f} {tip[1]:.1f}"
        f" Q{side[1][0]:.1f} {side[1][1]:.1f} {x:.1f} {y:.1f} Z",
        fill,
        more,
    )


def _branch(scene: Scene, start: tuple[float, float], angle: float, long: float, bend: float) -> str:
    """A stem from `start` in the direction of `angle` that turns by `bend` on its way, with its leaves."""
    palette = scene.palette
    count = 9
    points = [start]
    for at in range(count):
        turned = angle + bend * at / count
        points.append(polar(*points[-1], long / count, turned))
    parts = [line(open_curve(points), palette.art[0], scene.unit * 0.24)]
    for at in range(1, count):
        turned = angle + bend * at / count
        size = long * (0.25 - 0.013 * at)
        for side in (-1, 1):
            fill = palette.art[0] if side < 0 else palette.art[1]
            parts.append(_leaf(*points[at], turned + side * 0.78, size, fill))
        if at % 3 == 2:
            berry = polar(*points[at], size * 0.62, turned + 1.5)
            parts.append(circle(*berry, long * 0.018, palette.art[0]))
    parts.append(_leaf(*points[-1], angle + bend, long * 0.15, palette.art[0]))
    return "".join(parts)


def _sprig(scene: Scene, x: float, y: float, high: float) -> str:
    return _branch(scene, (x + high * 0.09, y + high / 2), -math.pi / 2 - 0.3, high * 0.93, 0.55)


def _laurel(scene: Scene, x: float, y: float, high: float) -> str:
    """Two branches that open from drawing point, and a drop between them."""
    right = _branch(scene, (x + high * 0.02, y + high * 0.46), -0.1, high * 0.98, -0.95)
    mirror = f'<g transform="translate({2 * x:.1f} 0) scale(-1 1)">{right}</g>'
    drop = _leaf(x, y + high * 0.2, -math.pi / 2, high * 0.42, scene.palette.art[0])
    return right + mirror + drop


def fan(scene: Scene) -> str:
    """Fans over each other, as on the doors of an old lift."""
    return _place_ornament(scene, _fan if not scene.ends else _fans, aspect=2.0 if not scene.ends else 0.5)


def _single_fan(scene: Scene, x: float, foot: float, radius: float) -> str:
    palette, thin = scene.palette, max(1.0, scene.unit * 0.22)
    parts = []
    for at in range(4):
        reach = radius * (1 - 0.23 * at)
        parts.append(
            line(f"M{x - reach:.1f} {foot:.1f} a{reach:.1f} {reach:.1f} 0 0 1 {2 * reach:.1f} 0", palette.art[0], thin)
        )
    for at in range(13):
        angle = math.pi + math.pi * at / 12
        inner, outer = (
            polar(x, foot, radius * 0.31, angle),
            polar(x, foot, radius * (1 if at % 2 == 0 else 0.77), angle),
        )
        parts.append(line(f"M{inner[0]:.1f} {inner[1]:.1f} L{outer[0]:.1f} {outer[1]:.1f}", palette.art[1], thin))
        if at % 2:
            parts.append(circle(*polar(x, foot, radius * 0.885, angle), scene.unit * 0.34, palette.art[0]))
    parts.append(
        path(
            f"M{x - radius * 0.2:.1f} {foot:.1f} a{radius * 0.2:.1f} {radius * 0.2:.1f} 0 0 1 {radius * 0.4:.1f} 0 Z",
            palette.art[0],
        )
    )
    return "".join(parts)


def _fan(scene: Scene, x: float, y: float, high: float) -> str:
    return _single_fan(scene, x, y + high / 2, high * 0.98)


def _fans(scene: Scene, x: float, y: float, high: float) -> str:
    radius = high * 0.25
    return "".join(_single_fan(scene, x, y - high / 2 + radius * (1.02 * at + 1.0), radius * 0.98) for at in range(3))


def moon(scene: Scene) -> str:
    """A crescent in a ring of rays, with stars."""
    return _place_ornament(scene, _moon if not scene.ends else _phases, aspect=1.0 if not scene.ends else 0.3)


def _star(x: float, y: float, reach: float, fill: str) -> str:
    """With four points."""
    corners = [polar(x, y, reach if at % 2 == 0 else reach * 0.23, math.pi * at / 4) for at in range(8)]
    return polygon(corners, fill)


def _crescent(x: float, y: float, radius: float, fill: str) -> str:
    return path(
        f"M{x + radius * 0.34:.1f} {y - radius * 0.94:.1f} A{radius:.1f} {radius:.1f} 0 1 0 {x + radius * 0.34:.1f}"
        f" {y + radius * 0.94:.1f} A{radius * 0.98:.1f} {radius * 0.98:.1f} 0 0 1 {x + radius * 0.34:.1f}"
        f" {y - radius * 0.94:.1f} Z",
        fill,
    )


def _moon(scene: Scene, x: float, y: float, high: float) -> str:
    palette = scene.palette
    radius = high * 0.47
    thin = max(1.0, scene.unit * 0.2)
    parts = [ring(x, y, radius * 0.7, palette.art[0], thin)]
    for at in range(32):
        inner, outer = (
            polar(x, y, radius * share, math.pi * at / 16) for share in (0.78, 1.0 if at % 2 == 0 else 0.88)
        )
        parts.append(
            line(
                f"M{inner[0]:.1f} {inner[1]:.1f} L{outer[0]:.1f} {outer[1]:.1f}",
                palette.art[0 if at % 2 == 0 else 1],
                thin,
            )
        )
    parts.append(_crescent(x - radius * 0.05, y, radius * 0.44, palette.art[0]))
    for dx, dy, size in ((0.22, -0.12, 0.13), (0.36, 0.18, 0.08), (0.12, 0.26, 0.06)):
        parts.append(_star(x + radius * dx, y + radius * dy, radius * size, palette.art[0]))
    return "".join(parts)


def _phases(scene: Scene, x: float, y: float, high: float) -> str:
    palette, radius = scene.palette, high * 0.115
    thin = max(1.0, scene.unit * 0.2)
    parts = [line(f"M{x:.1f} {y - high / 2:.1f} V{y + high / 2:.1f}", palette.art[1], thin)]
    for at, share in enumerate((-0.32, 0.0, 0.32)):
        cy = y + high * share
        parts.append(circle(x, cy, radius * 1.25, palette.ground))
        parts.append(ring(x, cy, radius, palette.art[0], thin))
        if at == 1:
            parts.append(circle(x, cy, radius * 0.78, palette.art[0]))
        else:
            parts.append(_crescent(x, cy, radius * 0.72, palette.art[0]))
    for share in (-0.47, -0.16, 0.16, 0.47):
        parts.append(circle(x, y + high * share, radius * 0.42, palette.ground))
        parts.append(_star(x, y + high * share, radius * 0.34, palette.art[0]))
    return "".join(parts)


def rosette(scene: Scene) -> str:
    """A flower drawn with the compass."""
    return _place_ornament(scene, _rosette if not scene.ends else _chain, aspect=1.0 if not scene.ends else 0.36)


def _rosette(scene: Scene, x: float, y: float, high: float) -> str:
    palette, radius = scene.palette, high * 0.48
    thin = max(1.0, scene.unit * 0.2)
    parts = [ring(x, y, radius, palette.art[0], thin), ring(x, y, radius * 0.93, palette.art[1], thin)]
    for at in range(12):
        angle = math.pi * at / 6
        parts.append(_leaf(x, y, angle, radius * (0.86 if at % 2 == 0 else 0.6), palette.art[0 if at % 2 == 0 else 1]))
    parts.append(circle(x, y, radius * 0.13, palette.ground))
    parts.append(circle(x, y, radius * 0.07, palette.art[0]))
    return "".join(parts)


def _chain(scene: Scene, x: float, y: float, high: float) -> str:
    size = high * 0.3
    joined = line(f"M{x:.1f} {y - high / 2:.1f} V{y + high / 2:.1f}", scene.palette.art[1], max(1.0, scene.unit * 0.2))
    grounds = "".join(circle(x, y + high * share, size * 0.48, scene.palette.ground) for share in (-0.34, 0.0, 0.34))
    return joined + grounds + "".join(_rosette(scene, x, y + high * share, size) for share in (-0.34, 0.0, 0.34))
