"""A letter about one thing that happened: its subject, its text, its HTML. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from araldo.errors import Language, Sentence
from araldo.notify.news import first_words
from araldo.posts.models import PostView
from araldo.posts.timeline import Telling, delivery_sentence
from araldo.storage.events import Event


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


def letter(
    events: Sequence[Event],
    view: PostView | None,
    telling: Telling,
    language: Language,
    own_url: str,
    *,
    held: int = 0,
) -> Letter:
    """About one post, one account or one webhook; `events` in order, at least one.

    `held`: how many posts wait for the account.
    """
    last = events[-1]
    if last.kind.startswith("delivery."):
        return _about_post(events, view, telling, language, own_url)
    name = first_words(str(last.data.get("name") or last.data.get("url") or ""))
    heading = _WEBHOOK if last.kind == "webhook.stopped" else _ACCOUNT.get(str(last.data.get("health")), _OTHER)
    said = last.data.get("sentence")
    lines = [said[language]] if said else []
    if held:
        lines.append(_HELD.with_(count=held).to(language))
    do = [] if last.kind != "webhook.stopped" else [_WEBHOOK_DO.to(language)]
    return _letter(heading.with_(name=name).to(language), lines, do, f"{own_url}/", language)


def _about_post(
    events: Sequence[Event], view: PostView | None, telling: Telling, language: Language, own_url: str
) -> Letter:
    # Of one delivery only how it ended up: what it went through on the way is in the timeline.
    ends = list({event.delivery_id: event for event in events}.values())
    states = {str(event.data.get("state")) for event in ends}
    labels = ", ".join(telling.label(event.data.get("platform")) for event in ends)
    heading = (_SHORT.get(states.pop(), _MIXED) if len(states) == 1 else _MIXED).with_(labels=labels).to(language)
    words = first_words(view.post.content) if view is not None else ""
    lines = [delivery_sentence(event, telling).to(language) for event in ends]
    if view is not None:
        links = {row.id: row.permalink for row in view.deliveries}
        lines = [
            f"{line} {links.get(event.delivery_id or '') or ''}".rstrip()
            if event.data.get("state") == "published"
            else line
            for line, event in zip(lines, ends, strict=True)
        ]
    do = list(dict.fromkeys(_DO[state].to(language) for state in _states(ends) if state in _DO))
    link = f"{own_url}/api/v1/posts/{events[-1].post_id}/timeline"
    quoted = [_POST.with_(words=words).to(language)] if words else []
    return _letter(f"{heading}: {words}" if words else heading, quoted + lines, do, link, language)


def _states(events: Sequence[Event]) -> list[str]:
    return [str(event.data.get("state")) for event in events]


def _letter(subject: str, lines: Sequence[str], do: Sequence[str], link: str, language: Language) -> Letter:
    todo = [f"{_TO_DO.to(language)} {' '.join(do)}"] if do else []
    more = _MORE.with_(link=link).to(language)
    paragraphs = [*lines, *todo]
    html = "".join(f"<p>{escape(line)}</p>" for line in paragraphs)
    anchor = _MORE.with_(link=f'<a href="{escape(link)}">{escape(link)}</a>').to(language)
    body = f'<body style="font:16px/1.5 sans-serif">{html}<p>{anchor}</p></body>'
    page = f'<!doctype html><html lang="{language}">{body}</html>'
    return Letter(f"[Araldo] {subject}", "\n\n".join([*paragraphs, more]) + "\n", page)


_POST = Sentence("The post: “{words}”", "Il post: “{words}”")
_TO_DO = Sentence("What to do:", "Cosa fare:")
_MORE = Sentence("Everything that happened: {link}", "Tutto quello che è successo: {link}")
_OTHER = Sentence("News of {name}", "Novità su {name}")
_MIXED = Sentence("Not everything is out ({labels})", "Non tutto è uscito ({labels})")
_SHORT: Mapping[str, Sentence] = {
    "published": Sentence("Published on {labels}", "Pubblicato su {labels}"),
    "failed": Sentence("Not published on {labels}", "Non pubblicato su {labels}"),
    "unconfirmed": Sentence("Nobody can tell whether it is out on {labels}", "Non si sa se sia uscito su {labels}"),
    "missed": Sentence("Too late for {labels}", "Troppo tardi per {labels}"),
    "needs_reconnect": Sentence("Connect {labels} again", "Ricollega {labels}"),
}
_DO: Mapping[str, Sentence] = {
    "failed": Sentence(
        "Mend what is said above, then publish again.", "Correggi quanto detto sopra, poi pubblica di nuovo."
    ),
    "unconfirmed": Sentence(
        "Look at the platform, then tell Araldo what you saw.",
        "Guarda sulla piattaforma, poi di' ad Araldo cosa hai visto.",
    ),
    "missed": Sentence("Publish it now, give it another time, or drop it.", "Pubblicalo ora, spostalo o scartalo."),
    "needs_reconnect": Sentence(
        "Connect the account again: the post then goes on by itself.",
        "Ricollega l'account: poi il post prosegue da solo.",
    ),
}
_ACCOUNT: Mapping[str, Sentence] = {
    "expiring": Sentence("The access to {name} is about to end", "L'accesso a {name} sta per scadere"),
    "action_needed": Sentence("{name} needs you", "{name} richiede il tuo intervento"),
    "dead": Sentence("The access to {name} has ended", "L'accesso a {name} è scaduto"),
}
_HELD = Sentence(
    "Posts that wait for it: {count}. They go out by themselves once it is connected again.",
    "Post che lo attendono: {count}. Usciranno da soli appena sarà ricollegato.",
)
_WEBHOOK = Sentence("A webhook was given up: {name}", "Un webhook è stato disattivato: {name}")
_WEBHOOK_DO = Sentence(
    "Look why nothing arrives there, then activate it again.", "Controlla perché non arriva nulla, poi riattivalo."
)
