"""Art families for the playful style: small monsters, a rainbow, balloons, smiling flowers, a party."""

from __future__ import annotations

import math

from araldo.images.designer.art.shapes import (
    Scene,
    blob,
    circle,
    ellipse,
    half_ring,
    line,
    path,
    polar,
    polygon,
    rect,
    ring,
    rotated,
)
from araldo.images.designer.colors import mix
from araldo.images.designer.nodes import Box

_DARK = "#1d1a2b"


def _fills(scene: Scene) -> tuple[str, ...]:
    return (*scene.palette.art, "#ffffff")


def _face(x: float, y: float, size: float, *, eyes: int = 2, grin: bool = True) -> str:
    """Eyes that look at the words, a mouth, and cheeks; `size` is half the face's width."""
    parts = []
    spread = size * (0.42 if eyes == 2 else 0.0)
    big = size * (0.27 if eyes == 2 else 0.4)
    for side in (-1, 1)[:eyes]:
        ex = x + side * spread if eyes == 2 else x
        parts.append(circle(ex, y, big, "#ffffff"))
        parts.append(circle(ex - big * 0.22, y + big * 0.22, big * 0.55, _DARK))
        parts.append(circle(ex - big * 0.02, y - big * 0.05, big * 0.18, "#ffffff"))
    mouth = y + size * (0.46 if eyes == 2 else 0.58)
    wide = size * 0.3
    if grin:
        parts.append(
            path(f"M{x - wide:.1f} {mouth:.1f} h{2 * wide:.1f} a{wide:.1f} {wide:.1f} 0 0 1 {-2 * wide:.1f} 0 Z", _DARK)
        )
        parts.append(
            path(
                f"M{x - wide * 0.55:.1f} {mouth + wide * 0.66:.1f} a{wide * 0.6:.1f} {wide * 0.45:.1f} 0 0 1"
                f" {wide * 1.1:.1f} 0 a{wide:.1f} {wide:.1f} 0 0 1 {-wide * 1.1:.1f} 0 Z",
                "#ff7a8a",
            )
        )
    else:
        parts.append(
            line(
                f"M{x - wide * 0.7:.1f} {mouth:.1f} q{wide * 0.7:.1f} {wide * 0.8:.1f} {wide * 1.4:.1f} 0",
                _DARK,
                size * 0.075,
            )
        )
    return "".join(parts)


def monsters(scene: Scene) -> str:
    """Three monsters, looking over the edge of the panel or standing at the bottom of the card."""
    box, random = scene.box, scene.random
    fills = _fills(scene)
    if scene.band or not scene.ends:
        places = ((0.2, 0.62, 0.74), (0.53, 0.82, 1.0), (0.83, 0.68, 0.8))
    else:
        places = ((0.66, 0.98, 1.0), (0.26, 0.7, 0.66), (0.78, 0.5, 0.55))
    parts = [_confetti(scene, 14)]
    for at, (x_share, high_share, size) in enumerate(places):
        fill = fills[at]
        half = min(box.width * (0.15 if not scene.ends or scene.band else 0.3), box.height * 0.4) * size
        x = box.x + box.width * (x_share + random.between(-0.02, 0.02))
        foot = box.bottom if scene.band or not scene.ends else box.bottom - box.height * (0.0, 0.0, 0.52)[at]
        high = min(box.height * high_share * 0.86, half * 2.7)
        if foot < box.bottom:
            parts.append(_floater(x, foot - half, half * 0.9, fill, scene))
            continue
        parts.append(_monster(x, foot, half, high, fill, at + random.pick(3)))
    return "".join(parts)


def _monster(x: float, foot: float, half: float, high: float, fill: str, kind: int) -> str:
    """`kind` chooses what it wears: horns, an antenna, ears, or hair."""
    top = foot - high
    dark = mix(fill, "#000000", 0.18)
    parts = []
    if kind % 4 == 0:
        for side in (-1, 1):
            parts.append(
                polygon(
                    (
                        (x + side * half * 0.75, top + half * 0.42),
                        (x + side * half * 0.3, top + half * 0.12),
                        (x + side * half * 0.72, top - half * 0.3),
                    ),
                    dark,
                )
            )
    elif kind % 4 == 1:
        parts.append(
            line(
                f"M{x:.1f} {top + half * 0.2:.1f} q{half * 0.1:.1f} {-half * 0.4:.1f} {half * 0.3:.1f}"
                f" {-half * 0.48:.1f}",
                dark,
                half * 0.09,
            )
        )
        parts.append(circle(x + half * 0.34, top - half * 0.3, half * 0.14, dark))
    elif kind % 4 == 2:
        parts += [circle(x + side * half * 0.72, top + half * 0.22, half * 0.3, dark) for side in (-1, 1)]
    else:
        for lean in (-0.35, 0.0, 0.35):
            parts.append(
                line(
                    f"M{x + lean * half:.1f} {top + half * 0.2:.1f} l{lean * half * 0.4:.1f} {-half * 0.36:.1f}",
                    dark,
                    half * 0.1,
                )
            )
    parts.append(
        path(
            f"M{x - half:.1f} {foot + 2:.1f} V{top + half:.1f} a{half:.1f} {half:.1f} 0 0 1 {2 * half:.1f} 0"
            f" V{foot + 2:.1f} Z",
            fill,
        )
    )
    parts.append(_face(x, top + half * 0.86, half * 0.86, eyes=1 if kind % 5 == 3 else 2, grin=kind % 2 == 0))
    return "".join(parts)


