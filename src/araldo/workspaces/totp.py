"""Time-based one-time passwords (RFC 6238) of authenticator apps, and recovery codes. Pure."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from datetime import datetime

import pyotp

from araldo.workspaces.keys import hash_secret

STEP_S = 30
# Phone clocks drift, so the previous and the next code are accepted too.
_STEPS_OFF = 1
RECOVERY_CODES = 10
_ISSUER = "Araldo"
_DIGITS = re.compile(r"[0-9]{6}")


def make_secret() -> str:
    """Return 160 random bits in base32, the format of authenticator apps."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, user_name: str) -> str:
    """Return the otpauth:// URI that the QR code holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=_ISSUER)


def find_matching_step(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """Return the time step of a code that is valid now and later than `last_step`; None for any other code."""
    code = code.replace(" ", "")
    if not _DIGITS.fullmatch(code):
        return None
    generator, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    for step in range(current - _STEPS_OFF, current + _STEPS_OFF + 1):
        if step > last_step and hmac.compare_digest(generator.at(step * STEP_S), code):
            return step
    return None


def make_recovery_codes() -> list[str]:
    """Return codes of 120 random bits in groups of four letters: `abcd-efgh-ijkl-mnop-qrst-uvwx`.

    ASVS 5.0 (6.5.2) allows secrets of 112 bits and more to be stored as a plain digest.
    """
    return [_group(base64.b32encode(secrets.token_bytes(15)).decode().lower()) for _ in range(RECOVERY_CODES)]


def hash_recovery_code(code: str) -> str:
    """Return the stored hash of a code; case, spaces and hyphens do not matter."""
    return hash_secret(re.sub(r"[\s-]", "", code).lower())


def _group(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
