"""A network that cannot be asked what it published: connected by its form, and a lost answer announced and decided."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse, in_own_thread
from tests.browser.signing_in import sign_in
from tests.browser.wizard_page import Wizard
from tests.platforms.telegram.stage import TOKEN
from tests.platforms.telegram.system import messages, open_system, sends
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    with in_own_thread(open_system(tmp_path_factory.mktemp("system"))) as opened:
        yield opened


def test_a_lost_answer_is_announced_before_and_asked_about_after(home: RunningSystem, browse: Browse) -> None:
    page = browse()
    sign_in(page, home)
    page.goto("/accounts")
    page.locator("summary", has_text="Telegram").click()
    page.get_by_label("Bot token").fill(TOKEN)
    page.get_by_role("textbox", name="Channel").fill("@studio_demo")
    assert_accessible(page)
    page.get_by_role("button", name="Connect the channel").click()
    page.get_by_role("checkbox", name="Studio Demo").check()
    page.get_by_role("button", name="Connect what is selected").click()
    expect(page.get_by_role("listitem", name="Studio Demo")).to_be_visible()
    wizard = Wizard(page)
    page.goto("/posts/new")
    wizard.text.fill("Apriamo domani")
    wizard.saved()
    page.get_by_role("button", name="Next").click()
    wizard.choose("telegram")
    page.get_by_role("group", name="Options of Telegram").get_by_label("Without a sound").check()
    wizard.saved()
    page.goto(f"/posts/{wizard.post_id}/edit?step=4")
    expect(page.get_by_text("If Telegram does not answer, you will be asked to look there")).to_be_visible()
    home.meta.fault(service="telegram", path="/send", kind="reset", when="after_commit", times=1)
    body = {"content": "Ciao", "platforms": ["telegram"]}
    lost = home.ask("POST", "/api/v1/social/publish?wait=60", body).body
    assert lost["status"] == "unconfirmed"
    page.goto(f"/posts/{lost['job_id']}")
    decide = page.get_by_role("group", name="Is it on Telegram?")
    for answer in ("It is there", "It is not there: publish it", "It is not there: leave it"):
        expect(decide.get_by_role("button", name=answer, exact=True)).to_be_visible()
    assert_accessible(page)
    assert (len(messages(home)), sends(home)) == (1, 1)
