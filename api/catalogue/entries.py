"""What the catalogue lists: the data sets with their distributions, and the services that give them out."""

from dataclasses import dataclass

Words = tuple[str, str]
"""The same in Dutch and in English."""

TITLE: Words = ("Catalogus van luchtbrug", "Catalogue of luchtbrug")
DESCRIPTION: Words = (
    "Open gegevens van luchtkwaliteit, gemeten door burgers en gekalibreerd tegen het officiële meetnet.",
    "Open data of air quality, measured by citizens and calibrated against the official network.",
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """One way in which a data set comes: `path` is where to ask, `media_type` and `file_type` what one gets.

    `schema` says what the content looks like; `download` gives all of it at once, without a question. What is `nightly`
    is there once the files of a night have been written.
    """

    name: str
    title: Words
    path: str
    media_type: str
    file_type: str
    service: str
    schema: str
    download: str | None = None
    nightly: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """One data set."""

    name: str
    title: Words
    description: Words
    keywords: tuple[Words, ...]
    frequency: str  # of the EU's vocabulary `frequency`
    distributions: tuple[Distribution, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One interface: where it begins, where it is described, and by which standard."""

    name: str
    title: Words
    description: Words
    path: str
    described_by: str
    standard: str
    datasets: tuple[str, ...]
    keywords: tuple[Words, ...]


AIR: Words = ("luchtkwaliteit", "air quality")
CITIZENS: Words = ("burgerwetenschap", "citizen science")
SENSORS: Words = ("sensoren", "sensors")
DUST: Words = ("fijnstof", "particulate matter")

DATASETS = (
    Dataset(
        "measurements",
        ("Metingen van luchtkwaliteit door burgers", "Air quality measured by citizens"),
        (
            "Metingen, uren en dagen van fijnstof, gassen en weer van burgerstations. Elke waarde staat naast de ruwe "
            "waarde, met een interval van 95 %, vlaggen en de kalibratie waarmee zij is gemaakt. Indicatief: niet "
            "bedoeld om aan grenswaarden te toetsen.",
            "Readings, hours and days of particulate matter, gases and weather of citizen stations. Each value stands "
            "beside the raw one, with a 95 % interval, flags and the calibration that made it. Indicative: not to be "
            "used to test limit values.",
        ),
        (AIR, CITIZENS, DUST),
        "UPDATE_CONT",
        (
            Distribution(
                "measurements-csv",
                ("Uren als CSV, per gebied en periode", "Hours as CSV, by place and time"),
                "/v1/exports/hours",
                "text/csv",
                "CSV",
                "api",
                schema="/v1/openapi.json",
            ),
            Distribution(
                "measurements-json",
                ("Uren en metingen als JSON", "Hours and readings as JSON"),
                "/v1/series",
                "application/json",
                "JSON",
                "api",
                schema="/v1/openapi.json",
            ),
            Distribution(
                "measurements-parquet",
                ("Alle uren als Parquet, een bestand per maand", "All hours as Parquet, a file a month"),
                "/v1/snapshots/nightly",
                "application/vnd.apache.parquet",
                "PARQUET",
                "api",
                schema="/v1/snapshots/nightly/files/datapackage.json",
                nightly=True,
            ),
            Distribution(
                "measurements-sensorthings",
                ("Uren volgens SensorThings", "Hours by SensorThings"),
                "/sta/v1.1/Datastreams",
                "application/json",
                "JSON",
                "sensorthings",
                schema="http://www.opengis.net/doc/is/sensorthings/1.1",
            ),
        ),
    ),
    Dataset(
        "stations",
        ("Burgerstations en gebieden", "Citizen stations and areas"),
        (
            "De stations op hun openbare plaats (tot 100 m verschoven), hun laatste meting, de officiële stations "
            "en de gebieden waarvoor statistieken worden gemaakt.",
            "The stations at their public positions (displaced by up to 100 m), their last reading, the official "
            "stations, and the areas that statistics are made for.",
        ),
        (AIR, CITIZENS, SENSORS),
        "UPDATE_CONT",
        (
            Distribution(
                "stations-geojson",
                ("Stations als GeoJSON, ook in RD", "Stations as GeoJSON, in RD too"),
                "/features/collections/stations/items",
                "application/geo+json",
                "GEOJSON",
                "features",
                schema="https://www.rfc-editor.org/rfc/rfc7946",
                download="/features/collections/stations/items?limit=10000",
            ),
            Distribution(
                "stations-geoparquet",
                ("Stations als GeoParquet", "Stations as GeoParquet"),
                "/v1/snapshots/nightly",
                "application/vnd.apache.parquet",
                "PARQUET",
                "api",
                schema="https://geoparquet.org/releases/v1.1.0/",
                download="/v1/snapshots/nightly/files/stations.parquet",
                nightly=True,
            ),
            Distribution(
                "latest-geojson",
                ("Laatste metingen als GeoJSON", "Last readings as GeoJSON"),
                "/v1/latest?observedProperty=pm2_5",
                "application/geo+json",
                "GEOJSON",
                "api",
                schema="https://www.rfc-editor.org/rfc/rfc7946",
                download="/v1/latest?observedProperty=pm2_5",
            ),
        ),
    ),
)

ALL = tuple(dataset.name for dataset in DATASETS)

SERVICES = (
    Service(
        "api",
        ("API van luchtbrug", "API of luchtbrug"),
        (
            "Stations, metingen, kalibraties en gebieden, volgens de API Design Rules.",
            "Stations, readings, calibrations and areas, by the Dutch API Design Rules.",
        ),
        "/v1",
        "/v1/openapi.json",
        "https://gitdocumentatie.logius.nl/publicatie/api/adr/",
        ALL,
        (AIR, CITIZENS, DUST),
    ),
    Service(
        "sensorthings",
        ("SensorThings", "SensorThings"),
        ("Uren volgens OGC SensorThings 1.1.", "Hours by OGC SensorThings 1.1."),
        "/sta/v1.1",
        "/sta/v1.1/openapi.json",
        "http://www.opengis.net/doc/is/sensorthings/1.1",
        ("measurements",),
        (AIR, SENSORS),
    ),
    Service(
        "features",
        ("OGC API Features", "OGC API Features"),
        ("Stations en gebieden voor GIS.", "Stations and areas for GIS."),
        "/features",
        "/features/openapi.json",
        "http://www.opengis.net/doc/IS/ogcapi-features-1/1.0",
        ("stations",),
        (AIR, SENSORS),
    ),
    Service(
        "openaq",
        ("De vorm van OpenAQ", "The shape of OpenAQ"),
        ("Dezelfde metingen in de vorm van OpenAQ v3.", "The same measurements in the shape of OpenAQ v3."),
        "/openaq/v3",
        "/openaq/v3/openapi.json",
        "https://docs.openaq.org/",
        ALL,
        (AIR, DUST),
    ),
)
