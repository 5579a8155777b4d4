"""Chats that an account has not met are asked of Telegram."""

import pytest

from tests.services.conftest import Town
from tgforward.services.bulk.difference import compare
from tgforward.services.bulk.document import FaultyFile
from tgforward.services.bulk.looking_up import look_up
from tgforward.services.bulk.reading import read_document
from tgforward.services.deps import Deps
from tgforward.types import AccountId

TEXT = """\
configs:
  - {source: "@source", dests: [https://t.me/dest]}
  - {source: source, dests: ["@dest"], history: 5}
"""


async def test_names_become_ids_and_are_remembered(deps: Deps, town: Town, account_id: AccountId) -> None:
    """Without it the chats are not known; with it they are, also the next time without."""
    document = read_document(TEXT, "f.yaml")
    with pytest.raises(FaultyFile, match="--look-up"):
        await compare(deps, document)
    found = await look_up(deps, document)
    shapes = (await compare(deps, found)).added
    assert {(shape["source"], *shape["dests"]) for shape in shapes} == {(town.source.marked_id, town.dest.marked_id)}
    assert (await compare(deps, document)).added == shapes


async def test_what_the_account_may_not_do_is_named(deps: Deps, town: Town, account_id: AccountId) -> None:
    """Each fault with its line: a name that nobody has, a dest where it may not write, an id that it cannot see."""
    text = """configs:
  - {source: "@source", dests: ["@source_of_nobody"]}
  - {source: "@dest", dests: ["@source"]}
  - source: -1009999999999
    dests: ["@dest"]
  - {source: "@source", dests: ["@dest"], account: other}
"""
    with pytest.raises(FaultyFile) as caught:
        await look_up(deps, read_document(text, "f.yaml"))
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4]
