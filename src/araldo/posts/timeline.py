"""A post's life in sentences that a person understands, from its events and attempts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from araldo.errors import Sentence
from araldo.posts.models import Post
from araldo.storage.events import Event


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending of a ticket. `outcome`: published, refused, decided (by a person); None while nobody knows."""

    delivery_id: str
    platform: str
    number: int
    opened_at: datetime
    asked: dict[str, Any]
    outcome: str | None
    answer: dict[str, Any] | None
    seconds: float | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `seconds` is how long an answer took; `raw` what was asked, and what came back."""

    at: datetime
    kind: str
    sentence: Sentence
    platform: str | None = None
    seconds: float | None = None
    raw: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """What the sentences need: the platforms' labels, and the zone that times are said in."""

    labels: Mapping[str, str]
    zone: ZoneInfo

    def label(self, platform: object) -> str:
        return self.labels.get(str(platform), str(platform))

    def time(self, moment: datetime, seen_from: datetime) -> str:
        """The time alone on the same day; with its seconds when it is a matter of a minute or two."""
        there, here = moment.astimezone(self.zone), seen_from.astimezone(self.zone)
        clock = f"{there:%H:%M:%S}" if moment - seen_from < timedelta(minutes=2) else f"{there:%H:%M}"
        return clock if there.date() == here.date() else f"{there:%Y-%m-%d} {clock}"


def lines_of(post: Post, events: Sequence[Event], attempts: Iterable[Attempt], telling: Telling) -> list[Line]:
    """In the order in which it happened."""
    waiting: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        waiting.setdefault(attempt.delivery_id, []).append(attempt)
    lines: list[Line] = []
    before: dict[str | None, Mapping[str, Any]] = {}
    for event in events:
        opened = waiting.get(event.delivery_id or "", [])
        if event.kind == "delivery.publishing" and opened:
            # The intent is told by the attempt that it opened.
            lines += _attempt_lines(opened.pop(0), telling)
        else:
            lines.append(_event_line(event, post, before.get(event.delivery_id, {}), telling))
        before[event.delivery_id] = event.data
    for left in waiting.values():
        lines += [line for attempt in left for line in _attempt_lines(attempt, telling)]
    # An answer comes later than what others did meanwhile; what shares a moment keeps the order of its causes.
    return sorted(lines, key=lambda line: line.at)


def _attempt_lines(attempt: Attempt, telling: Telling) -> list[Line]:
    sent = _SENT.with_(label=telling.label(attempt.platform), number=attempt.number)
    raw = {"asked": attempt.asked, "answered": attempt.answer}
    lines = [Line(attempt.opened_at, "attempt.sent", sent, attempt.platform, attempt.seconds, raw)]
    kind, said = _answer(attempt)
    if said is not None:
        took = None if attempt.seconds is None else timedelta(seconds=attempt.seconds)
        at = attempt.opened_at + took if took is not None else attempt.closed_at or attempt.opened_at
        lines.append(Line(at, f"attempt.{kind}", said, attempt.platform, attempt.seconds, {"answered": attempt.answer}))
    return lines


def _answer(attempt: Attempt) -> tuple[str, Sentence | None]:
    """What came back to this very request; that a post is out has an event of its own."""
    said = (attempt.answer or {}).get("sentence")
    if attempt.outcome == "decided":
        return "decided", _DECIDED.get((attempt.answer or {}).get("decided", ""))
    if said is None:
        return "", None
    if attempt.outcome == "refused":
        return "refused", _REFUSED.with_(why=_joined(said))
    return "unclear", _UNCLEAR


def _event_line(event: Event, post: Post, before: Mapping[str, Any], telling: Telling) -> Line:
    data = event.data
    if event.kind.startswith("delivery."):
        sentence = _picture_sentence(data, before) or delivery_sentence(event, telling)
    else:
        sentence = _post_sentence(event, post, telling)
    raw = {"answered": data["error"]} if data.get("error") else None
    return Line(event.at, event.kind, sentence, data.get("platform"), None, raw)


def _picture_sentence(data: Mapping[str, Any], before: Mapping[str, Any]) -> Sentence | None:
    """When it is the picture alone that changed."""
    picture = data.get("picture_state")
    if data.get("state") != before.get("state", data.get("state")) or picture == before.get("picture_state"):
        return None
    return _PICTURE.get(str(picture))


def delivery_sentence(event: Event, telling: Telling) -> Sentence:
    data, state = event.data, event.kind.removeprefix("delivery.")
    label = telling.label(data.get("platform"))
    why = _joined(data["error"]["sentence"]) if data.get("error") else None
    if data.get("decided"):
        return _DECIDED.get(data["decided"], _OTHER)
    if state == "waiting":
        return _waiting(event, why, label, telling)
    plain, with_why = _STATES.get(state, (_OTHER, None))
    return plain.with_(label=label) if why is None or with_why is None else with_why.with_(label=label, why=why)


def _waiting(event: Event, why: Sentence | None, label: str, telling: Telling) -> Sentence:
    told = event.data.get("next_at")
    next_at = None if told is None else datetime.fromisoformat(told)
    if next_at is None or next_at <= event.at:
        return _WAITING.with_(label=label)
    until = telling.time(next_at, event.at)
    if why is None:
        return _WAITING_UNTIL.with_(label=label, until=until)
    return _WAITING_WHY.with_(label=label, until=until, why=why)


