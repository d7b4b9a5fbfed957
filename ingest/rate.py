"""How often a station may send: so many messages a second on average, with room for a burst."""

_KEPT = 10_000  # stations remembered before those that have paid off their burst are forgotten


class RateLimit:
    """The generic cell rate algorithm (ITU-T I.371): one number a station, no timers.

    `interval_s` is the average distance between two messages [s], `burst` how many may come at once.
    """

    def __init__(self, *, interval_s: float, burst: int) -> None:
        self._interval_s = interval_s
        self._tolerance_s = interval_s * (burst - 1)
        self._due: dict[str, float] = {}  # when the station's next message would come, kept it to the average

    def wait(self, station_id: str, now: float) -> float:
        """Count a message at `now` [s, monotonic] and give 0; where it may not pass, give how long to wait [s]."""
        due = max(self._due.get(station_id, now), now)
        wait = due - now - self._tolerance_s
        if wait > 0:
            return wait
        if len(self._due) >= _KEPT:
            self._due = {station: time for station, time in self._due.items() if time > now}
        self._due[station_id] = due + self._interval_s
        return 0.0