def _floater(x: float, y: float, radius: float, fill: str, scene: Scene) -> str:
    """A floating creature."""
    return path(blob(x, y, radius, scene.random, corners=7, wild=0.14), fill) + _face(
        x, y - radius * 0.1, radius * 0.78, grin=False
    )


def _confetti(scene: Scene, count: int) -> str:
    """Confetti where nothing else is, away from the box's edges."""
    box, random = scene.box, scene.random
    fills = _fills(scene)
    parts = []
    for at in range(count):
        x = box.x + box.width * random.between(0.05, 0.95)
        y = box.y + box.height * random.between(0.05, 0.62)
        size = scene.unit * random.between(0.7, 1.35)
        fill = fills[at % len(fills)]
        turn = random.between(0, 180)
        if at % 3 == 0:
            parts.append(circle(x, y, size * 0.7, fill))
        elif at % 3 == 1:
            scrap = rect(Box(x, y, size * 2.4, size * 0.9), fill, f'rx="{size * 0.45:.1f}"')
            parts.append(rotated(scrap, x, y, turn))
        else:
            wave = f"q{size:.1f} {-size * 1.6:.1f} {size * 2:.1f} 0 t{size * 2:.1f} 0"
            parts.append(rotated(line(f"M{x:.1f} {y:.1f} {wave}", fill, size * 0.62), x, y, turn))
    return "".join(parts)


def _cloud(x: float, y: float, size: float) -> str:
    return "".join(
        circle(x + dx * size, y + dy * size, radius * size, "#ffffff")
        for dx, dy, radius in (
            (-0.75, 0.1, 0.42),
            (-0.2, -0.18, 0.56),
            (0.4, -0.04, 0.48),
            (0.85, 0.16, 0.34),
            (0.1, 0.2, 0.5),
        )
    )


def rainbow(scene: Scene) -> str:
    """A rainbow between two clouds, one of which smiles."""
    box = scene.box
    fills = _fills(scene)
    wide = not scene.ends or scene.band
    radius = min(box.width * (0.36 if wide else 0.52), box.height * (0.78 if wide else 0.42))
    x = box.x + box.width * (0.5 if wide else 0.56)
    foot = box.bottom + radius * 0.06 if wide else box.y + box.height * 0.66
    bands = (fills[0], mix(fills[0], fills[1], 0.5), fills[1], fills[2], mix(fills[2], "#ffffff", 0.55))
    thick = radius * 0.125
    parts = [_confetti(scene, 12)]
    for at, fill in enumerate(bands):
        parts.append(half_ring(x, foot, radius - thick * (at + 0.5), fill, thick * 1.02))
    size = radius * 0.4
    lift = 0.28 * size if not wide else 0.16 * size
    parts.append(_cloud(x - radius * 0.72, foot - lift, size))
    parts.append(_face(x - radius * 0.74, foot - lift - size * 0.02, size * 0.5, grin=False))
    parts.append(_cloud(x + radius * 0.74, foot - lift * 1.2, size * 0.86))
    return "".join(parts)


