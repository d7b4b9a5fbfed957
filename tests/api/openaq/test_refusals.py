"""What the surface of OpenAQ cannot do it refuses: a wish that is ignored in silence is a wrong answer."""

from collections.abc import Iterator

import httpx
import pytest

from tests import patient


@pytest.fixture(scope="module")
def openaq(client: httpx.Client) -> Iterator[httpx.Client]:
    """Ask the surface; paths are relative to its root."""
    with patient.Client(base_url=str(client.base_url).replace("/v1/", "/openaq/v3/")) as found:
        yield found


@pytest.mark.parametrize(
    "question",
    [
        "/parameters?sort_order=desc",
        "/parameters?coordinates=52.2,5.2",
        "/parameters?bbox=5,52,6,53",
        "/instruments?sort_order=desc",
        "/locations/1/sensors?sort_order=desc",
        "/locations/1/latest?sort_order=DESC",
        "/sensors/1/hours?sort_order=desc",
        "/sensors/1/days?date_from=2026-05-17nonsense",
        "/sensors/1/hours?date_from=2026-05-17",
        "/sensors/1/measurements?date_to=2026-05-17",
    ],
)
def test_what_it_does_not_do_is_an_error(openaq: httpx.Client, question: str) -> None:
    """An order, a place or a date that would not be looked at is a 400 that names it, and the document to read."""
    answer = openaq.get(question)

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["name"] == question.partition("?")[2].partition("=")[0]
    assert "/v1/" not in error["detail"]


def test_locations_come_in_either_order(openaq: httpx.Client) -> None:
    """The one list that has two orders has both."""
    there, back = (
        [one["id"] for one in openaq.get(f"/locations?sort_order={order}").json()["results"]]
        for order in ("asc", "desc")
    )

    assert there == back[::-1]
    assert len(there) == 3


def test_a_day_may_be_written_as_a_time(openaq: httpx.Client) -> None:
    """The date of a time counts, as its client sends it."""
    for day in ("2026-05-17", "2026-05-17T10:00:00Z"):
        assert openaq.get(f"/sensors/1/days?date_from={day}&date_to=2026-05-18").json()["meta"]["found"] == 1


def test_a_kind_of_mean_that_is_none_is_a_404(openaq: httpx.Client) -> None:
    """There is nothing at the path of a mean that nobody makes."""
    assert openaq.get("/sensors/1/fortnights").status_code == 404
