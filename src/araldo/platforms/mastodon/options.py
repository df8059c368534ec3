"""What people choose of each post on Mastodon.

Source: content/en/methods/statuses.md of Mastodon's documentation, form data of POST /api/v1/statuses. The names are
its own, but for the content warning (`spoiler_text`). Instances know more languages: app/helpers/languages_helper.rb.
"""

from __future__ import annotations

from araldo.messages import Message
from araldo.platforms.options import Option, OptionChoice

_LANGUAGES = {
    "ar": "العربية",
    "bg": "Български",
    "ca": "Català",
    "cs": "Čeština",
    "cy": "Cymraeg",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "eo": "Esperanto",
    "es": "Español",
    "et": "Eesti",
    "eu": "Euskara",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "ga": "Gaeilge",
    "gl": "Galego",
    "he": "עברית",
    "hi": "हिन्दी",
    "hr": "Hrvatski",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "is": "Íslenska",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "sk": "Slovenčina",
    "sl": "Slovenščina",
    "sq": "Shqip",
    "sr": "Српски",
    "sv": "Svenska",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
OPTIONS = (
    Option(
        "content_warning",
        "text",
        Message("mastodon.options.content_warning"),
        Message("mastodon.options.content_warning_help"),
        counts_in_text=True,
    ),
    Option(
        "visibility",
        "choice",
        Message("mastodon.options.visibility"),
        choices=(
            OptionChoice("public", Message("mastodon.options.public")),
            OptionChoice("unlisted", Message("mastodon.options.unlisted")),
            OptionChoice("private", Message("mastodon.options.private")),
        ),
        default="public",
    ),
    Option(
        "sensitive",
        "flag",
        Message("mastodon.options.sensitive"),
        Message("mastodon.options.sensitive_help"),
    ),
    Option(
        "language",
        "choice",
        Message("mastodon.options.language"),
        choices=tuple(OptionChoice(code, name) for code, name in _LANGUAGES.items()),
    ),
)
