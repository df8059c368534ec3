"""What Meta's errors mean for us: one table on (code, subcode), never on text or HTTP status.

Source of the codes: Meta's "Handle Errors" guide, the Instagram "Error Codes" reference, and field reports.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from araldo.errors import OutcomeUnknown, OutsideError, PrepareAnew, ReconnectNeeded, Rejected, Sentence, TryLater

Handling = Literal["later", "anew", "unknown", "rejected", "reconnect"]

# What stands for an answer that is no error object at all: HTML, nothing, half a JSON.
NO_JSON: Mapping[str, Any] = {"code": None, "message": "the answer is not JSON"}

_MINUTE, _HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Row:
    """`visible` is the outcome on the one visible write, where it differs; `after_s` is for "later" and "anew"."""

    outcome: Handling
    sentence: Sentence
    visible: Handling | None = None
    after_s: float = 30.0


_DOWN = Sentence("Meta has a passing problem.", "Meta ha un problema temporaneo.")
_SLOW_DOWN = Sentence(
    "Meta asks us to slow down; we go on when it allows.", "Meta chiede di rallentare; si riprende quando lo consente."
)
_RECONNECT = Sentence(
    "The access to this account has ended: connect it again.", "L'accesso a questo account è scaduto: ricollegalo."
)
_PERMISSION = Sentence(
    "Missing, says Meta: {rights}; connect the account again and allow everything that is asked, or have a Page admin "
    "give the task in Meta Business Suite.",
    "Manca, dice Meta: {rights}; ricollega l'account e consenti tutto ciò che viene chiesto, o fatti dare il compito "
    "da un amministratore della Pagina in Meta Business Suite.",
)
_SOME_RIGHT = Sentence(
    "a permission, or the task CREATE_CONTENT on the Page", "un permesso, o il compito CREATE_CONTENT sulla Pagina"
)
_THESE_RIGHTS = Sentence(
    "{rights}, or the task CREATE_CONTENT on the Page", "{rights}, o il compito CREATE_CONTENT sulla Pagina"
)
# Identifiers, which Meta does not translate; the two that it still names and has taken away are left out.
_RIGHT = re.compile(
    r"\b(pages_[a-z_]+|instagram_[a-z_]+|ads_[a-z]+|business_management|publish_video|CREATE_CONTENT|MODERATE|ADVERTISE)\b"
)
_REMOVED = Sentence(
    "The app was removed from the Facebook account that it was connected with: connect the account again.",
    "L'app è stata rimossa dall'account Facebook con cui era collegata: ricollega l'account.",
)
_PASSWORD = Sentence(
    "The password was changed, or Facebook ended the session for safety: connect the account again.",
    "La password è cambiata, o Facebook ha chiuso la sessione per sicurezza: ricollega l'account.",
)
_EXPIRED = Sentence(
    "The session with Facebook has expired: connect the account again.",
    "La sessione con Facebook è scaduta: ricollega l'account.",
)
_LOGGED_OUT = Sentence(
    "Facebook has ended the session that the account was connected in: connect the account again.",
    "Facebook ha chiuso la sessione in cui l'account era stato collegato: ricollega l'account.",
)
_LOG_IN = Sentence(
    "Facebook asks who connected it to log in at facebook.com and follow its instructions; then connect it again.",
    "Facebook chiede a chi l'ha collegato di accedere a facebook.com e seguire le istruzioni; poi ricollegalo.",
)
_UNCONFIRMED = Sentence(
    "Facebook has not confirmed the person who connected it: confirm the profile at facebook.com, then connect again.",
    "Facebook non ha confermato chi l'ha collegato: conferma il profilo su facebook.com, poi ricollega l'account.",
)
_PORTFOLIO = Sentence(
    "The role on this Page comes from a business portfolio, so Instagram wants ads_management too: allow it as well.",
    "Il ruolo sulla Pagina viene da un portfolio business, quindi Instagram vuole anche ads_management: consentilo.",
)
_UNEVEN = Sentence(
    "Meta finds that our calls come too many at a time; we go on more slowly in half an hour.",
    "Meta trova che le nostre chiamate arrivano troppe alla volta; si riprende più piano tra mezz'ora.",
)
_ROLE = Sentence(
    "The person who connected it has lost the role on the Page: ask for it, then connect again.",
    "Chi l'ha collegata non ha più un ruolo sulla Pagina: chiedilo, poi ricollega.",
)
_RESTRICTED = Sentence(
    "Meta has restricted this account: open it in the app and see what it asks.",
    "Meta ha limitato questo account: aprilo nell'app e guarda cosa chiede.",
)
_BLOCKED = Sentence(
    "Meta blocks this action for now, to protect its community; we wait some hours.",
    "Meta blocca per ora questa azione per proteggere la comunità; attendiamo alcune ore.",
)
_DUPLICATE = Sentence(
    "Meta says that this was already posted; we look whether it is out.",
    "Meta dice che è già stato pubblicato; verifichiamo se è visibile.",
)
_NOT_READY = Sentence("Instagram is not done with the picture yet.", "Instagram non ha ancora elaborato l'immagine.")
_RETRY_MEDIA = Sentence(
    "Instagram could not take the picture in; we try again.",
    "Instagram non è riuscita ad acquisire l'immagine; riproviamo.",
)
_NOT_FETCHED = Sentence(
    "Instagram could not fetch the picture from this server: check that ARALDO_PUBLIC_URL is reachable.",
    "Instagram non ha potuto scaricare l'immagine: controlla che ARALDO_PUBLIC_URL sia raggiungibile.",
)
_PICTURE = Sentence("Meta does not accept this picture.", "Meta non accetta questa immagine.")
_FORMAT = Sentence(
    "Instagram does not accept this picture's format: it takes JPEG only.",
    "Instagram non accetta il formato di questa immagine: prende solo JPEG.",
)
_CAPTION = Sentence("The caption is too long for Instagram.", "La didascalia è troppo lunga per Instagram.")
_EMPTY = Sentence("The post is empty.", "Il post è vuoto.")
_LINK = Sentence("Facebook does not accept the link in this post.", "Facebook non accetta il link di questo post.")
_RULES = Sentence(
    "Meta refuses this post because of its community rules.",
    "Meta rifiuta questo post per le sue regole della comunità.",
)
_IDENTITY = Sentence(
    "Facebook asks the Page's owner for a confirmation of identity before it publishes.",
    "Facebook chiede al proprietario della Pagina una conferma di identità prima di pubblicare.",
)
_QUOTA = Sentence(
    "Instagram's limit of posts for 24 hours is reached; it goes out when there is room.",
    "Raggiunto il limite di post Instagram in 24 ore; uscirà quando ci sarà spazio.",
)
_GONE = Sentence("Meta does not find what we prepared.", "Meta non trova ciò che avevamo preparato.")
_INPUT = Sentence("Meta does not accept something in this post.", "Meta non accetta qualcosa in questo post.")
_CAROUSEL = Sentence("A carousel needs 2 to 10 pictures.", "Un carosello richiede da 2 a 10 immagini.")
_VIDEO = Sentence("Meta does not accept this video.", "Meta non accetta questo video.")
_CAPABILITY = Sentence(
    "The Meta app lacks a capability that this needs: check it in the app's dashboard.",
    "All'app Meta manca una funzionalità necessaria: controllala nella dashboard dell'app.",
)
_UNLISTED = Sentence(
    "Meta answered with an error that we do not know ({code}).",
    "Meta ha risposto con un errore che non conosciamo ({code}).",
)
_GARBLED = Sentence("Meta's answer could not be read.", "La risposta di Meta non era leggibile.")


def _later(sentence: Sentence, after_s: float, visible: Handling | None = None) -> Row:
    return Row("later", sentence, visible, after_s)


def _rejected(sentence: Sentence) -> Row:
    return Row("rejected", sentence)


def _reconnect(sentence: Sentence) -> Row:
    return Row("reconnect", sentence)


# A row with subcode None is for its code with any subcode that has no row of its own.
TABLE: Mapping[tuple[int, int | None], Row] = {
    # Platform-wide.
    (1, None): _later(_DOWN, 2, visible="unknown"),
    (2, None): _later(_DOWN, 2, visible="unknown"),
    (3, None): _rejected(_CAPABILITY),
    (4, None): _later(_SLOW_DOWN, 15 * _MINUTE),
    # Also code 4, but an anti-spam block: asking again soon makes it last longer.
    (4, 2207051): _later(_BLOCKED, 4 * _HOUR),
    (10, None): _reconnect(_PERMISSION),
    (10, 9053): _reconnect(_PORTFOLIO),
    # Said when a picture's address is malformed, and of an old call that we do not make.
    (12, None): _rejected(_INPUT),
    (17, None): _later(_SLOW_DOWN, 15 * _MINUTE),
    (32, None): _later(_SLOW_DOWN, 15 * _MINUTE),
    (341, None): _later(_SLOW_DOWN, 15 * _MINUTE),
    (613, None): _later(_SLOW_DOWN, 15 * _MINUTE),
    (613, 1996): _later(_UNEVEN, 30 * _MINUTE),
    (80001, None): _later(_SLOW_DOWN, 15 * _MINUTE),
    (80002, None): _later(_SLOW_DOWN, 15 * _MINUTE),
    (100, None): _rejected(_INPUT),
    (100, 33): _rejected(_GONE),
    (102, None): _reconnect(_RECONNECT),
    (190, None): _reconnect(_RECONNECT),
    (190, 458): _reconnect(_REMOVED),
    (190, 459): _reconnect(_LOG_IN),
    (190, 460): _reconnect(_PASSWORD),
    (190, 463): _reconnect(_EXPIRED),
    (190, 464): _reconnect(_UNCONFIRMED),
    (190, 467): _reconnect(_LOGGED_OUT),
    (190, 492): _reconnect(_ROLE),
    (197, None): _rejected(_EMPTY),
    **{(code, None): _reconnect(_PERMISSION) for code in range(200, 300)},
    (200, 9053): _reconnect(_PORTFOLIO),
    (324, None): _rejected(_PICTURE),
    (368, None): _later(_BLOCKED, 4 * _HOUR, visible="unknown"),
    (368, 1390008): _later(_BLOCKED, _HOUR),
    (506, None): Row("rejected", _DUPLICATE, visible="unknown"),
    # Facebook Pages; these arrive as code or as subcode.
    (100, 1366046): _rejected(_PICTURE),
    (100, 1366051): Row("rejected", _DUPLICATE, visible="unknown"),
    (100, 1404078): _rejected(_IDENTITY),
    (100, 4854002): _rejected(_IDENTITY),
    (100, 1346003): _rejected(_RULES),
    (100, 1404102): _rejected(_RULES),
    (100, 1404112): _rejected(_RESTRICTED),
    (100, 1609005): _rejected(_LINK),
    (100, 1609008): _rejected(_LINK),
    (100, 2061006): _rejected(_LINK),
    (100, 1363047): _later(_DOWN, 30, visible="unknown"),
    (100, 1609010): _later(_DOWN, 30, visible="unknown"),
    # Instagram content publishing.
    (-2, None): _later(_RETRY_MEDIA, 5, visible="unknown"),
    (-2, 2207003): _later(_NOT_FETCHED, 5),
    (-2, 2207020): Row("anew", _GONE, after_s=5),
    (-1, None): _later(_DOWN, 5, visible="unknown"),
    (-1, 2207001): _later(_DOWN, 5, visible="unknown"),
    (-1, 2207032): _later(_RETRY_MEDIA, 5, visible="unknown"),
    (-1, 2207053): _later(_RETRY_MEDIA, 5, visible="unknown"),
    (1, 2207057): _rejected(_VIDEO),
    (9, None): _later(_QUOTA, _HOUR),
    (9, 2207042): _later(_QUOTA, _HOUR),
    (24, None): _later(_GONE, 30, visible="unknown"),
    (24, 2207006): _later(_GONE, 30),
    (24, 2207008): _later(_GONE, 30),
    (25, None): _reconnect(_RESTRICTED),
    (25, 2207050): _reconnect(_RESTRICTED),
    (100, 2207023): _rejected(_INPUT),
    (100, 2207028): _rejected(_CAROUSEL),
    (100, 2207035): _rejected(_INPUT),
    (100, 2207036): _rejected(_INPUT),
    (100, 2207037): _rejected(_INPUT),
    (100, 2207040): _rejected(_INPUT),
    (352, None): _rejected(_VIDEO),
    (352, 2207026): _rejected(_VIDEO),
    # One of several pictures on the same host has been seen to fail once: a bounded repeat.
    (9004, None): _later(_NOT_FETCHED, 3),
    (9004, 2207052): _later(_NOT_FETCHED, 3),
    # "Already published", by some; the container's own status tells.
    (9004, 2207008): Row("later", _DUPLICATE, "unknown", 5),
    (9007, None): _later(_NOT_READY, 3),
    (9007, 2207027): _later(_NOT_READY, 3),
    (36000, None): _rejected(_PICTURE),
    (36001, None): _rejected(_PICTURE),
    (36001, 2207005): _rejected(_FORMAT),
    # In no list of Meta's, and seen: "Invalid Image Format".
    (36001, 2207083): _rejected(_FORMAT),
    (36003, None): _rejected(_PICTURE),
    (36004, None): _rejected(_CAPTION),
}

# Facebook's own numbers travel as the code itself in some answers, or behind another code.
_AS_CODE: Mapping[int | None, Row] = {
    subcode: row for (code, subcode), row in TABLE.items() if code == 100 and (subcode or 0) > 1_000_000
}


def row_of(code: int | None, subcode: int | None) -> Row | None:
    if code is None:
        return _later(_GARBLED, 2, visible="unknown")
    for key in ((code, subcode), (code, None)):
        if key in TABLE:
            exact = key[1] is not None or subcode is None
            other = _AS_CODE.get(subcode) if not exact else None
            return other or TABLE[key]
    return _AS_CODE.get(code) or _AS_CODE.get(subcode)


def error_from(error: Mapping[str, Any], *, visible: bool, raw: str | None = None) -> OutsideError:
    """The exception for an error object of Meta's; `visible` when it answers the one visible write.

    An error that no row knows is never repeated blindly: on the visible write its outcome is unknown, else it is final.
    """
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    row = row_of(code, subcode)
    if row is None:
        name = f"{code}/{subcode}" if subcode is not None else str(code)
        row = Row("rejected", _UNLISTED.with_(code=name), visible="unknown")
    outcome = (row.visible or row.outcome) if visible else row.outcome
    trace = error.get("fbtrace_id")
    known: dict[str, Any] = {
        "service": "meta",
        "code": "no_json" if code is None else code,
        "subcode": subcode,
        "trace_id": str(trace)[:100] if trace else None,
        "raw": raw,
    }
    if outcome in ("later", "anew"):
        later = TryLater if outcome == "later" else PrepareAnew
        return later(row.sentence, after_s=row.after_s, **known)
    kinds: dict[str, type[OutsideError]] = {
        "unknown": OutcomeUnknown,
        "rejected": Rejected,
        "reconnect": ReconnectNeeded,
    }
    sentence = _with_rights(error.get("message")) if row.sentence is _PERMISSION else row.sentence
    return kinds[outcome](sentence, **known)


def is_about_rights(code: str, subcode: str | None) -> bool:
    """Whether an error says that a right is missing, and not which."""
    row = row_of(_number(code), _number(subcode))
    return row is not None and row.sentence is _PERMISSION


def _with_rights(message: object) -> Sentence:
    """The rights that the message names: what the call needs, of which at least one is missing."""
    named = [right for right in dict.fromkeys(_RIGHT.findall(str(message))) if right != "CREATE_CONTENT"]
    return _PERMISSION.with_(rights=_THESE_RIGHTS.with_(rights=", ".join(named)) if named else _SOME_RIGHT)


def _number(value: object) -> int | None:
    """Codes come as numbers; some gateways write them as text."""
    try:
        return int(str(value))
    except ValueError:
        return None
