"""What a fault came to."""

from dataclasses import dataclass

from benchmarks.faults.load import Balance


@dataclass(frozen=True, slots=True)
class Tried:
    """What a fault's own function tells: how often it was done, the balance, and what it saw beside it."""

    times: int
    balance: Balance
    behind_s: float  # from the end of the fault until all that was taken over by then was stored, at most
    unacknowledged: int = 0
    note: str = ""
    wrong: str = ""  # what else is not as it should be, in words


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row of the table; `promised` is False where the documents say that something is lost."""

    fault: str
    promised: bool
    tried: Tried
    seconds: float

    @property
    def holds(self) -> bool:
        """Say whether what is promised was kept."""
        balance = self.tried.balance
        lossless = not (balance.lost or balance.twice or self.tried.unacknowledged)
        return not self.tried.wrong and (lossless or not self.promised)

    @property
    def verdict(self) -> str:
        """Say it in a word or two."""
        if not self.holds:
            return f"FAILED {self.tried.wrong}".strip()
        return "ok" if self.promised else "documented limit"

    def as_dict(self) -> dict[str, object]:
        """Give the row as JSON has it."""
        tried = self.tried
        return {
            "fault": self.fault, "times": tried.times, "messages": tried.balance.messages, "lost": tried.balance.lost,
            "twice": tried.balance.twice, "behind_s": round(tried.behind_s, 1), "seconds": round(self.seconds),
            "verdict": self.verdict, "note": tried.note,
        }  # fmt: skip
