"""Encryption of stored tokens and signatures of media URLs, with the keys of one file or the settings."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from araldo.errors import Conflict
from araldo.messages import Message
from araldo.storage.private_files import make_private_folder


class VaultKeyLost(Conflict):
    code = "vault_key_lost"


class VaultKeyInvalid(Conflict):
    code = "vault_no_key"


class Vault:
    """Encrypts with the first key, decrypts with any: rotate keys by putting a new one in front."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = tuple(keys)
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._signing = [hashlib.sha256(b"araldo media urls\0" + key.encode()).digest() for key in keys]

    def seal(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as broken:
            raise VaultKeyLost(Message("vault.token_unreadable")) from broken

    def sign(self, message: str) -> str:
        return _signature(self._signing[0], message)

    def verify(self, message: str, signature: str) -> bool:
        wanted = signature.encode("utf-8", "replace")
        return any(hmac.compare_digest(_signature(key, message).encode(), wanted) for key in self._signing)


def _signature(key: bytes, message: str) -> str:
    digest = hmac.new(key, message.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def load_vault(data_dir: Path, configured_keys: Sequence[str]) -> Vault:
    """Use the configured keys, else those of `secret.key` in the data folder, created on first use with mode 0600.

    Raises VaultKeyInvalid for a malformed key; an existing key file is never overwritten.
    """
    if configured_keys:
        return _make_vault(configured_keys, Message("vault.configured_key_invalid"))
    path = key_file(data_dir)
    if not path.exists():
        _write_once(path, Fernet.generate_key() + b"\n")
    return Vault(load_keys(path))


def key_file(data_dir: Path) -> Path:
    return data_dir / "secret.key"


def read_key_file(path: Path) -> list[str]:
    """Return the keys in the file, the newest first; not checked. Raises OSError."""
    return path.read_text(errors="replace").split()


def load_keys(path: Path) -> list[str]:
    """Return the keys in a file. Raises VaultKeyInvalid when they are none."""
    keys = read_key_file(path)
    _make_vault(keys, Message("vault.key_file_invalid", {"where": path}))
    return keys


def add_keys(path: Path, keys: Sequence[str]) -> None:
    """Put these keys in front of those that the file has, if it exists; it is replaced at once. Raises OSError."""
    present = read_key_file(path) if path.exists() else []
    write_key_file(path, [*dict.fromkeys([*keys, *present])])


def write_key_file(path: Path, keys: Sequence[str]) -> None:
    """Replace the file at once: a crash leaves the old one or the new one. Raises OSError."""
    with _temporary_file(path, "".join(f"{key}\n" for key in keys).encode()) as temporary:
        temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _make_vault(keys: Sequence[str], otherwise: Message) -> Vault:
    try:
        return Vault(keys)
    except ValueError as broken:
        raise VaultKeyInvalid(otherwise) from broken


def _write_once(path: Path, data: bytes) -> None:
    """Write the file atomically, and never over another process's key: losing a key loses every token."""
    make_private_folder(path.parent)
    with _temporary_file(path, data) as temporary, suppress(FileExistsError):
        os.link(temporary, path)


@contextmanager
def _temporary_file(path: Path, data: bytes) -> Iterator[Path]:
    """Write the data to a new file beside `path`, on the disk before the block begins; deleted unless it was moved."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
