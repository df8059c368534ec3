"""Art families for the professional style: planets, arches, quarter discs, hills, bars, steps."""

from __future__ import annotations

import math

from araldo.images.designer.art.shapes import Scene, circle, linear_gradient, path, polar, rect, ring
from araldo.images.designer.colors import is_dark, mix
from araldo.images.designer.nodes import Box


def _gradients(scene: Scene) -> tuple[str, tuple[str, str, str]]:
    """Return gradients within one hue: a gradient between distant colours would be muddy in the middle."""
    palette = scene.palette
    first, second, third = palette.art
    defs = (
        linear_gradient("warm", mix(first, "#ffffff", 0.12), mix(first, palette.deep, 0.16))
        + linear_gradient("cool", second, mix(second, palette.deep, 0.35))
        + linear_gradient("third", mix(third, "#ffffff", 0.1), mix(third, palette.deep, 0.14))
    )
    return f"<defs>{defs}</defs>", ("url(#warm)", "url(#cool)", "url(#third)")


def planet(scene: Scene) -> str:
    """A sphere, its rings as fine lines, and small moons on them."""
    box, palette, random = scene.box, scene.palette, scene.random
    defs, (warm, _, _) = _gradients(scene)
    radius = box.side * random.between(0.27, 0.3)
    x = box.x + box.width * (random.between(0.5, 0.54) if not scene.band else random.between(0.66, 0.76))
    # Half below the edge in a band, where a whole planet would be too small.
    y = box.y + box.height * (random.between(0.49, 0.53) if not scene.band else 0.78)
    if scene.band:
        radius = box.height * 0.46
    # The outermost ring has a moon on it, which stays whole; in a band it may leave the card at the side.
    room = 0.98 * (y - box.y if scene.band else min(x - box.x, box.right - x, y - box.y))
    radius = min(radius, room * 0.6)
    reach = room - radius * 0.15
    rings = [radius + (reach - radius) * share for share in (0.24, 0.48, 0.74, 1.0)]
    shine = palette.ink if is_dark(palette.ground) else palette.art[1]
    parts = [
        ring(x, y, one, shine, box.side / 260, f'stroke-opacity="{0.42 - 0.08 * at:.2f}"')
        for at, one in enumerate(rings)
    ]
    parts.append(circle(x, y, radius, warm))
    parts.append(
        '<radialGradient id="shade" cx="0.32" cy="0.28" r="0.85">'
        '<stop offset="0" stop-color="#fff" stop-opacity="0.4"/><stop offset="0.5" stop-color="#fff" stop-opacity="0"/>'
        '<stop offset="1" stop-color="#000" stop-opacity="0.28"/>'
        f"</radialGradient>{circle(x, y, radius, 'url(#shade)')}"
    )
    # Each in a third of the sky, so that none hides another.
    for at, size, fill in ((1, 0.075, palette.art[2]), (2, 0.045, palette.accent), (3, 0.06, palette.art[1])):
        moon = polar(x, y, rings[at], (-2.5, -0.6, -1.6)[at - 1] + random.between(-0.25, 0.25))
        parts.append(circle(*moon, radius * size * 2.2, fill))
    return defs + "".join(parts)


def arch(scene: Scene) -> str:
    """Arches within arches, standing on the lower edge, and a sun."""
    box, random = scene.box, scene.random
    defs, (warm, cool, third) = _gradients(scene)
    foot = box.bottom
    half = min(box.width * 0.43, box.height * 0.46)
    rise = min(box.height * 0.96, half * 2.35) - half
    x = box.x + box.width * (random.between(0.5, 0.54) if not scene.band else random.between(0.6, 0.7))
    parts = []
    for share, fill in ((1.0, cool), (0.73, third), (0.46, warm)):
        reach = half * share
        top = foot - rise * (0.55 + 0.45 * share)
        parts.append(
            path(
                f"M{x - reach:.1f} {foot:.1f} V{top:.1f} A{reach:.1f} {reach:.1f} 0 0 1 {x + reach:.1f} {top:.1f}"
                f" V{foot:.1f} Z",
                fill,
            )
        )
    side = -1 if scene.band else random.sign()
    sun = half * 0.2
    sun_x = min(max(x + side * half * 1.0, box.x + sun * 1.2), box.right - sun * 1.2)
    parts.append(circle(sun_x, max(box.y + sun * 1.1, foot - rise - half * 0.88), sun, scene.palette.accent))
    if scene.band:
        parts.append(
            path(
                f"M{x - half * 2.35:.1f} {foot:.1f} a{half * 0.55:.1f} {half * 0.55:.1f} 0 0 1 {half * 1.1:.1f} 0 Z",
                third,
            )
        )
    return defs + "".join(parts)


