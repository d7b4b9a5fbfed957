"""Who may publish and subscribe where: the same rules as in mosquitto.conf, as pure functions."""

SERVICE_USER = "luchtbrug"
"""The platform's own login: reads what stations send, answers them, and gives them their validated values."""

_STATION_WRITES = ("aq/1/{user}/obs", "aq/1/{user}/status", "aq/1/{user}/meta", "in/{user}/#")
_STATION_READS = (
    "aq/1/{user}/ack",
    "aq/1/{user}/alerts",
    "aq/1/{user}/validated/#",
    "aq/1/{user}/homeassistant/#",
)


def may_publish(user: str, topic: str, *, claimant: str | None = None) -> bool:
    """Tell whether a login may publish to a topic; a topic with wildcards is nobody's.

    `claimant` is the station that has claimed the device whose fixed topic it is.
    """
    if "+" in topic or "#" in topic or topic.startswith("$"):
        return False
    return user in (SERVICE_USER, claimant) or _below(user, topic, _STATION_WRITES)


def may_subscribe(user: str, topic_filter: str) -> bool:
    """Tell whether a login may subscribe to a filter; no station reads another's stream, or its own raw one."""
    return user == SERVICE_USER or _below(user, topic_filter, _STATION_READS)


def _below(user: str, topic: str, patterns: tuple[str, ...]) -> bool:
    for pattern in patterns:
        own = pattern.format(user=user)
        # '#' takes in the level above it as well (MQTT 3.1.1, 4.7.1.2)
        if topic == own or (own.endswith("/#") and (topic == own[:-2] or topic.startswith(own[:-1]))):
            return True
    return False
