"""The document of /v1: it obeys the Dutch API design rules, and every answer obeys it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from api.openapi import VERSION


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    """Fetch the document as anybody does."""
    found: dict[str, Any] = client.get("/openapi.json").raise_for_status().json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each path with its operation; all are GET."""
    for path, methods in document["paths"].items():
        assert set(methods) == {"get"}
        yield path, methods["get"]


CONCRETE = {
    "/areas": "/areas?limit=1",
    "/areas/{code}": "/areas/GM0402",
    "/areas/{code}/statistics": "/areas/GM0402/statistics?observedProperty=pm2_5",
    "/campaigns": "/campaigns",
    "/campaigns/{code}": "/campaigns/gooi",
    "/campaigns/{code}/samples": "/campaigns/gooi/samples?limit=5",
    "/stations": "/stations?limit=2",
    "/stations/{stationId}": "/stations/gooi-01",
    "/stations/{stationId}/receipt": "/stations/gooi-01/receipt",
    "/latest": "/latest?observedProperty=pm2_5",
    "/sensors": "/sensors?limit=1",
    "/series": "/series?observedProperty=pm2_5",
    "/series/{seriesId}/days": "/series/{series}/days",
    "/series/{seriesId}/readings/{time}/explanation": "/series/{series}/readings/2026-05-17T12:00:00Z/explanation",
    "/series/{seriesId}/hours/{begin}/explanation": "/series/{series}/hours/2026-05-17T10:00:00Z/explanation",
    "/exports/hours": "/exports/hours?municipality=Hilversum&begin=2026-05-17T00:00:00Z",
    "/snapshots": "/snapshots",
    "/snapshots/{snapshotId}": "/snapshots/nightly",
    "/flags": "/flags",
    "/series/{seriesId}/readings": "/series/{series}/readings?limit=2",
    "/series/{seriesId}/hours": "/series/{series}/hours?limit=2",
    "/series/{seriesId}/revisions": "/series/{series}/revisions?limit=2",
    "/changes": "/changes?since=2026-01-01T00:00:00Z&limit=2",
    "/scores": "/scores?observedProperty=pm2_5",
    "/calibrations/{calibrationId}": "/calibrations/c0ffee01",
    "/reference-stations": "/reference-stations",
    "/reference-stations/{referenceStationId}/hours": "/reference-stations/NL10404/hours?observedProperty=pm2_5",
    "/index": "/index",
    "/health": "/health",
    "/health/live": "/health/live",
}


def check(document: dict[str, Any], path: str, answer: httpx.Response) -> None:
    """Check an answer against the schema of its path, status and media type, with no field undescribed."""
    described = document["paths"][path]["get"]["responses"][str(answer.status_code)]
    media_type = answer.headers["content-type"].split(";")[0]
    schema = {**described["content"][media_type]["schema"], "components": closed(document["components"])}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body(answer, media_type))]
    assert errors == []


def body(answer: httpx.Response, media_type: str) -> Any:
    """Give what the schema describes: the document, the text of a table, or (as a text) the bytes of columns."""
    return answer.json() if media_type.endswith("json") and media_type != "application/x-ndjson" else answer.text


def closed(node: Any) -> Any:
    """Copy schemas so that an object with described properties may have no others."""
    if isinstance(node, list):
        return [closed(part) for part in node]
    if not isinstance(node, dict):
        return node
    copied = {name: closed(part) for name, part in node.items()}
    if node.get("type") == "object" and "properties" in node:
        copied.setdefault("additionalProperties", False)
    return copied


def test_every_path_is_tried(document: dict[str, Any]) -> None:
    """No path of the document is without an example here."""
    assert set(document["paths"]) == set(CONCRETE)


@pytest.mark.parametrize("path", CONCRETE)
def test_answers_are_what_the_document_says(
    client: httpx.Client, gooi: dict[str, int], document: dict[str, Any], path: str
) -> None:
    """An answer fits its schema exactly, as JSON, as GeoJSON where that is offered, and as a problem."""
    url = CONCRETE[path].format(series=gooi["gooi-01"])
    offered = document["paths"][path]["get"]["responses"]["200"]["content"]
    for media_type in offered:
        answer = client.get(url, headers={"Accept": media_type})
        assert answer.status_code == 200
        check(document, path, answer)

    refused = client.get(url, headers={"Accept": "image/png"})
    assert refused.status_code == 406
    check(document, path, refused)
    wrong = client.get(url, params={"noSuchKey": 1})
    assert wrong.status_code == 400
    check(document, path, wrong)


@pytest.mark.parametrize("path", [path for path in CONCRETE if "{" in path])
def test_unknown_things_are_described_problems(client: httpx.Client, document: dict[str, Any], path: str) -> None:
    """Where a path names something, its absence is a described 404."""
    nowhere = re.sub(r"\{(time|begin)\}", "2026-05-17T12:00:00Z", path)
    nowhere = nowhere.replace("{snapshotId}", "2026-05-17-0123456789ab")
    answer = client.get(
        re.sub(r"\{.*?\}", "424242", nowhere),
        params={"observedProperty": "pm2_5"} if re.search("refer|statistics", path) else {},
    )

    assert answer.status_code == 404
    check(document, path, answer)


def test_names_follow_the_design_rules(document: dict[str, Any]) -> None:
    """Path segments are kebab-case and end in no slash, parameters and operations are camelCase."""
    camel = re.compile(r"[a-z][a-z\d]*([A-Z][a-z\d]*)*")
    for path, operation in operations(document):
        assert re.fullmatch(r"(/([a-z][a-z\d-]*|\{[a-zA-Z]+\}))+", path)
        assert camel.fullmatch(operation["operationId"])
        for parameter in operation["parameters"]:
            assert camel.fullmatch(parameter["name"])


def test_every_answer_declares_its_version_and_problems(document: dict[str, Any]) -> None:
    """Each response declares API-Version; errors are problems; 422 does not occur."""
    for _, operation in operations(document):
        responses = operation["responses"]
        assert {"200", "400", "406", "429", "500", "503"} <= set(responses)
        assert "422" not in responses
        for status, response in responses.items():
            assert "API-Version" in response["headers"]
            if status >= "400":
                assert set(response["content"]) == {"application/problem+json"}


def test_the_document_says_who_and_where(document: dict[str, Any]) -> None:
    """Version x.y.z, a contact with name, email and url, a server with the major version."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", document["info"]["version"])
    assert document["info"]["version"] == VERSION
    assert set(document["info"]["contact"]) == {"name", "email", "url"}
    assert document["servers"] == [{"url": "/v1"}]


def test_the_guide_lists_every_path(document: dict[str, Any]) -> None:
    """docs/api.md has a row for each path, and none for a path that is not there."""
    guide = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `/v1([^`?]+)", guide, re.MULTILINE)

    assert sorted(rows) == sorted(document["paths"])


def test_the_guide_shows_a_real_error(client: httpx.Client) -> None:
    """The error in docs/api.md is the answer to that request, word by word."""
    guide = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    shown = json.loads(re.findall(r"```json\n(.*?)```", guide, re.DOTALL)[0])

    assert client.get("/stations?bbox=1,2").json() == shown


def test_no_schema_is_missing_or_unused(document: dict[str, Any]) -> None:
    """Every reference leads to a schema, and every schema is referred to."""
    referred = set(re.findall(r"#/components/schemas/(\w+)", str(document)))

    assert referred == set(document["components"]["schemas"])