def petals(scene: Scene) -> str:
    """Quarter discs on a grid, rotated at random."""
    box, random = scene.box, scene.random
    defs, paints = _gradients(scene)
    fills = (*paints, scene.palette.accent, paints[1])
    rows = 2 if scene.band else max(2, round(box.height / (box.width / 3)))
    cell = box.height / rows if scene.band else box.width / 3
    across = math.ceil(box.width / cell - 0.15)
    start = box.right - across * cell if scene.ends else box.x
    parts = []
    last = ""
    for row in range(rows if scene.band else math.ceil(box.height / cell)):
        for column in range(across):
            # Sparse towards the text.
            grown = (column + 1) / across if not scene.band else (row + 1.6) / 2
            if random.between(0, 1) > 0.25 + 0.8 * grown:
                continue
            fill = fills[random.pick(5)]
            fill = fills[(fills.index(fill) + 1) % 4] if fill == last else fill
            last = fill
            x, y = start + column * cell, box.bottom - (row + 1) * cell if not scene.band else box.y + row * cell
            turn = random.pick(4) * 90
            kind = random.pick(7)
            if kind == 0:
                parts.append(circle(x + cell / 2, y + cell / 2, cell / 2, fill))
                continue
            parts.append(
                path(
                    f"M0 0 H{cell:.1f} A{cell:.1f} {cell:.1f} 0 0 1 0 {cell:.1f} Z",
                    fill,
                    f'transform="translate({x:.1f} {y:.1f}) rotate({turn} {cell / 2:.1f} {cell / 2:.1f})"',
                )
            )
    return defs + "".join(parts)


def hills(scene: Scene) -> str:
    """Hills behind hills under a low sun."""
    box, palette, random = scene.box, scene.palette, scene.random
    defs, (warm, _, _) = _gradients(scene)
    foot = box.bottom
    sun = min(box.side * 0.21, box.height * 0.26)
    sun_x = box.x + box.width * random.between(0.56, 0.72)
    # Its halo is whole, too.
    sun_y = box.y + max(sun * 1.8, box.height * 0.34)
    parts = [circle(sun_x, sun_y, sun * 1.75, palette.art[0], 'fill-opacity="0.14"'), circle(sun_x, sun_y, sun, warm)]
    phase = random.between(0, 6.2)
    fills = (palette.art[1], mix(palette.art[1], palette.deep, 0.38), mix(palette.art[1], palette.deep, 0.68))
    for layer, fill in enumerate(fills):
        level = box.y + box.height * (0.5 + 0.17 * layer)
        swing = box.height * (0.12 - 0.02 * layer)
        points = []
        for step in range(25):
            share = step / 24
            # Beside a column each hill rises out of the lower edge; below one it runs from side to side.
            sunk = 0.0 if scene.band or not scene.ends else max(0.0, 1 - share * 2.4) ** 1.7
            y = level + swing * math.sin(phase + layer * 1.9 + share * (5 if not scene.band else 7))
            points.append((box.x + box.width * share, y + (foot - y + swing) * sunk))
        crest = " ".join(f"L{x:.1f} {y:.1f}" for x, y in points)
        parts.append(path(f"M{box.x:.1f} {foot:.1f} {crest} L{box.right:.1f} {foot:.1f} Z", fill))
    return defs + "".join(parts)


def bars(scene: Scene) -> str:
    """Growing columns with round heads, and a line of points above them."""
    box, palette, random = scene.box, scene.palette, scene.random
    defs, paints = _gradients(scene)
    count = 5 if not scene.band else 9
    pitch = box.width * (0.86 if not scene.band else 0.92) / count
    wide = pitch * 0.62
    left = box.right - pitch * count - (0 if scene.ends and not scene.band else box.width * 0.04)
    heads, parts = [], []
    for at in range(count):
        share = (at + 1) / count
        high = box.height * min(0.74, 0.14 + 0.52 * share**1.25 + random.between(-0.04, 0.05))
        x, y = left + at * pitch, box.bottom - high
        fill = paints[0] if at == count - 1 else (paints[1] if at % 3 != 1 else paints[2])
        parts.append(
            path(
                f"M{x:.1f} {box.bottom:.1f} V{y + wide / 2:.1f} a{wide / 2:.1f} {wide / 2:.1f} 0 0 1 {wide:.1f} 0"
                f" V{box.bottom:.1f} Z",
                fill,
            )
        )
        heads.append((x + wide / 2, y - wide * 0.55))
    parts += [
        circle(x, y, wide * (0.16 if at < count - 1 else 0.26), palette.accent) for at, (x, y) in enumerate(heads)
    ]
    return defs + "".join(parts)


def steps(scene: Scene) -> str:
    """Squares that climb, some of them discs, with a ball on the highest."""
    box, palette, random = scene.box, scene.palette, scene.random
    defs, paints = _gradients(scene)
    rows = 3 if scene.band else 4
    cell = box.height / (rows + (0.9 if scene.band else 1.4))
    columns = math.ceil(box.width / cell)
    parts = []
    top = (box.right, box.bottom)
    for column in range(columns):
        high = min(rows, max(0, round((column + 1) * rows / columns + random.between(-0.45, 0.45))))
        x = box.right - (columns - column) * cell
        for row in range(high):
            y = box.bottom - (row + 1) * cell
            fill = paints[(column + 2 * row + random.pick(2)) % 3]
            round_ = row == high - 1 and random.pick(3) == 0
            parts.append(
                path(f"M{x:.1f} {y + cell:.1f} v{-cell:.1f} a{cell:.1f} {cell:.1f} 0 0 1 {cell:.1f} {cell:.1f} Z", fill)
                if round_
                else rect(Box(x, y, cell + 0.5, cell + 0.5), fill)
            )
        if high == rows and top[0] == box.right:
            top = (x + cell / 2, box.bottom - high * cell)
    if top[0] < box.right:
        parts.append(circle(top[0], top[1] - cell * 0.42, cell * 0.42, palette.accent))
    return defs + "".join(parts)
