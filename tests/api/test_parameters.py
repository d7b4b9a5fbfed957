"""Sets of parameters: what they make of what was left out, and refuse together."""

from datetime import UTC, datetime, timedelta

import pytest

from api.errors import BadParameterError
from api.parameters import SpanQuery

MAY = datetime(2026, 5, 17, 22, 0, tzinfo=UTC)


def test_without_begin_and_end_the_last_week_is_meant() -> None:
    """A span without bounds is the seven days before the request."""
    assert SpanQuery().span(MAY) == (MAY - timedelta(days=7), MAY)


def test_an_empty_span_is_refused() -> None:
    """A begin at the end holds nothing, as the interval is half open, and is named as the error."""
    query = SpanQuery.model_validate({"begin": "2026-05-17T22:00:00Z", "end": "2026-05-17T22:00:00Z"})

    with pytest.raises(BadParameterError, match="is not before end"):
        query.span(MAY)
