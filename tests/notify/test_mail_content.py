"""Mail content by value: text, advice, every language, escaping."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from araldo.messages import LANGUAGES, Message
from araldo.notify.mail_content import compose_mail
from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts.models import Delivery, Post, PostView, State
from araldo.posts.timeline import TimelineContext
from araldo.storage.events import Event

AT = datetime(2030, 1, 31, 9, 0, tzinfo=UTC)
TELLING = TimelineContext({"wall": "Wall", "square": "Square"}, "Europe/Rome")
POST = Post(
    id="post_1",
    workspace_id="w",
    content="Ciao <b>a\ntutti</b>",
    note="Riservato",
    late_limit_s=0,
    created_at=AT,
    updated_at=AT,
)
ERROR = {"code": "1", "message": {"en": "Too long.", "it": "Troppo lungo."}}
URL = "https://araldo.example"


def event(state: str, platform: str = "wall", error: Any = None) -> Event:
    data = {"state": state, "platform": platform, "error": error}
    return Event(1, "w", f"delivery.{state}", "post_1", f"d_{platform}", data, AT)


def view() -> PostView:
    rest: dict[str, Any] = dict.fromkeys(Delivery.__dataclass_fields__)
    place = {"id": "d_square", "state": State.PUBLISHED, "picture": DeliveryPicture(PictureState.READY)}
    return PostView(POST, [Delivery(**{**rest, **place, "permalink": "https://square.example/1"})])


def test_a_mail_about_one_failed_delivery() -> None:
    said = compose_mail([event("failed", error=ERROR)], view(), TELLING, "it", URL)
    assert "Riservato" not in f"{said}"
    assert said.subject == "[Araldo] Non pubblicato su Wall: Ciao <b>a tutti</b>"
    assert said.text == (
        "Il post: “Ciao <b>a tutti</b>”\n\n"
        "Non pubblicato su Wall: Troppo lungo.\n\n"
        "Cosa fare: Risolvi i problemi indicati sopra, poi pubblica di nuovo.\n\n"
        "Apri in Araldo: https://araldo.example/api/v1/posts/post_1/timeline\n"
    )
    assert "<b>" not in said.html
    assert "&lt;b&gt;" in said.html
    assert '<html lang="it">' in said.html


def test_a_mail_about_an_approval_says_who_said_what_and_what_to_do() -> None:
    asked = Event(1, "w", "approval.requested", "post_1", None, {"by": "Bruna", "comment": None}, AT)
    said = {"by": "Carla", "by_link": True, "comment": "<i>{by}</i>", "due_at": None}
    back = replace(asked, id=2, kind="approval.sent_back", data=said)
    mail = compose_mail([asked, back], view(), TELLING, "en", URL)
    assert mail.subject == "[Araldo] Post sent back: Ciao <b>a tutti</b>"
    assert "Approval requested by Bruna." in mail.text
    assert "Sent back by Carla (by link): <i>{by}</i>" in mail.text
    assert "&lt;i&gt;" in mail.html
    assert f"{URL}/posts/post_1" in mail.text
    assert "Riservato" not in f"{mail}"
    soon = replace(asked, kind="approval.due_soon", data={"due_at": "2030-02-01T09:00:00+00:00"})
    warned = compose_mail([soon], view(), TELLING, "it", URL)
    assert "È previsto per ven 1 feb 2030, 10:00 (Europe/Rome). Senza approvazione non viene pubblicato." in warned.text
    assert "Cosa fare: Apri il post e approvalo, o rimandalo indietro." in warned.text


def test_a_mail_about_deliveries_has_the_approvals_of_the_same_half_minute_too() -> None:
    withdrawn = Event(2, "w", "approval.withdrawn", "post_1", None, {}, AT)
    said = compose_mail([event("missed"), withdrawn], view(), TELLING, "en", URL)
    assert said.subject.startswith("[Araldo] Not published in time on Wall")
    assert "so its approval was withdrawn" in said.text


def test_a_mail_in_spanish_with_an_error_that_was_stored_before_spanish_was() -> None:
    said = compose_mail([event("failed", error=ERROR)], view(), TELLING, "es", URL)
    assert said.subject == "[Araldo] No publicada en Wall: Ciao <b>a tutti</b>"
    assert said.text == (
        "La publicación: «Ciao <b>a tutti</b>»\n\n"
        "No publicada en Wall: Too long.\n\n"
        "Qué hacer: Soluciona los problemas indicados arriba y publica de nuevo.\n\n"
        "Abrir en Araldo: https://araldo.example/api/v1/posts/post_1/timeline\n"
    )
    assert '<html lang="es">' in said.html


def test_a_mail_about_several_deliveries_has_only_their_last_events() -> None:
    events = [event("needs_reconnect"), event("published", "square"), event("failed", error=ERROR)]
    said = compose_mail(events, view(), TELLING, "en", URL)
    assert said.subject.startswith("[Araldo] Not published everywhere (Wall, Square): ")
    assert "Published on Square. https://square.example/1" in said.text
    assert "Too long." in said.text
    assert "econnect" not in said.text


@pytest.mark.parametrize("state", ["published", "failed", "unconfirmed", "missed", "needs_reconnect"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_a_text(state: str, language: Any) -> None:
    said = compose_mail([event(state)], None, TELLING, language, URL)
    assert "{" not in said.subject + said.text
    assert "Wall" in said.subject
    assert (Message("mail.what_to_do").to(language) in said.text) == (state != "published")


@pytest.mark.parametrize(
    ("kind", "data", "subject"),
    [
        ("account.health", {"health": "expiring", "name": "Pagina\nX"}, "Access to Pagina X expires soon"),
        ("account.health", {"health": "dead", "name": "Pagina"}, "Access to Pagina has ended"),
        ("webhook.stopped", {"url": "https://a.example/"}, "Webhook turned off: https://a.example/"),
    ],
)
def test_mails_about_accounts_and_webhooks(kind: str, data: dict[str, Any], subject: str) -> None:
    told = replace(event("x"), kind=kind, post_id=None, data={**data, "message": ERROR["message"]})
    said = compose_mail([told], None, TELLING, "en", URL)
    assert said.subject == f"[Araldo] {subject}"
    assert "Too long." in said.text
