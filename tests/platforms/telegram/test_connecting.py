"""Connecting a channel: what is missing is named; and what an inspection says of the bot's access later."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from araldo.clock import SystemClock
from araldo.errors import TryLater
from araldo.http import Http
from araldo.platforms.service import SettingsFinding
from araldo.platforms.telegram.service import ConnectRefused, TelegramService
from tests.platforms.contract import Stages
from tests.platforms.telegram.stage import BOT, CHANNEL, TOKEN, ServiceStage, context_for, credentials_of
from tests.support.running_system import SandboxClient

MEMBERS = f"telegram/chats/{CHANNEL}/members"


@pytest.fixture
def sandbox(stages: Stages) -> SandboxClient:
    stage = stages.get("telegram")
    assert isinstance(stage, ServiceStage)
    return stage.sandbox


@pytest.fixture
async def service(sandbox: SandboxClient) -> AsyncIterator[TelegramService]:
    async with Http(timeout_s=5) as http:
        yield TelegramService(context_for(http, SystemClock(), sandbox.url))


async def refusal(service: TelegramService, channel: str = "@studio_demo", token: str = TOKEN) -> tuple[str, str]:
    """Return the code and the message of what is refused."""
    with pytest.raises(ConnectRefused) as raised:
        await service.find_accounts("bot", {"token": token, "channel": channel})
    assert token not in str(raised.value)
    return raised.value.code, str(raised.value)


@pytest.mark.parametrize("channel", ["@studio_demo", CHANNEL, "https://t.me/studio_demo/1", f"t.me/c/{CHANNEL[4:]}/1"])
async def test_a_channel_is_found_by_its_name_its_id_or_a_link(service: TelegramService, channel: str) -> None:
    found = await service.find_accounts("bot", {"token": f" {TOKEN}\n", "channel": channel})
    ((account,),) = (group.members for group in found.groups)
    assert (account.remote_id, account.name, account.username) == (CHANNEL, "Studio Demo", "studio_demo")
    assert account.credentials.secrets == {"token": TOKEN}
    assert [end.at for end in account.ends] == [None]
    assert TOKEN not in repr(found)


async def test_a_private_channel_has_no_name(service: TelegramService, sandbox: SandboxClient) -> None:
    chat = sandbox.control("telegram/chats", {"title": "Privato"})["id"]
    found = await service.find_accounts("bot", {"token": TOKEN, "channel": chat})
    assert [(one.name, one.username) for one in found.groups[0].members] == [("Privato", None)]


async def test_what_is_no_token_and_no_channel_is_said_without_a_call(
    service: TelegramService, sandbox: SandboxClient
) -> None:
    assert (await refusal(service, token="hunter2-hunter2"))[0] == "not_a_token"
    assert (await refusal(service, channel="https://example.com/x"))[0] == "not_a_channel_name"
    assert sandbox.log("/bot") == []


async def test_each_thing_that_is_missing_is_named(service: TelegramService, sandbox: SandboxClient) -> None:
    assert (await refusal(service, token=f"{BOT}:AA{'x' * 33}"))[0] == "token_refused"
    code, said = await refusal(service, channel="@nobody_here")
    assert (code, "@studio_demo_bot does not find @nobody_here" in said) == ("channel_not_found", True)
    group = sandbox.control("telegram/chats", {"title": "Gruppo", "type": "supergroup", "username": "gruppo"})
    assert (await refusal(service, channel="@gruppo"))[0] == "not_a_channel"
    assert (await refusal(service, channel=group["id"]))[0] == "not_a_channel"
    sandbox.control(MEMBERS, {"status": "administrator", "rights": ["can_edit_messages"]})
    code, said = await refusal(service)
    assert (code, "may not post" in said) == ("cannot_post", True)
    for status in ("left", "kicked", "member"):
        sandbox.control(MEMBERS, {"status": status})
        code, said = await refusal(service)
        assert (code, "@studio_demo_bot is not an administrator of @studio_demo" in said) == ("not_administrator", True)


async def test_an_inspection_says_what_the_bot_has_lost(service: TelegramService, sandbox: SandboxClient) -> None:
    credentials = credentials_of(TOKEN)
    seen = await service.inspect(credentials)
    assert (seen.access_lost, seen.problem, [end.at for end in seen.ends]) == (None, None, [None])
    for member in ({"status": "administrator", "rights": []}, {"status": "left"}, {"status": "kicked"}):
        sandbox.control(MEMBERS, member)
        seen = await service.inspect(credentials)
        assert seen.access_lost is None
        assert seen.problem is not None
        assert seen.problem.key in {"telegram.errors.rights_missing", "telegram.errors.not_member"}
    sandbox.control(f"telegram/bots/{BOT}/revoke", {})
    seen = await service.inspect(credentials)
    assert seen.access_lost is not None
    assert seen.access_lost.key == "telegram.errors.token_refused"
    sandbox.fault(service="telegram", kind="html", times=1)
    with pytest.raises(TryLater):
        await service.inspect(credentials)


async def test_a_token_is_revoked_by_its_owner_alone(service: TelegramService) -> None:
    credentials = credentials_of(TOKEN)
    said = await service.revoke(credentials)
    assert said is not None
    assert "/revoke to @BotFather" in said.to("en")
    assert await service.renew(credentials) == credentials
    assert (await service.inspect(credentials)).access_lost is None


async def test_the_settings_say_which_server_is_used(service: TelegramService, sandbox: SandboxClient) -> None:
    (finding,) = service.settings_findings()
    assert isinstance(finding, SettingsFinding)
    assert sandbox.url in finding.message.to("en")
    assert service.local_address(None) == sandbox.url
