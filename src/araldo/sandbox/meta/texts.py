"""The texts of Meta's pages in the sandbox, in English and Italian."""

from __future__ import annotations

from araldo.sandbox.common import html_helpers as html

_WORDS = html.WORDS | {
    "posts": ("posts", "post"),
    "post": ("post", "post"),
    "comments": ("Comments", "Commenti"),
    "stories": ("Stories", "Storie"),
    "story": ("Story", "Storia"),
    "next": ("Next", "Avanti"),
    "back": ("Back", "Indietro"),
    "empty world": ("There are no Pages here.", "Qui non ci sono Pagine."),
    "asks": ("{app} asks {person} for access", "{app} chiede l'accesso a {person}"),
    "which pages": ("Which Pages may it use?", "Quali Pagine può usare?"),
    "what may it": ("What may it do there?", "Che cosa può fare?"),
    "continue": ("Continue", "Continua"),
    "no app": (
        "Invalid App ID: the provided app ID does not look like a valid app ID.",
        "ID app non valido: l'ID app fornito non sembra essere valido.",
    ),
    "no address": ("The redirect_uri URL must be absolute.", "L'URL redirect_uri deve essere assoluto."),
    "dead scopes": ("Invalid Scopes: {scopes}.", "Ambiti non validi: {scopes}."),
}


def translate(lang: str, key: str, **values: str) -> str:
    """Return a text with its values, both escaped for HTML."""
    return html.translate(lang, key, _WORDS, **values)
