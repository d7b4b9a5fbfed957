"""How events are printed: one line with fields, JSON where nobody watches a terminal; addresses of others shortened."""

import logging
import sys
from typing import Any, Literal

import structlog

from luchtbrug.addresses import shortened, without_addresses


def configure(level: str, form: Literal["auto", "json", "text"] = "auto") -> None:
    """Print events of at least `level` on standard error."""
    pretty = form == "text" or (form == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_addresses,
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
    logging.setLogRecordFactory(_record)


def _record(*args: Any, **named: Any) -> logging.LogRecord:
    """Make a record of a library, whatever handler prints it, without the addresses in its words."""
    record = logging.LogRecord(*args, **named)
    record.msg, record.args = shortened(record.getMessage()), ()
    return record
