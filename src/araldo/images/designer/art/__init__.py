"""The list of art families: seeded shapes for the part of a card without text."""

from __future__ import annotations

from collections.abc import Mapping

from araldo.images.designer.art import calm, creatures, flowing, geometric, ornaments, patterns
from araldo.images.designer.art.shapes import Family, Scene, SeededRandom

__all__ = ["FAMILIES", "Family", "Scene", "SeededRandom"]

FAMILIES: Mapping[str, Family] = {
    family.__name__: family
    for family in (
        geometric.planet,
        geometric.arch,
        geometric.petals,
        geometric.hills,
        geometric.bars,
        geometric.steps,
        flowing.blobs,
        flowing.ribbons,
        flowing.prism,
        flowing.orbs,
        flowing.capsules,
        calm.disc,
        calm.arcs,
        calm.dots,
        calm.horizon,
        calm.blocks,
        patterns.stripes,
        patterns.halftone,
        patterns.burst,
        patterns.checker,
        patterns.chevrons,
        ornaments.sprig,
        ornaments.fan,
        ornaments.moon,
        ornaments.rosette,
        creatures.monsters,
        creatures.rainbow,
        creatures.balloons,
        creatures.flowers,
        creatures.party,
    )
}