def balloons(scene: Scene) -> str:
    """A bunch of balloons on strings that meet."""
    box, random, palette = scene.box, scene.random, scene.palette
    fills = _fills(scene)
    wide = not scene.ends or scene.band
    knot = (box.x + box.width * (0.56 if wide else 0.54), box.bottom + box.height * (0.3 if wide else 0.02))
    places = (
        ((0.2, 0.5, 0.25), (0.8, 0.46, 0.27), (0.41, 0.4, 0.31), (0.62, 0.56, 0.27))
        if wide
        else ((0.3, 0.34, 0.23), (0.76, 0.24, 0.24), (0.72, 0.56, 0.22), (0.44, 0.6, 0.19))
    )
    strings, parts = [], [_confetti(scene, 12)]
    for at, (x_share, y_share, size) in enumerate(places):
        # Side by side, so that no balloon hides another's face.
        radius = min(box.height * size, box.width * 0.145) if wide else box.width * size * 0.92
        x = box.x + box.width * (x_share + random.between(-0.02, 0.02))
        y = box.y + box.height * (y_share + random.between(-0.02, 0.02))
        y = max(y, box.y + radius * (1.05 if not wide else 0.9))
        fill = fills[at % 4]
        end = y + radius * 1.16
        strings.append(
            line(
                f"M{x:.1f} {end:.1f} Q{x:.1f} {(end + knot[1]) / 2:.1f} {knot[0]:.1f} {knot[1]:.1f}",
                mix(palette.deep, "#000000", 0.25),
                scene.unit * 0.24,
            )
        )
        dark = mix(fill, "#000000", 0.16)
        parts.append(
            polygon(
                (
                    (x - radius * 0.13, end + radius * 0.08),
                    (x + radius * 0.13, end + radius * 0.08),
                    (x, end - radius * 0.1),
                ),
                dark,
            )
        )
        parts.append(ellipse(x, y, radius * 0.94, radius * 1.14, fill))
        light = (x - radius * 0.36, y - radius * 0.48)
        gloss = ellipse(*light, radius * 0.15, radius * 0.28, "#ffffff", 'fill-opacity="0.6"')
        parts.append(rotated(gloss, *light, 28))
        if at == 2:
            parts.append(_face(x, y - radius * 0.05, radius * 0.62))
    return "".join(strings) + "".join(parts)


def flowers(scene: Scene) -> str:
    """Daisies that smile, on stems."""
    box, random, palette = scene.box, scene.random, scene.palette
    fills = _fills(scene)
    wide = not scene.ends or scene.band
    places = (
        ((0.17, 0.5, 0.25), (0.5, 0.4, 0.34), (0.83, 0.54, 0.27))
        if wide
        else ((0.32, 0.62, 0.23), (0.66, 0.32, 0.32), (0.8, 0.74, 0.2))
    )
    parts = []
    stem = mix("#1f8a55", palette.deep, 0.12)
    for at, (x_share, y_share, size) in enumerate(places):
        radius = (box.height if wide else box.width) * size
        x = box.x + box.width * (x_share + random.between(-0.02, 0.02))
        y = max(box.y + box.height * y_share, box.y + radius * 1.02)
        parts.append(
            line(
                f"M{x:.1f} {y:.1f} Q{x + radius * 0.3:.1f} {(y + box.bottom) / 2:.1f} {x:.1f}"
                f" {box.bottom + radius:.1f}",
                stem,
                radius * 0.13,
            )
        )
        turn = random.between(0, 0.7)
        fill = ("#ffffff", fills[1], fills[0])[at]
        for petal in range(9):
            px, py = polar(x, y, radius * 0.66, turn + 2 * math.pi * petal / 9)
            parts.append(circle(px, py, radius * 0.33, fill))
        parts.append(circle(x, y, radius * 0.5, "#ffc933" if fill != fills[0] or fills[0] != "#ffc933" else "#fff3c4"))
        parts.append(_face(x, y - radius * 0.08, radius * 0.4, grin=at == 1))
    return "".join(parts)


def party(scene: Scene) -> str:
    """Large confetti, streamers and rings."""
    box, random = scene.box, scene.random
    fills = _fills(scene)
    wide = not scene.ends or scene.band
    columns, rows = (7, 3) if wide else (3, 5)
    wide_cell, high_cell = box.width / columns, box.height / rows
    parts = []
    for row in range(rows):
        for column in range(columns):
            x = box.x + wide_cell * (column + random.between(0.3, 0.7))
            y = box.y + high_cell * (row + random.between(0.3, 0.7))
            size = min(wide_cell, high_cell) * random.between(0.2, 0.34)
            fill = fills[(row * 2 + column * 3 + random.pick(2)) % 4]
            turn = random.between(0, 180)
            kind = (row + column * 2 + random.pick(2)) % 5
            drawn = {
                0: circle(x, y, size * 0.72, fill),
                1: ring(x, y, size * 0.6, fill, size * 0.34),
                2: polygon(
                    [polar(x, y, size * (1 if point % 2 == 0 else 0.46), math.pi * point / 5) for point in range(10)],
                    fill,
                ),
                3: line(
                    f"M{x - size * 1.3:.1f} {y:.1f} q{size * 0.65:.1f} {-size:.1f} {size * 1.3:.1f} 0"
                    f" t{size * 1.3:.1f} 0",
                    fill,
                    size * 0.36,
                ),
                4: rect(Box(x - size, y - size * 0.34, size * 2, size * 0.68), fill, f'rx="{size * 0.34:.1f}"'),
            }[kind]
            parts.append(rotated(drawn, x, y, turn))
    return "".join(parts)
