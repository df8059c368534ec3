"""The wizard's fields for the options of a platform, on a system where one platform has some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import ViewportSize, expect

from araldo.platforms.meta.facebook_page import FacebookPage
from tests.browser.conftest import DESKTOP, PHONE, Browse, in_own_thread
from tests.browser.signing_in import sign_in
from tests.browser.wizard_page import Wizard
from tests.support.axe import assert_accessible
from tests.support.made_up_platforms import OPTIONS
from tests.support.running_system import RunningSystem, start_system
from tests.support.waiting import until


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FacebookPage, "declaration", replace(FacebookPage.declaration, options=OPTIONS))
        with in_own_thread(start_system(tmp_path_factory.mktemp("system"))) as opened:
            yield opened


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_the_options_of_a_platform_are_chosen_and_saved(
    home: RunningSystem, browse: Browse, viewport: ViewportSize
) -> None:
    page = browse(viewport)
    sign_in(page, home)
    wizard = Wizard(page)
    page.goto("/posts/new")
    wizard.text.fill("Apriamo domani")
    wizard.saved()
    page.get_by_role("button", name="Next").click()
    wizard.choose("facebook", "instagram")
    options = page.get_by_role("group", name="Options of Facebook")
    expect(options.get_by_label("made_up.audience")).to_have_value("all")
    options.get_by_label("made_up.audience").select_option("friends")
    options.get_by_label("made_up.warning").fill("Spoiler")
    options.get_by_label("made_up.pinned").check()
    expect(page.get_by_role("group", name="Options of Instagram")).to_have_count(0)
    # A required option without a value is an error at its field.
    expect(options.get_by_text('Choose "made_up.board" for Facebook')).to_be_visible()
    wizard.saved()
    assert_accessible(page)
    chosen = {"facebook": {"audience": "friends", "warning": "Spoiler", "pinned": True}}
    # "Saved" may still be that of the text.
    until(lambda: home.ask("GET", f"/api/v1/posts/{wizard.post_id}").body["options"] == chosen)
    page.goto(f"/posts/{wizard.post_id}")
    expect(page.get_by_text("Facebook: made_up.audience")).to_be_visible()
    expect(page.get_by_text("made_up.friends")).to_be_visible()
