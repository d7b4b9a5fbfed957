"""What `benchmarks/fuzz.py` runs: each parser that strangers' bytes reach, with examples and the errors it may raise."""

# ruff: noqa: E501  an example is read more easily on one line
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import parse_qsl

from psycopg.sql import SQL

from api.cursors import decode_cursor, decode_key_cursor, decode_time_cursor
from api.errors import ApiError
from api.keys import presented
from api.negotiation import SHORT, choose
from api.ogc.parameters import parse_corners, parse_datetime
from api.parsing import parse_box, parse_day, parse_flags, parse_place, parse_time
from api.sta.options import parse_options
from api.sta.resources import parse_path
from api.web.view import parse_view
from ingest.decoding import decode
from ingest.errors import IngestError
from ingest.fixed_topics import device_of
from ingest.formats import all_formats
from ingest.memory import Memories, Memory
from ingest.message import Message
from ingest.opened import Opened
from ingest.reference.csv_file import HOURS_FILE, STATIONS_FILE, CsvFile
from ingest.reference.errors import ReferenceShapeError
from ingest.secrets import strip_secrets, strip_topic
from ingest.topics import read_topic
from luchtbrug.jobs.replay_files import ReplayInputError, read_history
from storage.errors import StorageError
from storage.sensorthings.documents import document, rows
from storage.sensorthings.model import ENTITIES
from storage.sensorthings.statement import Statement

_AT = datetime(2026, 5, 17, 22, 23, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Target:
    """One parser: what runs it, inputs that it reads, and the errors by which it may refuse others."""

    run: Callable[[bytes], object]
    examples: Sequence[bytes]
    allowed: tuple[type[Exception], ...]


_FORMATS = tuple(all_formats())
_BODIES = (
    b'{"obs": [{"s": "sps30-0", "t": "2026-05-17T22:20:00Z", "v": {"pm2_5": 8.1, "pm10": 11.0}}]}',
    b'{"sensordatavalues": [{"value_type": "SDS_P2", "value": "4.02"}, {"value_type": "BME280_pressure", "value": "100535"}]}',
    b"PASSKEY=A&stationtype=GW&dateutc=2026-05-17+22:20:00&tempf=50&baromabsin=29.53&windspeedmph=10&pm25_ch2=7.5",
    b'{"Time": "2026-05-17T22:20:00", "TempUnit": "F", "SPS30": {"PM2_5": 4.5}, "BME280": {"Temperature": 50}}',
    b'[{"bn": "urn:dev:", "bt": 1.7e9, "n": "temperature", "u": "Cel", "v": 21.4}, {"n": "humidity", "u": "%RH", "v": 60}]',
    b'{"end_device_ids": {"device_id": "x"}, "uplink_message": {"decoded_payload": {"pm25": 5, "temperature": 20}}}',
    b'{"deviceInfo": {"devEui": "x"}, "time": "2026-05-17T22:20:00+00:00", "object": {"pm25": 5, "humidity": 50}}',
    b'{"wifi": -40, "pm02": 7, "rco2": 600, "atmp": 20.5, "rhum": 40}', b'{"data": [{"recorded_at": "x", "sensors": []}]}',
    b'{"type": "telemetry", "payload": {"temperature": 19.5, "pm25_environmental": 4}, "timestamp": 1700000000}',
    b'{"model": "Fineoffset-WH24", "time": "2026-05-17 22:20:00", "temperature_C": 10.5, "wind_avg_m_s": 2}',
    b'{"result": 12.5, "phenomenonTime": "2026-05-17T22:20:00Z", "Datastream": {"@iot.id": 1}}', b"21.5", b"online",
    b"\x82\xa3\x21\x67urn:dev\x22\xfb\x41\xd9\x55\x00\x00\x00\x00\x00\x00\x61x\xa2\x00\x61t\x02\x18\x20",
)  # fmt: skip
_TOPICS = (
    b"aq/1/s-one/obs", b"in/s-one/airrohr", b"in/s-one/zigbee2mqtt/Garden", b"in/s-one/ha/sensor/x/pm25/config",
    b"in/s-one/homie/x/pms/pm25", b"airgradient/readings/84fce612f5b8", b"device/sck/abc123/readings", b"aq/1/s-one/status",
    b"qingping/582d34000000/up", b"in/s-one/tele/tasmota/SENSOR",
)  # fmt: skip
_FILTERS = (
    b"Things?$filter=name eq 'zq9' and not (id lt 3)&$expand=Datastreams($top=2;$select=name)&$orderby=name desc",
    b"Observations?$filter=phenomenonTime ge 2026-05-17T00:00:00Z and result gt 5 add 2 mul 3&$top=10&$skip=5&$count=true",
    b"Locations?$filter=geo.distance(location, geography'POINT(5.18 52.23)') lt 0.1",
    b"Observations?$resultFormat=dataArray&$select=id,result&$filter=result lt -1.5e3",
    b"Datastreams(3)/Observations?$filter=substringof('zq9', tolower(Datastream/name)) or year(phenomenonTime) eq 2026",
    b"Things(1)/Locations?$filter=st_within(location, geography'POLYGON((5 52, 6 52, 6 53, 5 52))')&$select=name,location",
    b"Sensors?$filter=id ne 3 or indexof(name, 'a') ge length(name) sub 1",
)  # fmt: skip
_PARAMETERS = (
    b"bbox=5.1,52.1,5.3,52.3", b"near=52.22,5.18", b"time=2026-05-17T22:00:00Z", b"day=2026-05-17", b"flags=range,spike",
    b"after=Z29vaS0wMQ", b"after=MjAyNi0wNS0xN1QyMjowMDowMFo", b"datetime=2026-05-17T00:00:00Z/..", b"page=2&sort=-value",
    b"property=pm10&averaging=24h&index=lki&show=raw&q=noord&bbox=5,52,6,53", b"f=csv", b"accept=text/csv;q=0.5, */*;q=0.1",
)  # fmt: skip
_CSV = (
    b"reference_station,lat,lon,name\nNL10404,52.2,5.1,Hilversum\n\xff\xff\ntime,reference_station,observed_property,value,unit"
    b"\n2026-05-17T22:00:00Z,NL10404,pm2_5,8.5,ug/m3\n2026-05-17T23:00:00+02:00,NL10404,no2,,ug/m3\n",
    b"station,lat,lon,sensor_model\ns1,52.2,5.1,SDS011\n\xff\xff\ntime,station,observed_property,value,unit"
    b"\n2026-05-17T22:00:00Z,s1,pm2_5,8.5,ug/m3\n",
)  # fmt: skip


def _message(data: bytes) -> None:
    """Decode a message on some topic, through the door that chooses its format."""
    topic = _TOPICS[data[0] % len(_TOPICS)].decode() if data else "x"
    path = data[1:200].decode("utf-8", "replace") if data[:1] > b"\xc0" else ""
    batch = decode([Message("http", topic, data[1:], _AT, station_id="s-one", path=path)], {}, Memories())
    places = len(batch.readings) + len(batch.silent) + len(batch.notices) + len(batch.failures)
    if places != 1:
        raise AssertionError(f"a message ended in {places} places")


def _format(data: bytes) -> None:
    """Have one format decode a body, whether or not it would be chosen for it."""
    if not data:
        return
    chosen = _FORMATS[data[0] % len(_FORMATS)]
    topic = _TOPICS[data[0] % len(_TOPICS)].decode().partition("/")[2]
    opened = Opened(Message("mqtt", f"in/s-one/{topic}", data[1:], _AT), topic, Memory())
    chosen.decode(opened)


def _topic(data: bytes) -> None:
    topic = data.decode("utf-8", "replace")
    strip_topic(topic)
    device_of(topic)
    address = read_topic(topic)
    if not (address.device_topic in topic and (address.station_id in topic)):
        raise AssertionError(f"{address} is not of {topic!r}")


def _secrets(data: bytes) -> None:
    """Blank a payload; one that was blanked has nothing left to blank."""
    once = strip_secrets(data)
    if len(once) > 3 * len(data) + 100:
        raise AssertionError("blanking made it longer")


def _filter(data: bytes) -> None:
    """Read path and options, and write the statement: what is said reaches it as a parameter only."""
    path, _, query = data.decode("utf-8", "replace").partition("?")
    entity = ENTITIES[len(path) % len(ENTITIES)]
    with suppress(ApiError):
        entity = parse_path(path).entity
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=40)
    asked = parse_options(pairs, entity, single=False).query
    statement = Statement({})
    scope = statement.scope(entity)
    text = document(statement, scope, asked).as_string(None) + rows(
        statement, scope, asked, SQL("true"), more=1
    ).as_string(None)
    if "zq9" in text:
        raise AssertionError("a constant stands in the statement")