def _post_sentence(event: Event, post: Post, telling: Telling) -> Sentence:
    if event.kind != "post.created":
        return _POST.get(event.kind, _OTHER)
    intent = event.data.get("intent")
    if intent == "schedule" and post.due_at is not None:
        due = datetime.fromisoformat(event.data["due_at"]) if event.data.get("due_at") else post.due_at
        return _CREATED_FOR.with_(when=telling.time(due, event.at))
    return _CREATED_NOW if intent == "publish" else _CREATED


def _joined(said: Mapping[str, str]) -> Sentence:
    return Sentence(said["en"], said["it"])


_CREATED = Sentence("Kept as a draft.", "Salvato come bozza.")
_CREATED_FOR = Sentence("Scheduled for {when}.", "Programmato per le {when}.")
_CREATED_NOW = Sentence("Created, to go out at once.", "Creato, da pubblicare subito.")
_POST = {
    "post.edited": Sentence("The post was edited.", "Il post è stato modificato."),
    "post.scheduled": Sentence("It was given a time.", "È stato programmato."),
    "post.rescheduled": Sentence("It was given another time.", "È stato spostato a un altro orario."),
    "post.cancelled": Sentence("It was cancelled.", "È stato annullato."),
    "post.retried": Sentence("Somebody asked to try again.", "È stato chiesto di riprovare."),
}
_OTHER = Sentence("The post was changed.", "Il post è stato cambiato.")
_SENT = Sentence("Sent to {label} (attempt {number}).", "Inviato a {label} (tentativo {number}).")
_UNCLEAR = Sentence(
    "No clear answer: looking before anything is repeated.",
    "Nessuna risposta chiara: si guarda prima di ripetere qualsiasi cosa.",
)
_REFUSED = Sentence("Refused, so it is not out: {why}", "Rifiutato, quindi non è uscito: {why}")
_DECIDED = {
    "published": Sentence("A person has looked: it is out.", "Una persona ha controllato: è uscito."),
    "retry": Sentence(
        "A person has looked: it is not out, send it again.",
        "Una persona ha controllato: non è uscito, da inviare di nuovo.",
    ),
    "cancelled": Sentence("A person has dropped it.", "Una persona l'ha scartato."),
}
_WAITING = Sentence("Waiting for {label} to be ready.", "In attesa che {label} sia pronto.")
_WAITING_UNTIL = Sentence(
    "Waiting until {until}, then {label} is asked again.",
    "In attesa fino alle {until}, poi si chiede ancora a {label}.",
)
_WAITING_WHY = Sentence("Waiting until {until}: {why}", "In attesa fino alle {until}: {why}")
_PICTURE = {
    "queued": Sentence("A picture is to be made.", "È da preparare un'immagine."),
    "making": Sentence("The picture is being made.", "L'immagine è in preparazione."),
    "ready": Sentence("The picture is ready.", "L'immagine è pronta."),
    "failed": Sentence("The picture could not be made.", "Non è stato possibile preparare l'immagine."),
    "stale": Sentence("The picture is to be made anew.", "L'immagine è da rifare."),
}
# By state: the sentence, and the one that says why when there is a reason.
_STATES: Mapping[str, tuple[Sentence, Sentence | None]] = {
    "publishing": (Sentence("Sending to {label}.", "Invio a {label}."), None),
    "draft": (Sentence("Back to a draft for {label}.", "Di nuovo bozza per {label}."), None),
    "scheduled": (Sentence("Waits for its time on {label}.", "Attende il suo orario su {label}."), None),
    "queued": (Sentence("Its turn has come on {label}.", "È arrivato il suo turno su {label}."), None),
    "preparing": (Sentence("Getting it ready for {label}.", "In preparazione per {label}."), None),
    "published": (Sentence("Published on {label}.", "Pubblicato su {label}."), None),
    "failed": (
        Sentence("Not published on {label}.", "Non pubblicato su {label}."),
        Sentence("Not published on {label}: {why}", "Non pubblicato su {label}: {why}"),
    ),
    "unconfirmed": (
        Sentence(
            "Nobody can tell whether it is out on {label}: look there, then decide.",
            "Non si sa se sia uscito su {label}: controlla lì, poi decidi.",
        ),
        Sentence(
            "Nobody can tell whether it is out on {label}: look there, then decide. {why}",
            "Non si sa se sia uscito su {label}: controlla lì, poi decidi. {why}",
        ),
    ),
    "needs_reconnect": (
        Sentence("Waiting for {label} to be connected again.", "In attesa che {label} venga ricollegato."),
        Sentence("Waiting for {label} to be connected again: {why}", "In attesa che {label} venga ricollegato: {why}"),
    ),
    "cancelled": (Sentence("Cancelled for {label}.", "Annullato per {label}."), None),
    "missed": (
        Sentence("Too late for {label}: not published.", "Troppo tardi per {label}: non pubblicato."),
        Sentence("Not published on {label}: {why}", "Non pubblicato su {label}: {why}"),
    ),
}
