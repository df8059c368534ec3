"""The API's entities as JSON: accounts, media, statuses, the instance (content/en/entities of the documentation)."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from araldo.sandbox.mastodon.records import Account, App, MediaAttachment, Status
from araldo.sandbox.mastodon.state import MastodonState, format_time

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_TAG = re.compile(r"(?<![\w/&])#(\w*[^\W\d]\w*)")
_SMALL = 400
EXTENSIONS = {"image/jpeg": "jpeg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif"}


def app_entity(app: App) -> dict[str, Any]:
    """Return an Application, without its secrets."""
    return {
        "id": app.number,
        "name": app.name,
        "website": app.website,
        "scopes": app.scopes,
        "redirect_uri": "\n".join(app.redirect_uris),
        "redirect_uris": app.redirect_uris,
    }


def account_entity(state: MastodonState, account: Account) -> dict[str, Any]:
    statuses = [status for status in state.statuses if status.account == account.id]
    avatar = f"{state.public_url}/system/accounts/avatars/{account.id}.svg"
    return {
        "id": account.id,
        "username": account.username,
        "acct": account.username,
        "display_name": account.display_name,
        "locked": False,
        "bot": False,
        "discoverable": True,
        "group": False,
        "created_at": format_time(account.created)[:10] + "T00:00:00.000Z",
        "note": "",
        "url": f"{state.public_url}/@{account.username}",
        "uri": f"{state.public_url}/users/{account.username}",
        "avatar": avatar,
        "avatar_static": avatar,
        "header": f"{state.public_url}/headers/original/missing.png",
        "header_static": f"{state.public_url}/headers/original/missing.png",
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": len(statuses),
        "last_status_at": format_time(statuses[-1].created)[:10] if statuses else None,
        "emojis": [],
        "fields": [],
    }


def media_url(state: MastodonState, media: MediaAttachment, size: str) -> str:
    name = f"{media.id}.{EXTENSIONS.get(media.content_type, 'bin')}"
    return f"{state.public_url}/system/media_attachments/files/{size}/{name}"


def is_ready(state: MastodonState, media: MediaAttachment) -> bool:
    return not media.failed and media.ready_at <= state.now()


def media_entity(state: MastodonState, media: MediaAttachment) -> dict[str, Any]:
    """Return a MediaAttachment; `url` is null while it is being processed."""
    scale = min(1.0, _SMALL / max(media.width, media.height))
    sizes = {"original": (media.width, media.height), "small": (int(media.width * scale), int(media.height * scale))}
    focus = [float(number) for number in (media.focus or "0.0,0.0").split(",")]
    return {
        "id": media.id,
        "type": "image",
        "url": media_url(state, media, "original") if is_ready(state, media) else None,
        "preview_url": media_url(state, media, "small"),
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": {
            "focus": {"x": focus[0], "y": focus[1]},
            **{
                name: {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / max(height, 1)}
                for name, (width, height) in sizes.items()
            },
        },
        "description": media.description,
        "blurhash": "UFBWY:8_0Jxv4mx]t8t64.%M-:IUWGWAt6M}",
    }


def status_entity(state: MastodonState, status: Status, *, source: bool = False) -> dict[str, Any]:
    """Return a Status; with `source` the plain text in place of `content`, as after a deletion."""
    account, app = state.accounts[status.account], state.apps[status.app]
    media = [found for found in map(state.media.get, status.media) if found is not None]
    return {
        "id": status.id,
        "created_at": format_time(status.created),
        "in_reply_to_id": status.in_reply_to,
        "in_reply_to_account_id": None,
        "sensitive": status.sensitive,
        "spoiler_text": status.spoiler_text,
        "visibility": status.visibility,
        "language": status.language,
        "uri": f"{state.public_url}/users/{account.username}/statuses/{status.id}",
        "url": f"{state.public_url}/@{account.username}/{status.id}",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "edited_at": None,
        **({"text": status.text} if source else {"content": content_html(state, status.text)}),
        "reblog": None,
        "application": {"name": app.name, "website": app.website},
        "account": account_entity(state, account),
        "media_attachments": [media_entity(state, found) for found in media],
        "mentions": [],
        "tags": [
            {"name": tag.lower(), "url": f"{state.public_url}/tags/{tag.lower()}"} for tag in _TAG.findall(status.text)
        ],
        "emojis": [],
        "card": None,
        "poll": None,
    }


def content_html(state: MastodonState, text: str) -> str:
    """Return a text as HTML: paragraphs, line breaks, links and hashtags."""
    linked = ""
    end = 0
    for match in LINK.finditer(text):
        url = escape(match.group())
        linked += _with_tags(state, text[end : match.start()])
        linked += f'<a href="{url}" target="_blank" rel="nofollow noopener">{url}</a>'
        end = match.end()
    linked += _with_tags(state, text[end:])
    paragraphs = re.split(r"\n{2,}", linked.strip("\n"))
    return "".join("<p>" + paragraph.replace("\n", "<br />") + "</p>" for paragraph in paragraphs if paragraph)


def _with_tags(state: MastodonState, text: str) -> str:
    return _TAG.sub(
        lambda match: (
            f'<a href="{state.public_url}/tags/{match.group(1).lower()}" class="mention hashtag" rel="tag">'
            f"#<span>{match.group(1)}</span></a>"
        ),
        escape(text, quote=False),
    )


def instance_entity(state: MastodonState) -> dict[str, Any]:
    """Return the V2::Instance with the limits that are set."""
    settings = state.settings
    statuses = {"max_characters", "max_media_attachments", "characters_reserved_per_url"}
    media = {"description_limit", "image_size_limit", "image_matrix_limit", "supported_mime_types"}
    return {
        "domain": state.domain,
        "title": "Sandbox",
        "version": settings.version,
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "A stand-in of a Mastodon instance",
        "usage": {"users": {"active_month": len(state.accounts)}},
        "thumbnail": {"url": f"{state.public_url}/favicon.ico"},
        "icon": [],
        "languages": ["en"],
        "configuration": {
            "urls": {"streaming": state.public_url.replace("http", "ws", 1)},
            "vapid": {"public_key": ""},
            "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
            "statuses": settings.model_dump(include=statuses),
            "media_attachments": settings.model_dump(include=media)
            | {"video_size_limit": 103_809_024, "video_frame_rate_limit": 120, "video_matrix_limit": 8_294_400},
            "polls": {
                "max_options": 4,
                "max_characters_per_option": 50,
                "min_expiration": 300,
                "max_expiration": 2_629_746,
            },
            "translation": {"enabled": False},
        },
        "registrations": {"enabled": False, "approval_required": False, "message": None, "url": None},
        "api_versions": {"mastodon": 6},
        "contact": {"email": "", "account": None},
        "rules": [],
    }
