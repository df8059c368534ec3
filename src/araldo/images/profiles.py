"""Find a file's colour profile: its embedded ICC profile, or one built from PNG's and AVIF's short forms. Pure.

Sources: PNG, third edition (cICP before iCCP before sRGB before gAMA and cHRM); ITU-T H.273 for the code points;
ITU-R BT.2100 for PQ and HLG, BT.2408 for their white of 203 cd/m2.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

from PIL import Image

from araldo.images.chunks import png_chunks

Curve = Callable[[float], float]
# x and y of white, red, green and blue.
Primaries = tuple[float, float, float, float, float, float, float, float]
Matrix = tuple[tuple[float, float, float], ...]

_D65 = (0.3127, 0.329)
_SRGB_PRIMARIES: Primaries = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_PRIMARIES: dict[int, Primaries] = {
    1: _SRGB_PRIMARIES,
    4: (0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.63, 0.34, 0.31, 0.595, 0.155, 0.07),
    7: (*_D65, 0.63, 0.34, 0.31, 0.595, 0.155, 0.07),
    9: (*_D65, 0.708, 0.292, 0.17, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
    12: (*_D65, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
}
# Transfer curves of cameras that are treated as sRGB, as browsers do.
_LIKE_SRGB = frozenset({1, 6, 13, 14, 15})
_WHITE_NITS, _HLG_NITS = 203.0, 1000.0
# Relative brightness from which HDR highlights are compressed into the SDR range.
_KNEE = 0.6
_SAMPLES = 4096
_PLAIN_GAMMA = 1 / 2.2
_AVIF_BOXES = 64 * 1024


def find_profile(picture: Image.Image, data: bytes) -> bytes | None:
    """Return the ICC profile of a file's colours; None for sRGB, or when the file names none."""
    own: bytes | None = picture.info.get("icc_profile")
    if picture.format == "PNG":
        cicp = next((content for kind, content in png_chunks(data) if kind == b"cICP"), None)
        if cicp is not None and len(cicp) == 4 and _is_known(cicp[0], cicp[1]):
            return _profile_from_code_points(cicp[0], cicp[1], full=cicp[3] != 0)
        return own or _profile_from_gamma(picture)
    if picture.format == "AVIF" and own is None:
        at = data.find(b"colrnclx", 0, _AVIF_BOXES)
        if at >= 0 and at + 12 <= len(data):
            primaries, transfer = struct.unpack(">HH", data[at + 8 : at + 12])
            return _profile_from_code_points(primaries, transfer, full=True) if _is_known(primaries, transfer) else None
    return own


def _is_known(primaries: int, transfer: int) -> bool:
    return primaries in _PRIMARIES and transfer in _CURVES


def _profile_from_code_points(primaries: int, transfer: int, *, full: bool) -> bytes | None:
    if primaries == 1 and transfer in _LIKE_SRGB and full:
        return None
    curve = _CURVES[transfer]
    # Narrow range: black at 16 and white at 235 of 255.
    ranged = curve if full else lambda value: curve(min(1.0, max(0.0, (value * 255 - 16) / 219)))
    return _matrix_profile(_PRIMARIES[primaries], ranged)


def _profile_from_gamma(picture: Image.Image) -> bytes | None:
    gamma = picture.info.get("gamma")
    if "srgb" in picture.info or not isinstance(gamma, float) or not 0.1 <= gamma <= 5:
        return None
    chromaticity = picture.info.get("chromaticity")
    primaries: Primaries = _SRGB_PRIMARIES
    if isinstance(chromaticity, tuple) and len(chromaticity) == 8 and _is_plausible(chromaticity):
        primaries = chromaticity
    as_srgb = all(abs(a - b) < 0.002 for a, b in zip(primaries, _SRGB_PRIMARIES, strict=True))
    if as_srgb and abs(gamma / _PLAIN_GAMMA - 1) < 0.02:
        return None
    return _matrix_profile(primaries, lambda value: value ** (1 / gamma))


