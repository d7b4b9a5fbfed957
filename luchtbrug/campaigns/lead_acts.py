"""What the lead of a campaign does by a form: one act each, what is wrong with it as the name of a message."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from typing import get_args

import psycopg

import storage.campaigns
import storage.invitations
import storage.loans
import storage.samples
from luchtbrug.campaigns import cells, lending, sampling, taking_part
from luchtbrug.campaigns.cells import CellError
from luchtbrug.campaigns.errors import CampaignError
from luchtbrug.campaigns.sample_sheet import HEADINGS, Sheet
from storage.campaigns import Campaign
from storage.errors import BatchUnknownError, KitBusyError, KitUnknownError
from storage.loans import Condition
from storage.samples import NewBatch
from validation.passive import METHODS

Fields = Mapping[str, str]

CODES_MAX, USES_MAX, DAYS_MAX = 200, 1000, 366
ANSWER_MAX = 2000  # [characters]

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_MODEL = re.compile(r"[^\x00-\x1f\x7f]{1,60}")
_PERSON = re.compile(r"[A-Za-z]{0,6}-?[0-9]{1,6}")
CONDITIONS: tuple[Condition, ...] = get_args(Condition)


class WrongError(Exception):
    """A form cannot be carried out; `key` is the message that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a form: `done` or `problem` name a message; codes, or what is wrong with a table, stand beside."""

    done: str = ""
    problem: str = ""
    codes: Sequence[str] = field(default_factory=tuple)
    sheet: Sheet | None = None
    table: str = ""
    stored: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One form: of which campaign, what stands in it, when, and the secret that displaces positions."""

    campaign: Campaign
    fields: Fields
    now: datetime
    position_key: str

    def text(self, name: str, pattern: re.Pattern[str], problem: str) -> str:
        """Give a field of a certain shape. Raises WrongError."""
        found = self.fields.get(name, "").strip()
        if not pattern.fullmatch(found):
            raise WrongError(problem)
        return found

    def count(self, name: str, most: int) -> int:
        """Give a whole number from 1 to `most`. Raises WrongError."""
        found = self.fields.get(name, "").strip()
        if not (found.isascii() and found.isdecimal() and len(found) < 9 and 1 <= int(found) <= most):
            raise WrongError("count")
        return int(found)


Act = Callable[[psycopg.Connection, Asked], Outcome]


def carry_out(conn: psycopg.Connection, asked: Asked) -> Outcome:
    """Carry out what a form asks for; whatever is wrong leaves everything as it was."""
    act = _ACTS.get(asked.fields.get("action", ""))
    if act is None:
        return Outcome()
    try:
        with conn.transaction():
            return act(conn, asked)
    except WrongError as error:
        return Outcome(problem=error.key)
    except tuple(_PROBLEMS) as error:
        return Outcome(problem=_PROBLEMS[type(error)])


def _invite(conn: psycopg.Connection, asked: Asked) -> Outcome:
    expires_at = asked.now + timedelta(days=asked.count("days", DAYS_MAX))
    _, codes = taking_part.invite(
        conn, asked.campaign, count=asked.count("codes", CODES_MAX), uses=asked.count("uses", USES_MAX),
        expires_at=expires_at, now=asked.now,
    )  # fmt: skip
    return Outcome(done="invite", codes=codes)


def _withdraw(conn: psycopg.Connection, asked: Asked) -> Outcome:
    batch = asked.count("batch", 1_000_000)
    gone = storage.invitations.withdraw(conn, asked.campaign.campaign_key, batch, asked.now)
    return Outcome(done="withdraw") if gone else Outcome(problem="withdrawn")


def _kit(conn: psycopg.Connection, asked: Asked) -> Outcome:
    number = asked.text("number", _PERSON, "code")
    model = asked.text("model", _MODEL, "model")
    storage.loans.add_kit(conn, asked.campaign.campaign_key, number, model)
    return Outcome(done="kit")


