"""The texts of the Mastodon pages in the sandbox, in English and Italian."""

from __future__ import annotations

from araldo.sandbox.common import html_helpers as html

_WORDS = html.WORDS | {
    "asks": (
        "{app} requests permission to access the account {account}",
        "{app} chiede di accedere al profilo {account}",
    ),
    "authorize": ("Authorize", "Autorizza"),
    "deny": ("Deny", "Nega"),
    "code": ("Authorization code", "Codice di autorizzazione"),
    "copy": ("Copy it into the application.", "Copialo nell'applicazione."),
    "which account": ("Which account?", "Quale profilo?"),
    "what may it": ("What may it do?", "Che cosa può fare?"),
    "warning": ("Content warning", "Avviso sul contenuto"),
}


def translate(lang: str, key: str, **values: str) -> str:
    """Return a text with its values, both escaped for HTML."""
    return html.translate(lang, key, _WORDS, **values)
