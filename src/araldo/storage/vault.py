"""Encryption of stored tokens and signatures of media URLs, with the keys of one file or the settings."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from araldo.errors import Conflict
from araldo.messages import Message
from araldo.storage.private_files import make_private_folder


class VaultKeyLost(Conflict):
    code = "vault_key_lost"


class VaultKeyInvalid(Conflict):
    code = "vault_no_key"


class KeyFile:
    """The file with the keys, which another process may replace at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None

    def read_if_changed(self) -> list[str] | None:
        """Return the keys when the file is another one than at the last call, else None; also when it is gone."""
        try:
            found = self._path.stat()
            version = (found.st_ino, found.st_mtime_ns, found.st_size)
            if version == self._seen:
                return None
            keys = read_key_file(self._path)
        except OSError:
            return None
        self._seen = version
        return keys


@dataclass(frozen=True, slots=True)
class _Ciphers:
    """What follows from the keys, the newest first."""

    keys: tuple[str, ...]
    newest: Fernet
    all: MultiFernet
    signing: tuple[bytes, ...]


class Vault:
    """Encrypts with the first key, decrypts with any.

    With a `file` it follows the keys in it, in a running process too: what is sealed or signed is so with the key that
    is the newest at that moment, and what does not open is tried again with the keys that there are by then.
    """

    def __init__(self, keys: Sequence[str], file: KeyFile | None = None) -> None:
        self._ciphers = _ciphers_of(keys)
        self._file = file

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys themselves, the newest first."""
        self._follow_file()
        return self._ciphers.keys

    def seal(self, secret: str) -> str:
        self._follow_file()
        return self._ciphers.newest.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was sealed. Raises VaultKeyLost when no key fits."""
        try:
            return self._decrypt(sealed)
        except InvalidToken as broken:
            if not self._follow_file():
                raise VaultKeyLost(Message("vault.token_unreadable")) from broken
        try:
            return self._decrypt(sealed)
        except InvalidToken as broken:
            raise VaultKeyLost(Message("vault.token_unreadable")) from broken

    def _decrypt(self, sealed: str) -> str:
        return self._ciphers.all.decrypt(sealed.encode()).decode()

    def reseal(self, sealed: str) -> str | None:
        """Return the same secret sealed with the newest key; None when it is already. Raises VaultKeyLost."""
        self._follow_file()
        try:
            self._ciphers.newest.decrypt(sealed.encode())
        except InvalidToken:
            return self.seal(self.open(sealed))
        return None

    def sign(self, message: str) -> str:
        self._follow_file()
        return _signature(self._ciphers.signing[0], message)

    def verify(self, message: str, signature: str) -> bool:
        wanted = signature.encode("utf-8", "replace")
        return self._verifies(message, wanted) or (self._follow_file() and self._verifies(message, wanted))

    def _verifies(self, message: str, wanted: bytes) -> bool:
        signing = self._ciphers.signing
        return any(hmac.compare_digest(_signature(key, message).encode(), wanted) for key in signing)

    def _follow_file(self) -> bool:
        """Take the keys that the file has now; return whether they are others. Malformed ones are left alone."""
        keys = None if self._file is None else self._file.read_if_changed()
        if keys is None or tuple(keys) == self._ciphers.keys:
            return False
        try:
            self._ciphers = _ciphers_of(keys)
        except ValueError:
            return False
        return True


def _ciphers_of(keys: Sequence[str]) -> _Ciphers:
    """Raises ValueError for a malformed key, and for none."""
    fernets = [Fernet(key) for key in keys]
    every = MultiFernet(fernets)
    signing = tuple(hashlib.sha256(b"araldo media urls\0" + key.encode()).digest() for key in keys)
    return _Ciphers(tuple(keys), fernets[0], every, signing)


def _signature(key: bytes, message: str) -> str:
    digest = hmac.digest(key, message.encode(), "sha256")
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
    return Vault(load_keys(path), KeyFile(path))


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