def _lend(conn: psycopg.Connection, asked: Asked) -> Outcome:
    try:
        due = cells.moment(asked.fields.get("due", "")).date()
    except CellError as error:
        raise WrongError("date") from error
    lending.lend(
        conn, asked.campaign, asked.text("number", _PERSON, "code"), station_id=asked.fields.get("station") or None,
        participant=asked.text("participant", _PERSON, "code"), due=due, now=asked.now,
    )  # fmt: skip
    return Outcome(done="lend")


def _return(conn: psycopg.Connection, asked: Asked) -> Outcome:
    condition = next((one for one in CONDITIONS if one == asked.fields.get("condition")), None)
    if condition is None:
        raise WrongError("condition")
    number = asked.text("number", _PERSON, "code")
    lending.give_back(conn, asked.campaign, number, condition=condition, now=asked.now)
    return Outcome(done="return")


def _samples(conn: psycopg.Connection, asked: Asked) -> Outcome:
    """Store a table: wholly, or only its right lines where that was chosen, or nothing of it."""
    new, text = batch_of(asked), asked.fields.get("file") or asked.fields.get("table", "")
    sheet = sampling.check(conn, asked.campaign, new.label, text, asked.now)
    chosen = asked.fields.get("store") == "right"
    if not sheet.good or (sheet.faults and not chosen):
        return Outcome(problem="table", sheet=sheet, table=text)
    sampling.store(conn, asked.campaign, new, sheet.good, key=asked.position_key, now=asked.now)
    return Outcome(done="samples", stored=len(sheet.good), sheet=sheet if sheet.faults else None)


def _sample(conn: psycopg.Connection, asked: Asked) -> Outcome:
    """Store one sample from the fields of a form, which are read as a table of one line."""
    table = StringIO(newline="")
    csv.writer(table, delimiter=";").writerows([list(HEADINGS), [asked.fields.get(name, "") for name in HEADINGS]])
    one = Asked(asked.campaign, {**asked.fields, "table": table.getvalue()}, asked.now, asked.position_key)
    return _samples(conn, one)


def batch_of(asked: Asked) -> NewBatch:
    """Read what a batch is. Raises WrongError."""
    method, blanks = asked.fields.get("method", ""), asked.fields.get("blanks", "")
    if method not in METHODS or blanks not in ("laboratory", "subtract"):
        raise WrongError("method")
    percent = _optional(asked, "uncertainty")
    return NewBatch(
        label=asked.text("label", _LABEL, "label"), method=method,
        blanks="laboratory" if blanks == "laboratory" else "subtract",
        uncertainty=None if percent is None else percent / 100, detection_limit=_optional(asked, "limit"),
    )  # fmt: skip


def _optional(asked: Asked, name: str) -> float | None:
    text = asked.fields.get(name, "").strip()
    try:
        found = cells.positive(text) if text else None
    except CellError as error:
        raise WrongError("number") from error
    if found is not None and name == "uncertainty" and found > 200:
        raise WrongError("number")
    return found


def _remove(conn: psycopg.Connection, asked: Asked) -> Outcome:
    if not asked.fields.get("sure"):
        raise WrongError("sure")
    storage.samples.remove_batch(conn, asked.campaign.campaign_key, asked.fields.get("label", "")[:40])
    return Outcome(done="remove")


def _answer(conn: psycopg.Connection, asked: Asked) -> Outcome:
    dutch, english = (asked.fields.get(name, "")[:ANSWER_MAX] for name in ("answer_nl", "answer_en"))
    storage.campaigns.set_answer(conn, asked.campaign.campaign_key, answer_nl=dutch, answer_en=english)
    return Outcome(done="answer")


_ACTS: Mapping[str, Act] = {
    "invite": _invite, "withdraw": _withdraw, "kit": _kit, "lend": _lend, "return": _return, "samples": _samples,
    "sample": _sample, "remove": _remove, "answer": _answer,
}  # fmt: skip

_PROBLEMS: Mapping[type[Exception], str] = {
    KitBusyError: "kit",
    KitUnknownError: "return",
    BatchUnknownError: "label",
    CampaignError: "batch",
    psycopg.errors.UniqueViolation: "again",  # somebody stored the same just now
}
