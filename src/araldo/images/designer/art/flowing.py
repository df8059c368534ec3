"""Art families for the creative style: soft solids, ribbons, glass discs, balls, capsules."""

from __future__ import annotations

import math

from araldo.images.designer.art.shapes import Scene, blob, circle, ellipse, linear_gradient, open_curve, path, rotated
from araldo.images.designer.colors import mix


def _shaded_gradient(name: str, color: str, other: str) -> str:
    """A radial gradient that makes a shape look round: lit from above left, its far side in `other`."""
    return (
        f'<radialGradient id="{name}" cx="0.32" cy="0.26" r="0.95">'
        f'<stop offset="0" stop-color="{mix(color, "#ffffff", 0.55)}"/>'
        f'<stop offset="0.32" stop-color="{color}"/>'
        f'<stop offset="0.74" stop-color="{mix(color, other, 0.2)}"/>'
        f'<stop offset="1" stop-color="{mix(mix(color, other, 0.3), "#000000", 0.34)}"/></radialGradient>'
    )


def _shadow(name: str, strength: float = 0.34) -> str:
    return (
        f'<radialGradient id="{name}"><stop offset="0.35" stop-color="#000" stop-opacity="{strength}"/>'
        '<stop offset="1" stop-color="#000" stop-opacity="0"/></radialGradient>'
    )


def _highlight(x: float, y: float, radius: float, turn: float) -> str:
    """The highlight on a soft solid."""
    at = (x - radius * 0.34, y - radius * 0.44)
    return rotated(ellipse(*at, radius * 0.3, radius * 0.15, "url(#gloss)"), *at, turn)


# The capsules' angle in degrees.
_SLANT = 32
_GLOSS = (
    '<radialGradient id="gloss"><stop offset="0" stop-color="#fff" stop-opacity="0.75"/>'
    '<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>'
)


def _placements(scene: Scene, sizes: tuple[float, ...]) -> list[tuple[float, float, float]]:
    """Return centres and radii: along a band from the middle to its end, or stacked in a column."""
    box, random = scene.box, scene.random
    if scene.band:
        spots = ((0.86, 0.3), (0.57, 0.36), (0.72, 0.76), (0.3, 0.2), (0.97, 0.86))
    else:
        spots = ((0.72, 0.24), (0.42, 0.55), (0.78, 0.78), (0.24, 0.18), (0.3, 0.9))
    reach = box.height * 0.62 if scene.band else box.side * 0.5
    found = []
    for (x_share, y_share), size in zip(spots, sizes, strict=False):
        x = box.x + box.width * (x_share + random.between(-0.035, 0.035))
        y = box.y + box.height * (y_share + random.between(-0.035, 0.035))
        radius = reach * size * random.between(0.94, 1.06)
        # A shape may exceed an edge of the card, but never the edge towards the text.
        if not scene.foot:
            y = min(y, box.bottom - radius * 1.12)
        if scene.ends and not scene.band:
            x = max(x, box.x + radius * 1.12)
        found.append((x, y, radius))
    return found


def blobs(scene: Scene) -> str:
    """Soft stones that overlap, each with its light and its shadow."""
    palette, random = scene.palette, scene.random
    colors = (palette.art[0], palette.art[2], palette.art[1])
    defs = [_GLOSS, _shadow("cast")]
    parts = []
    for at, (x, y, radius) in enumerate(_placements(scene, (0.84, 0.5, 0.62, 0.17))):
        color, other = colors[at % 3], colors[(at + 1) % 3]
        defs.append(_shaded_gradient(f"solid{at}", color, other))
        parts.append(ellipse(x + radius * 0.06, y + radius * 0.2, radius * 1.08, radius * 1.08, "url(#cast)"))
        parts.append(path(blob(x, y, radius, random), f"url(#solid{at})"))
        parts.append(_highlight(x, y, radius, random.between(-40, -20)))
    return f"<defs>{''.join(defs)}</defs>{''.join(parts)}"


def orbs(scene: Scene) -> str:
    """Balls, large to small."""
    palette = scene.palette
    colors = (palette.art[1], palette.art[0], palette.art[2])
    defs = [_GLOSS, _shadow("cast", 0.3)]
    parts = []
    for at, (x, y, radius) in enumerate(_placements(scene, (0.8, 0.44, 0.56, 0.15, 0.2))):
        defs.append(_shaded_gradient(f"ball{at}", colors[at % 3], colors[(at + 1) % 3]))
        parts.append(circle(x + radius * 0.05, y + radius * 0.2, radius * 1.1, "url(#cast)"))
        parts.append(circle(x, y, radius, f"url(#ball{at})"))
        parts.append(_highlight(x, y, radius, -32))
    return f"<defs>{''.join(defs)}</defs>{''.join(parts)}"


