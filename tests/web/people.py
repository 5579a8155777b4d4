"""A person with a browser."""

import re
from dataclasses import dataclass
from typing import Any

from httpx import AsyncClient, Response

PASSWORD = "correct horse battery staple"
HTML = {"Accept": "text/html"}


@dataclass(slots=True)
class Browser:
    """Follows no redirect by itself; keeps cookies, and takes the form's token from the page."""

    client: AsyncClient

    async def open(self, address: str) -> Response:
        """A page."""
        return await self.client.get(address, headers=HTML)

    async def send(self, address: str, *, page: str = "/login", **fields: Any) -> Response:
        """A form of that page."""
        csrf = await self.csrf(page)
        return await self.client.post(address, data={"csrf": csrf, **fields}, headers=HTML)

    async def log_in(self, name: str, password: str = PASSWORD) -> Response:
        """The log-in form, sent."""
        return await self.send("/login", name=name, password=password)

    async def csrf(self, page: str = "/login") -> str:
        """The token of the page's forms."""
        found = re.search(r'name="csrf" value="(\w+)"', (await self.open(page)).text)
        assert found is not None
        return found[1]

    @property
    def cookie(self) -> str | None:
        """What it holds."""
        return self.client.cookies.get("tgforward")
