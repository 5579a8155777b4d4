"""All configs as one document that `config apply` takes back."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from tgforward.db.accounts import list_accounts
from tgforward.db.bulk_configs import load_rows
from tgforward.db.bulk_dests import load_places
from tgforward.db.session import Session, reading
from tgforward.services.bulk.document import TOP
from tgforward.services.bulk.shape import Shape, shape_of
from tgforward.services.database import Stored
from tgforward.services.documents import QuickDumper
from tgforward.types import ConfigId


async def export_configs(deps: Stored) -> list[Shape]:
    """Every config by number, as an entry of the document."""
    async with reading(deps.session_factory) as session:
        return list((await load_shapes(session)).values())


def format_entries(entries: Sequence[Mapping[str, Any]]) -> str:
    """The document of these entries."""
    text: str = yaml.dump({TOP: list(entries)}, Dumper=QuickDumper, sort_keys=False, allow_unicode=True, width=100)
    return text


async def load_shapes(session: Session) -> dict[ConfigId, Shape]:
    """Every stored config in the shape of the document, by number."""
    accounts = {account.id: account.name for account in await list_accounts(session)}
    places = await load_places(session)
    return {
        row.id: shape_of(row, places.get(row.id, ()), None if row.account_id is None else accounts[row.account_id])
        for row in await load_rows(session)
    }