def prism(scene: Scene) -> str:
    """Discs of coloured glass, brighter where they overlap."""
    palette = scene.palette
    colors = (palette.art[0], palette.art[1], palette.art[2])
    defs, parts = [], []
    for at, (x, y, radius) in enumerate(_placements(scene, (0.78, 0.64, 0.68, 0.24))):
        color = colors[at % 3]
        defs.append(
            f'<linearGradient id="glass{at}" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="{color}"/>'
            f'<stop offset="1" stop-color="{color}" stop-opacity="0.25"/></linearGradient>'
        )
        parts.append(circle(x, y, radius, f"url(#glass{at})", 'fill-opacity="0.82"'))
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius - scene.unit * 0.15:.1f}" fill="none" stroke="#fff"'
            f' stroke-opacity="0.45" stroke-width="{scene.unit * 0.3:.1f}"/>'
        )
    return f"<defs>{''.join(defs)}</defs>{''.join(parts)}"


def ribbons(scene: Scene) -> str:
    """Bands of colour that swing through the box side by side."""
    box, palette, random = scene.box, scene.palette, scene.random
    count = 7
    colors = [
        mix(palette.art[0], palette.art[1], at / 3) if at <= 3 else mix(palette.art[1], palette.art[2], (at - 3) / 3)
        for at in range(count)
    ]
    across = box.width if scene.band else box.height
    thick = (box.height if scene.band else box.width) * 0.088
    swing = thick * random.between(1.6, 2.2)
    phase = random.between(0, 6.2)
    parts = []
    for at, color in enumerate(colors):
        points = []
        for step in range(-1, 10):
            share = step / 8
            wave = swing * math.sin(phase + share * 4.2) + swing * 0.5 * math.sin(phase * 2 + share * 7 + at * 0.12)
            drift = thick * (at - count / 2 + 0.5) * (0.96 + 0.2 * math.sin(phase + share * 3))
            if scene.band:
                points.append((box.x + across * share, box.y + box.height * 0.46 + wave * 0.75 + drift * 0.8))
            else:
                points.append((box.x + box.width * 0.56 + wave * 0.8 + drift, box.y + across * share))
        parts.append(f'<path d="{open_curve(points)}" fill="none" stroke="{color}" stroke-width="{thick * 1.03:.1f}"/>')
        parts.append(
            f'<path d="{open_curve(points)}" fill="none" stroke="#fff" stroke-opacity="0.16"'
            f' stroke-width="{thick * 0.16:.1f}"/>'
        )
    return "".join(parts)


def capsules(scene: Scene) -> str:
    """Slanting capsules, each with its own gradient, like rain of colour."""
    box, palette, random = scene.box, scene.palette, scene.random
    colors = (palette.art[0], palette.art[1], palette.art[2], palette.accent)
    defs = [linear_gradient(f"rain{at}", color, colors[(at + 1) % 4], down=True) for at, color in enumerate(colors)]
    wide = (box.height * 0.2) if scene.band else box.width * 0.135
    pitch = wide * 1.22
    reach = math.hypot(box.width, box.height)
    parts = []
    columns = math.ceil(reach / pitch) + 1
    for column in range(-columns // 2, columns // 2 + 1):
        y = -reach / 2 + random.between(-1.0, 0.2) * wide * 3
        turn = random.pick(4)
        while y < reach / 2:
            long = wide * random.between(1.4, 4.2)
            if random.between(0, 1) < 0.8 and _is_clear_of_text(scene, column * pitch, y, wide, long):
                parts.append(
                    f'<rect x="{column * pitch - wide / 2:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{long:.1f}"'
                    f' rx="{wide / 2:.1f}" fill="url(#rain{turn % 4})"/>'
                )
            turn += 1
            y += long + wide * 0.3
    x, y = box.x + box.width / 2, box.y + box.height / 2
    slanting = f'<g transform="translate({x:.1f} {y:.1f}) rotate({_SLANT})">{"".join(parts)}</g>'
    return f"<defs>{''.join(defs)}</defs>{slanting}"


def _is_clear_of_text(scene: Scene, x: float, y: float, wide: float, long: float) -> bool:
    """Whether a slanted capsule stays clear of the edge towards the text."""
    box, turn = scene.box, math.radians(_SLANT)
    for end in (y + wide / 2, y + long - wide / 2):
        across = x * math.cos(turn) - end * math.sin(turn) + box.width / 2
        down = x * math.sin(turn) + end * math.cos(turn) + box.height / 2
        if (scene.ends and across < wide / 2) or (not scene.foot and down > box.height - wide / 2):
            return False
    return True
