"""Web Push for one message: encryption (RFC 8291), the sender's signature (RFC 8292), and a subscription's keys. Pure.

The random parts are parameters, so that RFC 8291's example can be repeated.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from yarl import URL

SALT_BYTES = 16
# A push service accepts bodies of 4096 bytes: header 86, tag 16, delimiter 1 (RFC 8291, 4).
PLAINTEXT_MAX = 4096 - 86 - 16 - 1
_RECORD_SIZE = 4096
_AUTH_BYTES, _PRIVATE_BYTES = 16, 32
# RFC 8292 allows 24 hours; a clock that is off by some hours must not matter.
_TOKEN_LIFETIME = timedelta(hours=12)
# RFC 8030, 5.4.
_TOPIC_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """Where a browser takes messages, and the keys to encrypt them with; all of it is secret.

    `p256dh`: the browser's public key, an uncompressed point of 65 bytes; `auth`: 16 bytes.
    """

    endpoint: str
    p256dh: bytes
    auth: bytes


def decode_base64url(text: str) -> bytes:
    """Decode base64url with or without padding. Raises ValueError."""
    unpadded = text.rstrip("=")
    try:
        return base64.b64decode(unpadded + "=" * (-len(unpadded) % 4), altchars=b"-_", validate=True)
    except ValueError as broken:
        raise ValueError("not base64url") from broken


def encode_base64url(data: bytes) -> str:
    """Encode as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parse_public_key(data: bytes) -> ec.EllipticCurvePublicKey:
    """Read an uncompressed point of P-256. Raises ValueError for what is none."""
    if len(data) != 65:
        raise ValueError("not an uncompressed point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except ValueError as refused:
        raise ValueError("not a point of P-256") from refused


def is_auth_secret(data: bytes) -> bool:
    return len(data) == _AUTH_BYTES


def make_private_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def encode_private_key(key: ec.EllipticCurvePrivateKey) -> str:
    return encode_base64url(key.private_numbers().private_value.to_bytes(_PRIVATE_BYTES, "big"))


def decode_private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Read what `encode_private_key` wrote. Raises ValueError."""
    return ec.derive_private_key(int.from_bytes(decode_base64url(text), "big"), ec.SECP256R1())


def public_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public key as an uncompressed point of 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypt(
    plaintext: bytes, subscription: PushSubscription, *, sender: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """Return the body of a push message in the coding `aes128gcm`, as one record.

    `sender` is a key pair of this message alone, `salt` 16 random bytes of it. Raises ValueError for a plaintext above
    `PLAINTEXT_MAX` bytes.
    """
    if len(plaintext) > PLAINTEXT_MAX:
        raise ValueError("too long for one push message")
    own = public_point(sender)
    shared = sender.exchange(ec.ECDH(), parse_public_key(subscription.p256dh))
    secret = _derive(shared, subscription.auth, b"WebPush: info\0" + subscription.p256dh + own, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + _RECORD_SIZE.to_bytes(4, "big") + bytes([len(own)]) + own
    # 2: the delimiter of the last record.
    return header + AESGCM(key).encrypt(nonce, plaintext + b"\2", None)


def vapid_authorization(key: ec.EllipticCurvePrivateKey, endpoint: str, subject: str, now: datetime) -> str:
    """Return the `Authorization` header for a request to this endpoint.

    `subject`: a `mailto:` or `https:` address by which the push service reaches who operates this server.
    """
    claims = {"aud": str(URL(endpoint).origin()), "exp": int((now + _TOKEN_LIFETIME).timestamp()), "sub": subject}
    token = jwt.encode(claims, key, algorithm="ES256")
    return f"vapid t={token}, k={encode_base64url(public_point(key))}"


def topic_of(about: str) -> str:
    """Return the `Topic` of messages about one object: of those that wait for a browser, the newest replaces the rest.

    A hash, because the push service needs to know no more than whether two are equal.
    """
    return encode_base64url(hashlib.sha256(b"araldo push topic\0" + about.encode()).digest())[:_TOPIC_CHARACTERS]


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)
