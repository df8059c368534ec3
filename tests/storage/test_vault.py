"""Sealing, rotation, the key file, signatures."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from araldo.storage.vault import Vault, VaultKeyInvalid, VaultKeyLost, load_vault

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@given(st.text())
def test_sealed_text_opens_and_is_unreadable(secret: str) -> None:
    secret = secret.encode("utf-8", "ignore").decode()
    sealed = Vault([OLD]).seal(secret)
    assert Vault([OLD]).open(sealed) == secret
    assert len(secret) < 4 or secret not in sealed


def test_keys_rotate() -> None:
    sealed = Vault([OLD]).seal("token")
    assert Vault([NEW, OLD]).open(sealed) == "token"
    with pytest.raises(VaultKeyLost):
        Vault([NEW]).open(sealed)


def test_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: load_vault(tmp_path / "data", []), range(8)))
    sealed = vaults[0].seal("token")
    assert {vault.open(sealed) for vault in vaults} == {"token"}
    path = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret.key"]


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"garbage\n", b"\xff\xfe\x80", b"\0" * 44, OLD.encode() + b" short"],
    ids=["empty", "garbage", "no text", "zeros", "two words"],
)
def test_a_malformed_key_file_is_reported_and_not_overwritten(tmp_path: Path, spoilt: bytes) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(spoilt)
    with pytest.raises(VaultKeyInvalid, match=re.escape(str(path))):
        load_vault(tmp_path, [])
    assert path.read_bytes() == spoilt
    with pytest.raises(VaultKeyInvalid, match="ARALDO_SECRET_KEYS"):
        load_vault(tmp_path, ["garbage"])


def test_signatures_depend_on_message_and_key() -> None:
    signature = Vault([OLD]).sign("med_1:99")
    assert Vault([NEW, OLD]).verify("med_1:99", signature)
    assert not Vault([OLD]).verify("med_1:98", signature)
    assert not Vault([NEW]).verify("med_1:99", signature)
    assert not Vault([OLD]).verify("med_1:99", "é" + signature)
