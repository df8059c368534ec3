"""The encryption of push messages, against RFC 8291's example and an implementation that is not ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from py_vapid import Vapid02

from araldo.notify.push_encryption import (
    PLAINTEXT_MAX,
    PushSubscription,
    decode_base64url,
    decode_private_key,
    encode_base64url,
    encode_private_key,
    encrypt,
    make_private_key,
    parse_public_key,
    public_point,
    topic_of,
    vapid_authorization,
)

# RFC 8291, appendix A.
PLAINTEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
RECEIVER_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_rfc() -> None:
    sender = decode_private_key(SENDER)
    receiver = PushSubscription("https://push.example/1", decode_base64url(RECEIVER_POINT), decode_base64url(AUTH))
    assert encode_base64url(encrypt(PLAINTEXT, receiver, sender=sender, salt=decode_base64url(SALT))) == BODY
    assert encode_base64url(public_point(decode_private_key(RECEIVER))) == RECEIVER_POINT


@given(plaintext=st.binary(max_size=300) | st.binary(min_size=PLAINTEXT_MAX, max_size=PLAINTEXT_MAX))
def test_another_implementation_decrypts_it(plaintext: bytes) -> None:
    receiver, auth = make_private_key(), bytes(range(16))
    subscription = PushSubscription("https://push.example/1", public_point(receiver), auth)
    body = encrypt(plaintext, subscription, sender=make_private_key(), salt=bytes(16))
    assert len(body) <= 4096
    assert http_ece.decrypt(body, private_key=receiver, auth_secret=auth) == plaintext


def test_what_does_not_fit_is_refused() -> None:
    subscription = PushSubscription("https://push.example/1", public_point(make_private_key()), bytes(16))
    with pytest.raises(ValueError, match="too long"):
        encrypt(bytes(PLAINTEXT_MAX + 1), subscription, sender=make_private_key(), salt=bytes(16))


@pytest.mark.parametrize(
    "point",
    [b"", bytes(65), b"\4" + bytes(64), b"\2" + bytes(32), public_point(make_private_key())[:-1]],
    ids=["empty", "infinity", "not on the curve", "compressed", "short"],
)
def test_what_is_no_point_of_the_curve_is_refused(point: bytes) -> None:
    with pytest.raises(ValueError, match=r"not an uncompressed point|not a point of P-256"):
        parse_public_key(point)


def test_a_private_key_survives_its_encoding() -> None:
    # A private number with leading zeros keeps its length.
    key = ec.derive_private_key(5, ec.SECP256R1())
    assert len(decode_base64url(encode_private_key(key))) == 32
    assert public_point(decode_private_key(encode_private_key(key))) == public_point(key)


@pytest.mark.parametrize(
    ("endpoint", "audience"),
    [
        ("https://push.example/send/abc?x=1", "https://push.example"),
        ("https://push.example:8443/send", "https://push.example:8443"),
    ],
)
def test_the_signature_names_the_push_service_and_ends(endpoint: str, audience: str) -> None:
    key, now = make_private_key(), datetime(2030, 1, 31, 9, tzinfo=UTC)
    header = vapid_authorization(key, endpoint, "mailto:ops@studio.example", now)
    token, _, sent_key = header.removeprefix("vapid t=").partition(", k=")
    assert decode_base64url(sent_key) == public_point(key)
    assert Vapid02.verify(f"vapid t={token},k={sent_key}")
    claims = json.loads(decode_base64url(token.split(".")[1]))
    assert claims == {"aud": audience, "exp": int(now.timestamp()) + 12 * 3600, "sub": "mailto:ops@studio.example"}
    other = encode_base64url(public_point(make_private_key()))
    assert not Vapid02.verify(f"vapid t={token},k={other}")


def test_a_topic_is_short_and_tells_nothing() -> None:
    assert len(topic_of("post_1")) == 32
    assert topic_of("post_1") != topic_of("post_2")
    assert "post" not in topic_of("post_1")


@pytest.mark.parametrize("text", ["a", "a b", "ä", "====a"])
def test_what_is_not_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        decode_base64url(text)
