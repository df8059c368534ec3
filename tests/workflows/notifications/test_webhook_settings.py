"""What a person sets of a webhook: its fields, its secret, its URL."""

from __future__ import annotations

from dataclasses import replace

import pytest
from standardwebhooks import Webhook as Verifier

from araldo.errors import PostInvalid
from araldo.notify.models import WebhookChanges
from tests.support.webhook_harness import WebhookHarness


async def test_a_change_leaves_what_it_does_not_name(harness: WebhookHarness) -> None:
    hook = await harness.create_webhook(events=["account.dead"], note="mine")
    assert await harness.webhooks.change(harness.workspace, hook.id, WebhookChanges()) == hook
    harness.clock.advance(1)
    changed = await harness.webhooks.change(harness.workspace, hook.id, WebhookChanges(events=None, active=False))
    assert changed == replace(hook, events=None, active=False, updated_at=harness.clock.now())
    assert await harness.state_of(hook) == changed


async def test_a_rotated_secret_signs_beside_the_old_one_for_a_day(harness: WebhookHarness) -> None:
    hook = await harness.create_webhook()
    old = harness.secret
    _, new = await harness.webhooks.rotate_secret(harness.workspace, hook.id, None)
    assert new != old

    async def signatures() -> list[str]:
        row = await harness.webhooks.send_test(harness.workspace, hook.id)
        got = harness.receiver.got[-1]
        signed = got.headers["webhook-signature"].split(" ")
        expected = [Verifier(secret).sign(row.id, harness.clock.now(), got.body) for secret in (new, old)]
        assert signed == expected[: len(signed)]
        return signed

    assert len(await signatures()) == 2
    harness.clock.advance(24 * 3_600)
    assert len(await signatures()) == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.com/x", "url_invalid"),
        ("not a url", "url_invalid"),
        ("http://me:secret@example.com/", "url_has_credentials"),
        ("http://127.0.0.1/hook", "address_not_public"),
        ("http://169.254.169.254/latest", "address_not_public"),
        ("https://example.com:8443/", "port_not_allowed"),
    ],
)
async def test_forbidden_urls_are_refused_at_once(harness: WebhookHarness, url: str, code: str) -> None:
    with pytest.raises(PostInvalid) as refused:
        await harness.webhooks.create(harness.workspace, url, events=["delivery.fail"], note="", secret=None)
    found = {problem.pointer: problem.code for problem in refused.value.problems}
    assert found == {"/url": code, "/events/0": "event_unknown"}
