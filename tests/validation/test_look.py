"""What is seen of hours, cut and arranged, by hand."""

from typing import Any, cast

import numpy as np

from validation.columns import Columns
from validation.field import Field
from validation.look import Look, filled


def test_the_last_hours_are_those_of_every_array() -> None:
    """Good readings may begin earlier and features later; all end with the same hour."""
    rows = np.arange(10.0)[:, None]
    whole = Look(
        rows[4:], Field(rows[4:], rows[4:, 0], np.arange(4, 10)), cast(Any, None), rows[4:].astype(np.int32),
        rows, rows[6:, :, None],
    )  # fmt: skip
    last = whole.last(2)
    parts = (
        last.reference,
        last.field.value,
        last.field.spread,
        last.field.count,
        last.flags,
        last.good,
        last.features,
    )
    assert [part.ravel().tolist() for part in parts] == [[8, 9]] * 7


def test_a_column_has_the_features_it_may_use() -> None:
    """Temperature only where it is used, what the hours before say only where lags are, each as of its series."""
    stack = np.arange(1.0, 15.0).reshape(1, 2, 7)
    stack[0, 1, 5] = np.nan
    none = np.zeros((3, 0))
    columns = Columns(np.array([0, 1, 1]), np.full(3, -1), np.full(3, -1), none, np.zeros(3), none, none)
    used = np.array([True, False, True])
    found = filled(stack, np.full((2, 7), 0.5), columns, weather_used=used, lags=True)
    assert found[:, 0].tolist() == [[1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11, 12, 0.5, 0], [8, 9, 10, 11, 12, 0.5, 14]]
    found = filled(stack, np.full((2, 7), 0.5), columns, weather_used=used, lags=False)
    assert found[:, 0].tolist() == [[1, 2, 0, 0, 0, 6, 7], [8, 9, 0, 0, 0, 0.5, 0], [8, 9, 0, 0, 0, 0.5, 14]]
