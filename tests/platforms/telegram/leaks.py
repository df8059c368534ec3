"""What looks like a bot's token, for the look for leaked secrets."""

from __future__ import annotations

import re

from tests.support.leaks import Secret

# The bot's id, a colon (also as it stands in a URL), and the secret, which begins with AA.
SECRETS = (
    Secret(
        "a bot's token",
        (b":AA", b"%3AAA", b"%3aAA"),
        re.compile(rb"(?<!\d)\d{5,20}(?::|%3[Aa])AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    ),
)
