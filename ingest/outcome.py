"""What became of a batch, in counts."""

from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of one or more batches.

    Every message has readings to store, or is `quarantined` as a whole, or `without_readings` (status, meta, retained).
    Of the first, `partly_refused` have values that were refused, `refused` such values in all. Of their readings,
    `readings_stored` are new, `duplicates` were there already; `validated` of both together have a calibrated value.
    """

    messages: int = 0
    readings_stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    partly_refused: int = 0
    refused: int = 0
    without_readings: int = 0
    validated: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        """Add up count by count."""
        return Outcome(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))
