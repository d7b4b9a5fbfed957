"""How events are printed: one line with fields, JSON where nobody watches a terminal."""

import logging
import sys
from typing import Literal

import structlog


def configure(level: str, form: Literal["auto", "json", "text"] = "auto") -> None:
    """Print events of at least `level` on standard error."""
    pretty = form == "text" or (form == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
            if pretty
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # asked for each event: who runs us may replace it
    )
    # libraries speak when something is wrong: httpx alone would write a line for each request
    foreign = logging.DEBUG if level == "debug" else logging.WARNING
    logging.basicConfig(level=foreign, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
