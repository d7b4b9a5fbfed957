"""The page of the platform's own accounts, and of who is signed in: for administrators."""

from starlette.responses import Response

import storage.staff
from luchtbrug.roles import Role
from luchtbrug.staff import account_book
from luchtbrug.staff.account_book import AccountNameError
from luchtbrug.staff.sessions import LIFE
from luchtbrug.staff.showing import no_entry
from luchtbrug.staff.visit import Visit
from storage.errors import AccountExistsError, AccountUnknownError

PAGE = "/desk/accounts"


class Accounts:
    """The page, and what can be done there."""

    def show(self, visit: Visit) -> Response:
        """Show the accounts, and the sessions of everybody."""
        return _page(visit)

    def add(self, visit: Visit) -> Response:
        """Add an account and show its password, once."""
        name, role = visit.fields.get("name", "").lower(), _role(visit)
        if role is None:
            return _page(visit, 400, error="name")
        try:
            password = account_book.add(visit.conn, visit.member.actor, name, role, visit.now)
        except AccountNameError:
            return _page(visit, 400, error="name")
        except AccountExistsError:
            return _page(visit, 409, error="exists")
        return _page(visit, made=name, password=password)

    def change_role(self, visit: Visit) -> Response:
        """Give an account another role; its sessions end."""
        role = _role(visit)
        try:
            if role is None:
                return no_entry(visit.request, 404)
            account_book.change_role(visit.conn, visit.member.actor, visit.fields.get("name", ""), role, visit.now)
        except AccountUnknownError:
            return no_entry(visit.request, 404)
        return visit.back_to(PAGE, "role")

    def remove(self, visit: Visit) -> Response:
        """Delete an account; its sessions end."""
        try:
            account_book.remove(visit.conn, visit.member.actor, visit.fields.get("name", ""), visit.now)
        except AccountUnknownError:
            return no_entry(visit.request, 404)
        return visit.back_to(PAGE, "removed")

    def end_session(self, visit: Visit) -> Response:
        """End somebody's session."""
        text = visit.fields.get("session", "")
        key = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
        subject = storage.staff.end_session(visit.conn, session_key=key) if key is not None else None
        if subject is None:
            return no_entry(visit.request, 404)
        visit.write_down("session.ended", f"member {subject}")
        return visit.back_to(PAGE, "ended")


def _page(visit: Visit, status: int = 200, *, error: str = "", made: str = "", password: str = "") -> Response:
    return visit.show(
        "desk_accounts.html", status, accounts=storage.staff.list_accounts(visit.conn),
        sessions=storage.staff.list_sessions(visit.conn, visit.now, LIFE), roles=[role.value for role in Role],
        error=error, made=made, password=password,
    )  # fmt: skip


def _role(visit: Visit) -> Role | None:
    text = visit.fields.get("role", "")
    return Role(text) if text in list(Role) else None