def _parameters(data: bytes) -> None:
    """Give each parser of the API a query's values, and the map the whole of it."""
    pairs = parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=40)
    parse_view(dict(pairs))
    presented({"headers": [(b"authorization", data), (b"x-api-key", data)]})
    for _, value in pairs:
        for parse in (parse_box, parse_place, parse_time, parse_day, parse_flags, parse_corners, parse_datetime,
                      decode_cursor, decode_time_cursor, decode_key_cursor):  # fmt: skip
            with suppress(ValueError, ApiError):
                parse(value)
        with suppress(ApiError):
            choose(tuple(SHORT.values()), f=None, accept=value)


def _tables(data: bytes) -> None:
    """Read a folder of two CSV files, as reference values and as a campaign."""
    folder = Path(gettempdir()) / "luchtbrug-fuzz"
    folder.mkdir(exist_ok=True)
    first, _, second = data.partition(b"\xff\xff")
    texts = {STATIONS_FILE: first, HOURS_FILE: second.lstrip(), "stations.csv": first, "readings.csv": second.lstrip()}
    for name, text in texts.items():
        (folder / name).write_bytes(text)
    with suppress(ReferenceShapeError):
        list(CsvFile(folder).hours(_AT.replace(year=2000), _AT.replace(year=2100)))
    with suppress(ReplayInputError):
        read_history(folder)


TARGETS = {
    "message": Target(_message, [bytes([n]) + body for n, body in enumerate(_BODIES)], ()),
    "format": Target(_format, [bytes([n]) + _BODIES[n % len(_BODIES)] for n in range(len(_FORMATS))], (IngestError,)),
    "topic": Target(_topic, _TOPICS, (IngestError,)),
    "secrets": Target(_secrets, _BODIES, ()),
    "filter": Target(_filter, _FILTERS, (ApiError, StorageError, ValueError)),
    "parameters": Target(_parameters, _PARAMETERS, (ValueError,)),
    "tables": Target(_tables, _CSV, ()),
}
