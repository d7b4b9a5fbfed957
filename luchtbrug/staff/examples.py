"""A quarantined message as staff may see it: text, cut short, without secrets and without the place of a home."""

import re

from ingest.secrets import strip_secrets

SHOWN = 600
"""So much of a message is shown [characters]."""

_NAMED = rb"(?:gps_?|geo_?)?(?:lat|lon|lng|long|latitude|longitude|location|coordinates|position|altitude)(?:_\w*)?"
_VALUE = rb'(?:"(?:[^"\\]|\\.)*"|\'[^\']*\'|\[[^\]]*\]|\{[^}]*\}|[^\s,}\]\[{]+)'
_JSON = re.compile(rb'(["\']' + _NAMED + rb'["\']\s*:\s*)' + _VALUE, re.IGNORECASE)
_FORM = re.compile(rb"((?:^|[?&\s;,])" + _NAMED + rb"\s?[=:]\s?)[^&\s;,]*", re.IGNORECASE)
_VALUE_TYPE = re.compile(rb'("value_type"\s*:\s*"GPS_\w+"\s*,\s*"value"\s*:\s*)"[^"]*"', re.IGNORECASE)
_PLACE = re.compile(rb"-?\b\d{1,2}\.\d{4,}\s*[,;|/ ]\s*-?\d{1,3}\.\d{4,}\b")
_BLANKED = ((_VALUE_TYPE, rb'\1"***"'), (_JSON, rb'\1"***"'), (_FORM, rb"\1***"), (_PLACE, b"***"))


def example(payload: bytes) -> str:
    """Write a payload as text that can be shown; what is no text is shown as hexadecimal digits."""
    kept = strip_secrets(payload)
    for pattern, replacement in _BLANKED:
        kept = pattern.sub(replacement, kept)
    try:
        text = kept.decode()
    except UnicodeDecodeError:
        return _cut(kept.hex(" "))
    return _cut("".join(sign if sign.isprintable() or sign in "\n\t" else "\N{REPLACEMENT CHARACTER}" for sign in text))


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"
