"""The sentences that explain a calibration, in English and Dutch (level B1), with their numbers and days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

UNITS: Mapping[str, str] = {"ug/m3": "µg/m³", "[ppb]": "ppb", "[ppm]": "ppm"}
PROPERTIES: Mapping[str, str] = {"pm1": "PM1", "pm2_5": "PM2.5", "pm4": "PM4", "pm10": "PM10", "no2": "NO2", "o3": "O3"}


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language: templates filled with str.format, and the words that go into them."""

    decimal: str
    months: str
    use: str
    until_newer: str
    window: str
    references: str
    no_references: str
    raw: str
    humidity: str
    temperature: str
    higher: str
    lower: str
    scores: str
    score: Mapping[str, str]
    place: str
    information: str
    segment: str
    interval: str
    example: str
    no_example: str
    status: Mapping[str, str]
    other_status: str

    def number(self, value: float, digits: int = 2) -> str:
        """Write a number."""
        return f"{value:.{digits}f}".replace(".", self.decimal)

    def day(self, time: datetime) -> str:
        """Write a day, as 17 May 2026, in UTC."""
        day = time.astimezone(UTC)
        return f"{day.day} {self.months.split()[day.month - 1]} {day.year}"

    def change(self, amount: float, unit: str) -> str:
        """Write how much higher or lower."""
        return f"{self.number(abs(amount))} {unit} {self.higher if amount >= 0 else self.lower}"

    def property(self, name: str) -> str:
        """Write an observed property."""
        return PROPERTIES.get(name, name).replace(".", self.decimal)


ENGLISH = Phrases(
    decimal=".",
    months="January February March April May June July August September October November December",
    use="This calibration turns what sensor {model} at station {station} reports as {property} into a value in {unit}. "
    "It is used from {begin} until {end}.",
    until_newer="a newer one begins",
    window="It was learnt from the hours between {begin} and {end} UTC, with method {method}.",
    references="The official stations it was compared with, and how much each counted: {list}.",
    no_references="No official station was near enough to compare with.",
    raw="For every 10 that the sensor reports more, the value is {change}.",
    humidity="When the relative humidity is 20 percentage points higher, the value is {change}.",
    temperature="When it is 10 °C warmer, the value is {change}.",
    higher="higher",
    lower="lower",
    scores="How well it fits, tried on hours it had not learnt from: {list}.",
    score={
        "mean_error": "mean error {number} {unit}",
        "skill": "gain over a constant value {percent} %",
        "skill_over_weather": "gain over the weather alone {percent} %",
        "hours": "{count} hours used",
        "siblings": "{count} sensors of the same model beside it",
    },
    place="At this place the air is taken to be {percent} % {change} than the official stations show, "
    "because sensors of the same model elsewhere say so.",
    information="Of the ups and downs of the value, {percent} % come from the sensor itself, "
    "and the rest from the weather.",
    segment="Something changed at the station {days} days before: hours from before that are not used.",
    interval="Of 100 true values, about 95 should lie between lower and upper.",
    example="Example: a steady raw {raw} at {humidity} % relative humidity and {temperature} °C "
    "becomes {value} {unit} ({sum}).",
    no_example="With this calibration a reading gets no value.",
    status={
        "full": "Status: complete. There were enough good hours of this sensor itself.",
        "short_window": "Status: short. There were few hours yet, so the interval is wider.",
        "sibling_prior": "Status: borrowed. It comes from other sensors of the same model, as this one is new.",
        "held": "Status: held over. No newer one could be made, so the interval grows with time.",
        "paused": "Status: paused. The owner has paused the station, so its readings get no value.",
        "no_skill": "Status: not used. The sensor predicts the official stations no better than the weather alone.",
        "not_calibrated": "Status: none. There were too few good hours to compare.",
    },
    other_status="Status: {status}.",
)

DUTCH = Phrases(
    decimal=",",
    months="januari februari maart april mei juni juli augustus september oktober november december",
    use="Deze kalibratie maakt van wat sensor {model} van station {station} als {property} meldt een waarde in {unit}. "
    "Ze geldt van {begin} tot {end}.",
    until_newer="er een nieuwere is",
    window="Ze is geleerd uit de uren tussen {begin} en {end} (UTC), met methode {method}.",
    references="De officiële stations waarmee is vergeleken, en hoe zwaar elk telde: {list}.",
    no_references="Er was geen officieel station dichtbij genoeg om mee te vergelijken.",
    raw="Meldt de sensor 10 meer, dan is de waarde {change}.",
    humidity="Is de luchtvochtigheid 20 procentpunt hoger, dan is de waarde {change}.",
    temperature="Is het 10 °C warmer, dan is de waarde {change}.",
    higher="hoger",
    lower="lager",
    scores="Hoe goed ze past, beproefd op uren waarvan ze niet had geleerd: {list}.",
    score={
        "mean_error": "gemiddelde fout {number} {unit}",
        "skill": "winst op een vaste waarde {percent} %",
        "skill_over_weather": "winst op het weer alleen {percent} %",
        "hours": "{count} uren gebruikt",
        "siblings": "{count} sensoren van hetzelfde model ernaast",
    },
    place="Op deze plek rekenen we de lucht {percent} % {change} dan de officiële stations laten zien. "
    "Dat leiden we af uit sensoren van hetzelfde model op andere plekken.",
    information="Van de schommelingen van de waarde komt {percent} % van de sensor zelf en de rest van het weer.",
    segment="Er veranderde {days} dagen eerder iets aan het station: uren van daarvoor tellen niet mee.",
    interval="Van 100 echte waarden liggen er ongeveer 95 tussen de ondergrens en de bovengrens.",
    example="Voorbeeld: een constante ruwe {raw} bij {humidity} % luchtvochtigheid en {temperature} °C "
    "wordt {value} {unit} ({sum}).",
    no_example="Met deze kalibratie krijgt een meting geen waarde.",
    status={
        "full": "Status: volledig. Er waren genoeg goede uren van deze sensor zelf.",
        "short_window": "Status: kort. Er waren nog weinig uren, daarom is de marge groter.",
        "sibling_prior": "Status: geleend. Ze komt van andere sensoren van hetzelfde model, want deze is nieuw.",
        "held": "Status: aangehouden. Er kon geen nieuwere worden gemaakt, daarom groeit de marge met de tijd.",
        "paused": "Status: gepauzeerd. De eigenaar heeft het station gepauzeerd, dus een meting krijgt geen waarde.",
        "no_skill": "Status: niet gebruikt. De sensor voorspelt de officiële stations niet beter dan het weer alleen.",
        "not_calibrated": "Status: geen. Er waren te weinig goede uren om te vergelijken.",
    },
    other_status="Status: {status}.",
)
