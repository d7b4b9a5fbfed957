"""How often a station may send."""

from ingest.rate import RateLimit


def test_a_burst_passes_and_then_the_average_holds() -> None:
    """Three at once, then one every 2 s: the fourth waits 2 s, and passes after that."""
    limit = RateLimit(interval_s=2.0, burst=3)
    assert [limit.wait("s", 100.0) for _ in range(4)] == [0, 0, 0, 2.0]
    assert limit.wait("s", 101.5) == 0.5
    assert limit.wait("s", 102.0) == 0
    assert limit.wait("s", 102.0) == 2.0


def test_a_refused_message_costs_nothing() -> None:
    """Knocking while one has to wait does not make the wait longer."""
    limit = RateLimit(interval_s=2.0, burst=1)
    limit.wait("s", 0.0)
    assert [limit.wait("s", 1.0) for _ in range(5)] == [1.0] * 5


def test_stations_are_counted_apart_and_forgotten() -> None:
    """One station's burst is not another's; of many stations those that owe nothing are not kept."""
    limit = RateLimit(interval_s=2.0, burst=1)
    assert limit.wait("a", 0.0) == 0
    assert limit.wait("b", 0.0) == 0
    for number in range(25_000):
        assert limit.wait(f"s-{number}", 10.0 + number) == 0
    assert len(limit._due) <= 10_000
