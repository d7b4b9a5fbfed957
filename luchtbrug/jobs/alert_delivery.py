"""Sends what is due of alerts, by mail and webhook: each claimed before, so that a restart sends nothing twice.

A claim that a stop left behind is not taken again: an alert that may be lost is better than one that comes twice.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import structlog

import storage.alerts
from luchtbrug import mail
from luchtbrug.jobs.alert_words import foot, subject, text
from luchtbrug.owner import webhook
from luchtbrug.sealing import Seal, SealError
from luchtbrug.settings import Settings
from storage.alerts import Delivery

AT_ONCE, THREADS = 50, 8
"""Taken in one go, and sent at the same time: one receiver that does not answer holds up few others."""

ATTEMPTS_MAX = 8
_FIRST_PAUSE = timedelta(minutes=1)  # doubled with each attempt: the last comes two hours after the first

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt went: `failure` is a word, None where it was taken; `again` whether another try may help."""

    failure: str | None = None
    again: bool = False


def deliver(conn: psycopg.Connection[Any], settings: Settings, *, now: datetime) -> int:
    """Send what is due, write down how it went, and return how much was sent. Commits.

    Raises SettingsError where the key of addresses cannot be used: before anything is claimed.
    """
    seal = Seal.of(settings)
    claimed = storage.alerts.claim_deliveries(conn, now, limit=AT_ONCE)
    conn.commit()
    if not claimed:
        return 0
    with ThreadPoolExecutor(THREADS) as threads:
        results = list(threads.map(lambda each: _attempt(settings, each, seal), claimed))
    for delivery, result in zip(claimed, results, strict=True):
        _settle(conn, delivery, result, now)
        conn.commit()
    failures = [result.failure for result in results if result.failure is not None]
    if failures:
        log.warning("alerts_not_sent", count=len(failures), failures=sorted(set(failures)))
    return len(claimed) - len(failures)


def _attempt(settings: Settings, delivery: Delivery, seal: Seal) -> Result:
    if delivery.address is None:
        return Result("address gone")
    send: Callable[[Settings, Delivery, str], None] = _mail if delivery.way == "email" else _post
    try:
        send(settings, delivery, seal.unseal(delivery.address))
    except (mail.MailUnsetError, mail.MailRefusedError, webhook.UrlRefusedError, SealError) as error:
        return Result(type(error).__name__)
    except (mail.MailAwayError, webhook.WebhookAwayError) as error:
        return Result(f"{type(error).__name__}: {error}"[:200], again=True)
    return Result()


def _settle(conn: psycopg.Connection[Any], delivery: Delivery, result: Result, now: datetime) -> None:
    if result.failure is None:
        storage.alerts.settle(conn, delivery, sent_at=now)
        return
    again = result.again and delivery.attempts < ATTEMPTS_MAX
    due_at = now + _FIRST_PAUSE * 2 ** (delivery.attempts - 1) if again else None
    storage.alerts.settle(conn, delivery, due_at=due_at, failure=result.failure)


def _mail(settings: Settings, delivery: Delivery, address: str) -> None:
    body = f"{text(delivery)}\n\n{foot(delivery.language)}\n"
    mail.send(settings, address, f"luchtbrug: {subject(delivery)}", body, key=_key(delivery))


def _post(settings: Settings, delivery: Delivery, address: str) -> None:
    body = {
        "station_id": delivery.station_id,
        "kind": delivery.kind,
        "moment": delivery.moment,
        "begin": delivery.begin.astimezone(UTC),
        "end": delivery.end.astimezone(UTC) if delivery.end else None,
        "detail": delivery.detail,
        "text": text(delivery),
    }
    webhook.post(address, body, key=_key(delivery), private=settings.webhook_private)


def _key(delivery: Delivery) -> str:
    """Name what is sent: the same for every attempt."""
    return f"alert-{delivery.alert_key}-{delivery.moment}"
