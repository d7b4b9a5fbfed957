"""What owners read of an alert, in Dutch and English: what is seen, since when, and what to do about it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from storage.alerts import AlertKind, Delivery

Language = Literal["nl", "en"]

_BEGIN: Mapping[Language, Mapping[AlertKind, str]] = {
    "en": {
        "silent": "Nothing has come from your station {station} since {since}. Look at its power and its Wi-Fi.",
        "stuck": "{sensors} of your station {station} keeps repeating the same value since {since}. Restart the "
        "station; if that does not help, clean or replace the sensor.",
        "odd": "{sensors} of your station {station} differs much from the stations around it since {since}. Is there "
        "smoke, a heater or direct sun near it? Was it moved?",
        "drifting": "{sensors} of your station {station} slowly goes another way than the stations around it, since "
        "{since}. The calibration follows; clean the sensor, or replace it if it is old.",
    },
    "nl": {
        "silent": "Van uw station {station} komt niets meer binnen sinds {since}. Kijk naar de stroom en de wifi.",
        "stuck": "{sensors} van uw station {station} meldt steeds dezelfde waarde sinds {since}. Start het station "
        "opnieuw; helpt dat niet, maak de sensor dan schoon of vervang hem.",
        "odd": "{sensors} van uw station {station} wijkt veel af van de stations in de buurt sinds {since}. Is er "
        "rook, een verwarming of zon vlakbij? Is het verplaatst?",
        "drifting": "{sensors} van uw station {station} gaat langzaam een andere kant op dan de stations in de buurt, "
        "sinds {since}. De kalibratie volgt; maak de sensor schoon, of vervang hem als hij oud is.",
    },
}

_END: Mapping[Language, Mapping[AlertKind, str]] = {
    "en": {
        "silent": "Your station {station} is heard again.",
        "stuck": "The values of your station {station} change again.",
        "odd": "Your station {station} agrees with the stations around it again.",
        "drifting": "Your station {station} goes with the stations around it again.",
    },
    "nl": {
        "silent": "Uw station {station} is weer te horen.",
        "stuck": "De waarden van uw station {station} veranderen weer.",
        "odd": "Uw station {station} past weer bij de stations in de buurt.",
        "drifting": "Uw station {station} gaat weer gelijk op met de stations in de buurt.",
    },
}

_SUBJECT: Mapping[Language, Mapping[AlertKind, str]] = {
    "en": {
        "silent": "{station} is silent",
        "stuck": "{station} repeats itself",
        "odd": "{station} differs from its neighbours",
        "drifting": "{station} drifts",
    },
    "nl": {
        "silent": "{station} is stil",
        "stuck": "{station} herhaalt zichzelf",
        "odd": "{station} wijkt af van de buren",
        "drifting": "{station} verloopt",
    },
}

_OVER: Mapping[Language, str] = {"en": "Over: ", "nl": "Voorbij: "}

_FOOT: Mapping[Language, str] = {
    "en": "You get this once, and once more when it is over. You can delete your address at your station.",
    "nl": "U krijgt dit een keer, en nog een keer als het voorbij is. Uw adres kunt u bij uw station wissen.",
}


def begin_text(kind: AlertKind, language: Language, *, station: str, since: datetime, series: list[str]) -> str:
    """Say what is seen of a station (its name or id), since when, and of which series (`sensor/property`)."""
    fallback = "A sensor" if language == "en" else "Een sensor"
    when = f"{since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    sensors = ", ".join(series) or fallback
    return _BEGIN[language][kind].format(station=station, since=when, sensors=sensors)


def text(delivery: Delivery) -> str:
    """Say what a delivery is about."""
    station = delivery.name or delivery.station_id
    if delivery.moment == "end":
        return _END[delivery.language][delivery.kind].format(station=station)
    series = list(delivery.detail.get("series", []))
    return begin_text(delivery.kind, delivery.language, station=station, since=delivery.begin, series=series)


def subject(delivery: Delivery) -> str:
    """Say it in a line, without line breaks whatever the station is called."""
    station = " ".join((delivery.name or delivery.station_id).split())
    line = _SUBJECT[delivery.language][delivery.kind].format(station=station)
    return (_OVER[delivery.language] if delivery.moment == "end" else "") + line


def foot(language: Language) -> str:
    """Say how often mail comes and how it stops."""
    return _FOOT[language]
