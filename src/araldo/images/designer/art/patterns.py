"""Art families for the bold style: flat stripes, halftone, rays, chequers, chevrons, from edge to edge."""

from __future__ import annotations

import math

from araldo.images.designer.art.shapes import Scene, circle, polar, polygon, rect
from araldo.images.designer.colors import contrast
from araldo.images.designer.nodes import Box


def _contrasting_pair(scene: Scene) -> tuple[str, str]:
    """Return a colour that contrasts with the background, and one that contrasts with that colour."""
    colors = (*scene.palette.art, scene.palette.ink)
    first = colors[0] if contrast(colors[0], scene.palette.ground) > 1.6 else scene.palette.ink
    second = max(colors, key=lambda one: min(contrast(one, first), 4 * contrast(one, scene.palette.ground)))
    return first, second


def stripes(scene: Scene) -> str:
    """Slanting stripes, as on a barrier."""
    box = scene.box
    first, second = _contrasting_pair(scene)
    thick = min(box.side * 0.26, 12 * scene.unit)
    lean = box.height if not scene.band else box.height * 1.0
    parts = [rect(box, first)]
    x = box.x - lean - thick
    while x < box.right + lean:
        parts.append(
            polygon(((x, box.bottom), (x + lean, box.y), (x + lean + thick, box.y), (x + thick, box.bottom)), second)
        )
        x += 2 * thick
    return "".join(parts)


def halftone(scene: Scene) -> str:
    """Printed points that grow towards the edge of the card."""
    box = scene.box
    first, second = _contrasting_pair(scene)
    pitch = min(box.side / 7, 5.2 * scene.unit)
    parts = []
    upright = not scene.band
    # A band grows downwards, a column sideways; the first points are too small to look cut off.
    rows, columns = math.ceil(box.height / pitch) + 2, math.ceil(box.width / pitch) + 2
    for row in range(rows):
        for column in range(columns):
            x = box.x + (column + (0.5 if row % 2 else 0.0)) * pitch
            y = box.bottom - row * pitch * 0.87
            share = (x - box.x) / box.width if upright else (y - box.y) / box.height
            size = pitch * 0.66 * min(1.0, max(0.0, share)) ** 0.75
            if size > pitch * 0.07 and y - size > box.y and (not upright or x - size > box.x):
                parts.append(circle(x, y, size, first if (row + column * 2) % 11 else second))
    return "".join(parts)


def burst(scene: Scene) -> str:
    """Rays from a corner, and a disc that they come from."""
    box, random = scene.box, scene.random
    first, second = _contrasting_pair(scene)
    x, y = box.x + box.width * (0.62 if not scene.band else random.between(0.62, 0.76)), box.bottom
    if not scene.band:
        y = box.y + box.height * random.between(0.6, 0.74)
    reach = math.hypot(box.width, box.height)
    count = 26
    parts = [rect(box, first)]
    turn = random.between(0, math.pi / count)
    for at in range(count):
        middle = turn + 2 * math.pi * at / count
        wide = math.pi / count / 2
        parts.append(polygon(((x, y), polar(x, y, reach, middle - wide), polar(x, y, reach, middle + wide)), second))
    radius = box.side * (0.3 if not scene.band else 0.5)
    return "".join(parts) + circle(x, y, radius * 1.14, first) + circle(x, y, radius, second)


def checker(scene: Scene) -> str:
    """A chequered flag, some of its fields discs."""
    box, random = scene.box, scene.random
    first, second = _contrasting_pair(scene)
    down = max(2, round(box.height / (7.4 * scene.unit))) if scene.band else max(3, round(box.height / (box.width / 3)))
    cell = box.height / down
    parts = []
    for row in range(down):
        for column in range(math.ceil(box.width / cell)):
            x, y = box.right - (column + 1) * cell, box.y + row * cell
            if (row + column) % 2:
                parts.append(rect(Box(x, y, cell + 0.4, cell + 0.4), first))
            elif random.pick(3) == 0:
                parts.append(circle(x + cell / 2, y + cell / 2, cell * 0.34, second))
    return "".join(parts)


def chevrons(scene: Scene) -> str:
    """Arrows that point in one direction."""
    box = scene.box
    first, second = _contrasting_pair(scene)
    high = box.height if scene.band else box.height / 4
    thick = high * 0.4
    parts = [rect(box, first)]
    for row in range(math.ceil(box.height / high - 0.01)):
        y, x = box.y + row * high, box.x - high + (row % 2) * thick
        while x < box.right + high:
            tip = high / 2
            parts.append(
                polygon(
                    (
                        (x, y),
                        (x + thick, y),
                        (x + thick + tip, y + high / 2),
                        (x + thick, y + high),
                        (x, y + high),
                        (x + tip, y + high / 2),
                    ),
                    second,
                )
            )
            x += 2 * thick
    return "".join(parts)
