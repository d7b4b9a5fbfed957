"""The table of samples to fill in: two lines that show how, as a spreadsheet of that language opens it."""

import csv
from io import StringIO

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
