"""Which words of the pages say what the API refused: programs read its English, owners read these in their language."""

import re

_REASONS = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"at `\$\.latitude`|required field `latitude`", "latitude"),
        (r"at `\$\.longitude`|required field `longitude`", "longitude"),
        (r"at `\$\.heightM`", "height"),
        (r"at `\$\.(name|text|project)`", "text"),
        (r"at `\$\.code`|required field `code`|not the code, or it is over", "code"),
        (r"at `\$\.email`|required field `email`|does not take this address", "email"),
        (r"at `\$\.url`|required field `url`|The url cannot be used", "url"),
        (r"sends no mail", "nomail"),
        (r"go with kind 'moved'", "place"),
        (r"at `\$\.sensors|sensor model '", "sensor"),
        (r"at `\$\.device`|device '", "device"),
        (r"at `\$\.timezone`|timezone '", "timezone"),
    )
)
"""What a refusal's `detail` holds → `refusal.<key>` in `api/web/messages`."""


def reasons(detail: str) -> list[str]:
    """Name the messages that say what is wrong; none where the status alone says it."""
    return [key for pattern, key in _REASONS if pattern.search(detail)]