def _is_plausible(chromaticity: tuple[float, ...]) -> bool:
    """Whether the primaries span a triangle and the white point is not dark."""
    _, white_y, red_x, red_y, green_x, green_y, blue_x, blue_y = chromaticity
    area = (green_x - red_x) * (blue_y - red_y) - (blue_x - red_x) * (green_y - red_y)
    return white_y > 0.01 and abs(area) > 0.01 and all(0 <= value <= 1 for value in chromaticity)


def _srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _pq(value: float) -> float:
    power = value ** (1 / 78.84375)
    return _tone_map(10_000 * (max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125))


def _hlg(value: float) -> float:
    scene = value * value / 3 if value <= 0.5 else (math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return _tone_map(_HLG_NITS * scene**1.2)


def _tone_map(nits: float) -> float:
    """Map HDR light to the SDR range (white is 1) with a soft knee, so that highlights keep their detail."""
    light = nits / _WHITE_NITS
    beyond = (light - _KNEE) / (1 - _KNEE)
    return light if beyond <= 0 else _KNEE + (1 - _KNEE) * beyond / (1 + beyond)


_CURVES: dict[int, Curve] = {
    **dict.fromkeys(_LIKE_SRGB, _srgb),
    4: lambda value: value**2.2,
    5: lambda value: value**2.8,
    8: lambda value: value,
    16: _pq,
    17: lambda value: min(1.0, value**2.6 * 52.37 / 48),
    18: _hlg,
}


def _matrix_profile(primaries: Primaries, curve: Curve) -> bytes:
    """Build an ICC profile, version 2: three primaries adapted to D50, and one curve for all."""
    columns = tuple(zip(*_to_pcs(primaries), strict=True))
    samples = [round(65535 * min(1.0, max(0.0, curve(at / (_SAMPLES - 1))))) for at in range(_SAMPLES)]
    bent = b"curv\0\0\0\0" + struct.pack(f">I{_SAMPLES}H", _SAMPLES, *samples)
    tags = [(name, _xyz(*column)) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)]
    tags += [(b"wtpt", _xyz(*_D50)), (b"rTRC", bent)]
    places, body, at = {}, b"", 128 + 4 + 12 * (len(tags) + 2)
    for name, content in tags:
        places[name] = (at + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    places |= {b"gTRC": places[b"rTRC"], b"bTRC": places[b"rTRC"]}
    table = b"".join(struct.pack(">4sII", name, *place) for name, place in places.items())
    head = struct.pack(">I4sI4s4s4s12x4s", at + len(body), b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head += b"\0" * (68 - len(head)) + _xyz(*_D50)[8:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(places)) + table + body


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


_D50 = (0.9642, 1.0, 0.8249)
_BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def _to_pcs(primaries: Primaries) -> Matrix:
    """From linear RGB to XYZ under D50."""
    white, *lights = ((x / y, 1.0, (1 - x - y) / y) for x, y in _pairs(primaries))
    plain: Matrix = tuple(zip(*lights, strict=True))
    shares = _applied(_inverted(plain), white)
    scaled: Matrix = tuple(tuple(a * b for a, b in zip(row, shares, strict=True)) for row in plain)  # type: ignore[misc]  # three by three
    before, after = _applied(_BRADFORD, white), _applied(_BRADFORD, _D50)
    gains = tuple(tuple((after[i] / before[i]) * value for value in row) for i, row in enumerate(_BRADFORD))
    return _product(_product(_inverted(_BRADFORD), gains), scaled)  # type: ignore[arg-type]  # three by three


def _pairs(primaries: Primaries) -> list[tuple[float, float]]:
    # A primary without light, as ACES has them, would divide by nothing.
    return [(primaries[at], max(primaries[at + 1], 1e-6)) for at in range(0, 8, 2)]


def _applied(matrix: Matrix, vector: tuple[float, ...]) -> tuple[float, float, float]:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def _product(left: Matrix, right: Matrix) -> Matrix:
    columns = list(zip(*right, strict=True))
    return tuple(_applied(columns, row) for row in left)  # type: ignore[arg-type]  # columns of three


def _inverted(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / whole, (c * h - b * i) / whole, (b * f - c * e) / whole),
        ((f * g - d * i) / whole, (a * i - c * g) / whole, (c * d - a * f) / whole),
        ((d * h - e * g) / whole, (b * g - a * h) / whole, (a * e - b * d) / whole),
    )
