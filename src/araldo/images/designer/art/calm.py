"""Art families for the minimal style: one shape and much space."""

from __future__ import annotations

import math

from araldo.images.designer.art.shapes import Scene, circle, linear_gradient, path, rect, ring
from araldo.images.designer.colors import mix
from araldo.images.designer.nodes import Box


def _shape_circle(scene: Scene) -> tuple[float, float, float]:
    """Return centre and radius of the shape: towards the far end, and cut off by it beside a column."""
    box, random = scene.box, scene.random
    if scene.ends and not scene.band:
        radius = min(box.width * 0.62, box.height * 0.4)
        return box.right - radius * random.between(0.5, 0.62), box.y + box.height * random.between(0.46, 0.54), radius
    radius = min(box.height * 0.5, box.width * 0.34)
    return box.right - radius * random.between(1.02, 1.1) - scene.unit * 7.2, box.y + box.height * 0.5, radius


def disc(scene: Scene) -> str:
    """One large disc, and a small one in its orbit."""
    palette = scene.palette
    x, y, radius = _shape_circle(scene)
    angle = scene.random.between(2.2, 3.6)
    defs = linear_gradient("disc", palette.art[0], mix(palette.art[0], palette.art[1], 0.28))
    small = radius * 0.16
    away = max(scene.box.x + small * 1.2, x + (radius + small * 1.9) * math.cos(angle))
    moon = (away, y + (radius - small) * math.sin(angle))
    return f"<defs>{defs}</defs>{circle(x, y, radius, 'url(#disc)')}{circle(*moon, small, palette.art[2])}"


def arcs(scene: Scene) -> str:
    """Fine circles within circles, the innermost one filled."""
    palette = scene.palette
    x, y, radius = _shape_circle(scene)
    stroke = mix(palette.art[0], palette.ground, 0.15)
    parts = [
        ring(x, y, radius * (0.3 + 0.7 * at / 6), stroke, scene.unit * 0.2, f'stroke-opacity="{1 - at * 0.13:.2f}"')
        for at in range(1, 7)
    ]
    return circle(x, y, radius * 0.26, palette.art[0]) + "".join(parts)


def dots(scene: Scene) -> str:
    """A grid of points that shrink from the middle."""
    box, palette, random = scene.box, scene.palette, scene.random
    x0, y0, radius = _shape_circle(scene)
    pitch = radius / 6.5
    fade = random.between(0.45, 0.75)
    parts = []
    for row in range(-7, 8):
        for column in range(-7, 8):
            x, y = x0 + column * pitch, y0 + row * pitch
            far = math.hypot(column, row) / 7
            size = pitch * 0.47 * max(0.0, 1 - far) ** fade
            inside = box.x + size < x < box.right and box.y + size < y < box.bottom - size
            if size > pitch * 0.08 and inside:
                parts.append(circle(x, y, size, palette.art[0] if (row + column) % 7 else palette.art[2]))
    return "".join(parts)


def horizon(scene: Scene) -> str:
    """Half a disc on a line, and its reflection in stripes."""
    palette = scene.palette
    x, y, radius = _shape_circle(scene)
    y += radius * 0.1
    parts = [path(f"M{x - radius:.1f} {y:.1f} a{radius:.1f} {radius:.1f} 0 0 1 {2 * radius:.1f} 0 Z", palette.art[0])]
    for at in range(6):
        top = y + radius * (0.1 + at * 0.145)
        high = radius * (0.085 - at * 0.011)
        half = math.sqrt(max(0.0, radius**2 - (top + high / 2 - y) ** 2))
        parts.append(rect(Box(x - half, top, 2 * half, high), palette.art[0] if at < 3 else palette.art[1]))
    return "".join(parts)


def blocks(scene: Scene) -> str:
    """A square, a quarter disc and a half disc, arranged like wooden blocks."""
    palette, random = scene.palette, scene.random
    x, y, radius = _shape_circle(scene)
    side = radius * 0.94
    if scene.ends:
        # If the edge cut it in two, its shapes would not be recognisable.
        side = min(side, scene.box.width * 0.4)
        x = scene.box.right - side - 7.2 * scene.unit
    left, top = x - side, y - side
    quarter = f"M0 0 H{side:.1f} A{side:.1f} {side:.1f} 0 0 1 0 {side:.1f} Z"
    half = side / 2
    turn = random.pick(4) * 90
    return (
        rect(Box(left, top, side, side), palette.art[1])
        + path(
            quarter,
            palette.art[0],
            f'transform="translate({left + side:.1f} {top:.1f}) rotate({turn} {half:.1f} {half:.1f})"',
        )
        + circle(left + half, top + side + half, half, palette.art[2])
        + path(f"M{left + side:.1f} {top + 2 * side:.1f} v{-side:.1f} h{side:.1f} Z", palette.art[0])
        + path(f"M{left + 2 * side:.1f} {top + side:.1f} v{side:.1f} h{-side:.1f} Z", palette.art[1])
    )
