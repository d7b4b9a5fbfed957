"""The paths of /v1, and the pages, by which owners register stations and look after them, without asking anybody.

Registration is closed unless the operator opens it. Whatever comes after it needs a token that was shown once.
"""

from collections.abc import Mapping

from starlette.routing import Route

from luchtbrug.campaigns.joining import Joining
from luchtbrug.campaigns.joining_page import JoiningPage
from luchtbrug.campaigns.lead_page import LeadPages
from luchtbrug.owner.connecting import OwnerPages
from luchtbrug.owner.contact import Contacts
from luchtbrug.owner.control import Control
from luchtbrug.owner.desk import Desk
from luchtbrug.owner.first_message import FirstMessages
from luchtbrug.owner.forms import Acts
from luchtbrug.owner.registration import Registration
from luchtbrug.owner.rights import Rights
from luchtbrug.settings import Settings


class Onboarding:
    """All of them; `headers` go on every answer."""

    def __init__(self, settings: Settings, database_url: str, headers: Mapping[str, str]) -> None:
        desk = Desk(settings, database_url, headers)
        rooms = (Registration(desk), Control(desk), FirstMessages(desk), Contacts(desk), Rights(desk), Joining(desk))
        acts = [route for room in rooms for route in room.routes()]
        done = Acts(acts)
        pages = (OwnerPages(desk, done), JoiningPage(desk, done), LeadPages(desk))
        self._routes = [*acts, *(route for each in pages for route in each.routes())]

    def routes(self) -> list[Route]:
        """Give the routes, to stand before those of the API."""
        return list(self._routes)
