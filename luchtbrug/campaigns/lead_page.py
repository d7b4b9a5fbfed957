"""The pages of a campaign's lead: a door, the desk behind it, a sheet of invitations, tables to take along.

The key stands in the body of a form, as an owner's token does: never in an address, never in a cookie.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import storage.audit
import storage.campaigns
import storage.invitations
import storage.loans
import storage.samples
from api.catalogue.routes import base_of
from api.web.page import render, words_of
from api.web.wording import Wording
from luchtbrug.campaigns.form_body import form_of
from luchtbrug.campaigns.lead_acts import CONDITIONS, Asked, Outcome, batch_of, carry_out
from luchtbrug.campaigns.lead_acts import WrongError as WrongFormError
from luchtbrug.campaigns.leading import is_code, leader, leading_staff
from luchtbrug.campaigns.sample_files import refused, template
from luchtbrug.campaigns.sample_sheet import Fault
from luchtbrug.campaigns.sampling import check
from luchtbrug.owner.connecting import PRIVATE, private
from luchtbrug.owner.desk import DeniedError, Desk
from luchtbrug.register import position_key
from luchtbrug.staff.sessions import form_word
from storage.errors import DatabaseAwayError
from validation.passive import METHODS

Page = Mapping[str, Any]
CSV_TYPE = "text/csv; charset=utf-8; header=present"


class LeadPages:
    """The pages."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """Give the routes."""
        return [
            Route("/campaigns/{code}/lead", self.show_door, methods=["GET", "HEAD"]),
            Route("/campaigns/{code}/lead", self.lead, methods=["POST"]),
            Route("/campaigns/{code}/lead/refused", self.take_refused, methods=["POST"]),
            Route("/campaigns/{code}/table.csv", self.give_table, methods=["GET", "HEAD"]),
        ]

    async def show_door(self, request: Request) -> Response:
        """Ask for the key, unless staff who may lead are signed in; nothing is said of whether there is a campaign."""
        try:
            found = await run_in_threadpool(self._look, request)
        except DatabaseAwayError:
            return render(request, "error.html", status=503, error=503)
        return self._door(request, 200) if found is None else self._shown(request, found, {"key": form_word(request)})

    async def lead(self, request: Request) -> Response:
        """Carry out what a form of the lead asks for, and show the campaign as it is then."""
        fields = await form_of(request)
        try:
            self._desk.count_each(request)
            found = await run_in_threadpool(self._act, request, fields)
            if found is None:
                self._desk.count_scarce(request)
        except DeniedError as error:
            return self._door(request, error.denial.status)
        except DatabaseAwayError:
            return render(request, "error.html", status=503, error=503)
        if found is None:
            return self._door(request, 401)
        return self._shown(request, found, fields)

    async def take_refused(self, request: Request) -> Response:
        """Give the lines of a table that cannot be stored, each with the reasons, to mend and to bring again."""
        fields = await form_of(request)
        try:
            self._desk.count_each(request)
            text = await run_in_threadpool(self._refused, request, fields)
        except DeniedError as error:
            return self._door(request, error.denial.status)
        except DatabaseAwayError:
            return render(request, "error.html", status=503, error=503)
        if text is None:
            return self._door(request, 401)
        name = {"Content-Disposition": 'attachment; filename="luchtbrug-to-mend.csv"'}
        return Response("\ufeff" + text, 200, {**PRIVATE, **name, "Content-Type": CSV_TYPE})

    async def give_table(self, request: Request) -> Response:
        """Give the empty table."""
        text = template(words_of(request).language)
        headers = {"Content-Disposition": 'attachment; filename="luchtbrug-samples.csv"', "Content-Type": CSV_TYPE}
        return Response(text, 200, headers)

    def _look(self, request: Request) -> Page | None:
        """Fetch what the page shows to staff who may lead; None for everybody else, and where there is no campaign."""
        code = str(request.path_params["code"])
        if not is_code(code) or leading_staff(request) is None:
            return None
        with self._desk.connected() as conn:
            campaign = storage.campaigns.find(conn, code)
            if campaign is None:
                return None
            return {"outcome": Outcome(), "now": datetime.now(UTC), **_of(conn, campaign)}

    def _act(self, request: Request, fields: Mapping[str, str]) -> Page | None:
        """Act, and fetch what the page shows; None for a wrong key."""
        code, now = str(request.path_params["code"]), datetime.now(UTC)
        with self._desk.connected() as conn:
            actor = leader(conn, request, code, fields.get("key", ""))
            if actor is None:
                return None
            asked = self._asked(conn, code, fields, now)
            outcome = carry_out(conn, asked)
            if outcome.done:
                storage.audit.record(conn, actor, f"campaign.{outcome.done}", f"campaign {code}", time=now)
            return {"outcome": outcome, "now": now, **_of(conn, storage.campaigns.need(conn, code))}

    def _refused(self, request: Request, fields: Mapping[str, str]) -> str | None:
        code, now = str(request.path_params["code"]), datetime.now(UTC)
        words = words_of(request)
        with self._desk.connected() as conn:
            if leader(conn, request, code, fields.get("key", "")) is None:
                return None
            asked = self._asked(conn, code, fields, now)
            try:
                label = batch_of(asked).label
            except WrongFormError:
                label = ""
            sheet = check(conn, asked.campaign, label, fields.get("table", ""), now)
        return refused(sheet, lambda fault: said(words, fault), words.t("sheet.reason"))

    def _asked(self, conn: psycopg.Connection, code: str, fields: Mapping[str, str], now: datetime) -> Asked:
        return Asked(storage.campaigns.need(conn, code), fields, now, position_key(self._desk.settings))

    def _shown(self, request: Request, found: Page, fields: Mapping[str, str]) -> Response:
        outcome: Outcome = found["outcome"]
        template_name = "campaign_sheet.html" if outcome.codes else "campaign_lead.html"
        return private(
            request, template_name, 400 if outcome.problem else 200, fields=fields, key=fields["key"],
            methods=METHODS, conditions=CONDITIONS, base=base_of(request), **found,
        )  # fmt: skip

    def _door(self, request: Request, status: int) -> Response:
        return private(
            request, "campaign_door.html", status, code=str(request.path_params["code"]), refused=status != 200
        )


def said(words: Wording, fault: Fault) -> str:
    """Say what is wrong in a reader's language, with the column."""
    column = words.known("sheet.column", fault.column) if fault.column else ""
    return words.t(f"sheet.fault.{fault.key}", column=column, text=fault.text)


def _of(conn: psycopg.Connection, campaign: storage.campaigns.Campaign) -> Page:
    key = campaign.campaign_key
    return {
        "campaign": campaign,
        "invitations": storage.invitations.batches(conn, key),
        "kits": storage.loans.kits(conn, key),
        "batches": storage.samples.batches(conn, key),
        "agreements": storage.campaigns.agreements(conn, key),
        "say": said,
    }
