"""The sensor register: each active station as one sensor of it, in the columns of Amsterdam's bulk import."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO

from api.settings import ApiSettings
from api.tables import FORMULA
from storage.register import Registered

COLUMNS = (
    "Referentie",
    "Kies soort / type sensor",
    "Latitude",
    "Longitude",
    "In welk gebied bevindt zich de mobiele sensor?",
    "Wat meet de sensor?",
    "Waarvoor meet u dat?",
    "Thema 1",
    "Worden er persoonsgegevens verwerkt? (Ja/Nee)",
    "Wettelijke grondslag",
    "Privacyverklaring",
    "Wanneer wordt de sensor verwijderd?",
    "Opmerking",
    "Project",
    "Naam organisatie/bedrijf",
    "E-mail",
)


def entries(sensors: Iterable[Registered], settings: ApiSettings, base: str) -> Iterator[dict[str, str]]:
    """Write each station as the register wants it; its place is the public one."""
    for one in sensors:
        yield {
            "Referentie": one.station_id,
            "Kies soort / type sensor": "Luchtkwaliteitssensor",
            "Latitude": f"{one.latitude:.5f}",
            "Longitude": f"{one.longitude:.5f}",
            "In welk gebied bevindt zich de mobiele sensor?": "",
            "Wat meet de sensor?": ", ".join(one.observed_properties),
            "Waarvoor meet u dat?": "Luchtkwaliteit in de buurt meten",
            "Thema 1": "Natuur en milieu: lucht",
            "Worden er persoonsgegevens verwerkt? (Ja/Nee)": "Nee",
            "Wettelijke grondslag": "",
            "Privacyverklaring": f"{base}/transparency",
            "Wanneer wordt de sensor verwijderd?": "",
            "Opmerking": f"Plaats hoogstens 100 m verschoven. Sensoren: {', '.join(one.sensor_models)}",
            "Project": one.project or "",
            "Naam organisatie/bedrijf": settings.publisher_name,
            "E-mail": settings.contact_email,
        }


def as_csv(rows: Iterable[Mapping[str, str]]) -> str:
    """Write entries as CSV with the register's heads; a text that a spreadsheet would calculate is quoted as text."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: f"'{text}" if text.startswith(FORMULA) else text for name, text in row.items()})
    return out.getvalue()
