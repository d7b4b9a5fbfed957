"""Tables of samples that go out: an empty one to fill in, and the lines of one that are to be mended."""

import csv
from collections.abc import Callable
from io import StringIO

from luchtbrug.campaigns.sample_sheet import Fault, Sheet

_DUTCH = """\
buisnummer;soort;plaats;begindatum;einddatum;breedtegraad;lengtegraad;x_rd;y_rd;waarde;openbare_plek;referentiestation;referentiewaarde
A001;monster;P1;5-10-2026;2-11-2026;52,2245;5,1761;;;18,4;nee;;
A002;blanco;;5-10-2026;2-11-2026;;;;;<0,5;;;
"""

_ENGLISH = """\
sample;kind;place;begin;end;latitude;longitude;x;y;value;public_place;reference_station;reference_value
A001;sample;P1;2026-10-05;2026-11-02;52.2245;5.1761;;;18.4;no;;
A002;blank;;2026-10-05;2026-11-02;;;;;<0.5;;;
"""


def template(language: str) -> str:
    """Write the table with a byte order mark, without which Excel takes it for another alphabet."""
    dutch = language == "nl"
    rows = csv.reader(StringIO(_DUTCH if dutch else _ENGLISH), delimiter=";")
    text = StringIO(newline="")
    csv.writer(text, delimiter=";" if dutch else ",").writerows(rows)
    return "\ufeff" + text.getvalue()


def refused(sheet: Sheet, say: Callable[[Fault], str], reason: str) -> str:
    """Write the lines that have faults as CSV, as they stood there, with the reasons in a last column."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    if not sheet.lines:  # of what is no table there is no line to mend, and only the reason
        writer.writerow([reason])
        writer.writerows([say(fault)] for fault in sheet.faults)
        return text.getvalue()
    first, *others = sheet.lines.items()
    width = len(first[1])
    writer.writerow([*first[1], reason])
    for number, line in others:
        said = [say(fault) for fault in sheet.faults if fault.line == number]
        if said:
            writer.writerow([*(list(line) + [""] * width)[: max(width, len(line))], " ".join(said)])
    return text.getvalue()
