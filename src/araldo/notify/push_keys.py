"""The VAPID key pair of this installation: made once, its private key sealed by the vault."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec

from araldo.notify import push_store
from araldo.notify.push_encryption import (
    decode_private_key,
    encode_base64url,
    encode_private_key,
    make_private_key,
    public_point,
)
from araldo.storage.database import Database, Transaction
from araldo.storage.vault import Vault, VaultKeyLost


async def ensure_key_pair(database: Database, vault: Vault) -> None:
    """Make the key pair when there is none. Safe to call at every start, and in several processes."""
    if await database.read(push_store.find_key_pair) is None:
        public_key, sealed = _make_pair(vault)
        await database.write(lambda transaction: push_store.add_key_pair(transaction, public_key, sealed))


def open_private_key(vault: Vault, sealed: str) -> ec.EllipticCurvePrivateKey:
    """Raises VaultKeyLost."""
    return decode_private_key(vault.open(sealed))


def is_key_pair_lost(vault: Vault, pair: tuple[str, str] | None) -> bool:
    """Return whether the vault has no key that opens the private key."""
    try:
        return pair is not None and not vault.open(pair[1])
    except VaultKeyLost:
        return True


def replace_lost_key_pair(transaction: Transaction, vault: Vault) -> None:
    """Replace the key pair when the vault cannot open it any more.

    Every device is deleted with it, because nothing can be sent to a browser with another pair.
    """
    pair = push_store.find_key_pair(transaction)
    if pair is not None and is_key_pair_lost(vault, pair):
        push_store.replace_key_pair(transaction, pair[0], *_make_pair(vault))


def _make_pair(vault: Vault) -> tuple[str, str]:
    """Return (public key, sealed private key) of a new pair."""
    made = make_private_key()
    return encode_base64url(public_point(made)), vault.seal(encode_private_key(made))
