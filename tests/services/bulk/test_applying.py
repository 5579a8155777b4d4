"""A document of configs made true."""

import asyncio

import pytest
from sqlalchemy import update

from tests.fixtures.database import opened
from tests.services.bulk.conftest import SCENE, apply, settled
from tgforward.db.audit import list_changes
from tgforward.db.bulk_dests import load_highest_numbers
from tgforward.db.configs import edit_config, list_configs, load_config, set_config_state
from tgforward.db.dests import list_dests, set_dest_state
from tgforward.db.models import ConfigState, DestState, ForwardDest, TGForwardConfig
from tgforward.db.session import SessionFactory, reading
from tgforward.db.session import session_factory as make_session_factory
from tgforward.errors import Conflict
from tgforward.services.bulk.applying import apply_document
from tgforward.services.bulk.difference import compare
from tgforward.services.bulk.document import FaultyFile
from tgforward.services.bulk.export import export_configs
from tgforward.services.bulk.reading import read_document
from tgforward.services.database import Database
from tgforward.types import ChatId, ConfigId, MessageId

NO = "name: 'no', source: -1001234567890, account: main"


async def _numbers(factory: SessionFactory) -> list[ConfigId]:
    async with reading(factory) as session:
        return [row.id for row in await list_configs(session)]


async def test_an_edit_changes_what_it_names(session_factory: SessionFactory) -> None:
    """The config keeps its number, dests that stay keep theirs; other configs stay, and nothing is removed."""
    deps = await settled(session_factory)
    await apply(deps, SCENE)
    number, *others = await _numbers(session_factory)
    entry = f"{{{NO}, dests: [-1009876543210, 43, 42], interval_second: 5}}"
    difference = await apply(deps, f"configs: [{entry}]")
    assert [edit.id for edit in difference.edits] == [number]
    assert not difference.added
    assert not difference.removed
    found = (await export_configs(deps))[0]
    assert (found["interval_second"], found["dests"]) == (5, [-1009876543210, 42, 43])
    assert not found.keys() & {"rules", "paused", "instant", "skip_word", "user", "source_topic"}
    async with reading(session_factory) as session:
        rows = await list_configs(session)
        dests = (await list_dests(session, [number]))[number]
        assert await load_highest_numbers(session, [number]) == {number: 3}
    assert [row.state for row in rows] == [ConfigState.ACTIVE] * 4
    assert [(row.id, row.version) for row in rows] == [(number, 2), *((other, 1) for other in others)]
    assert sorted((dest.number, dest.chat_id) for dest in dests) == [(2, 42), (3, 43)]


async def test_alike_and_each_its_own(session_factory: SessionFactory) -> None:
    """Configs that get the same columns, and such that do not, in one document; null takes a value away."""
    deps = await settled(session_factory)
    lines = [f"  - {{source: {chat}, dests: [1], add_text: 'was {chat}'}}\n" for chat in range(10, 18)]
    await apply(deps, "configs:\n" + "".join(lines))
    new = [
        f"  - {{source: {chat}, dests: [1], interval_second: {7 if chat < 13 else chat}, "
        f"rules: {{send: {{delay_s: {chat % 2 + 1}}}}}}}\n"
        for chat in range(10, 18)
    ]
    assert len((await apply(deps, "configs:\n" + "".join(new))).edits) == 8
    found = await export_configs(deps)
    assert [shape["interval_second"] for shape in found] == [7, 7, 7, 13, 14, 15, 16, 17]
    assert [shape["rules"]["send"]["delay_s"] for shape in found] == [1, 2] * 4
    assert not any("add_text" in shape for shape in found)
    async with reading(session_factory) as session:
        assert {row.version for row in await list_configs(session)} == {2}


async def test_another_source_begins_anew(session_factory: SessionFactory) -> None:
    """As a single edit does: window and cursors are fixed at the next run, those of further dests too."""
    deps = await settled(session_factory)
    await apply(deps, "configs: [{name: a, source: 1, dests: [2, 3]}, {name: b, source: 1, dests: [2, 3]}]")
    numbers = await _numbers(session_factory)
    window = {"live_cursor": MessageId(9), "history_floor": MessageId(1), "history_top": MessageId(9)}
    async with session_factory.begin() as session:
        await session.execute(update(TGForwardConfig).values(window))
        await session.execute(update(ForwardDest).values(live_cursor=MessageId(9)))
    await apply(deps, "configs: [{name: a, source: 5, dests: [2, 3]}, {name: b, source: 1, dests: [2, 3], history: 1}]")
    async with reading(session_factory) as session:
        rows = [await load_config(session, number) for number in numbers]
        dests = await list_dests(session, numbers)
    assert [(row.live_cursor, row.history_floor, row.history_top) for row in rows if row] == [(None,) * 3, (9, 1, 9)]
    assert [dests[number][0].live_cursor for number in numbers] == [None, 9]


async def test_what_is_resumed_is_not_parked_any_more(session_factory: SessionFactory) -> None:
    """Its further dests neither; a parked config stays parked while the document does not pause it."""
    deps = await settled(session_factory)
    await apply(deps, "configs: [{name: a, source: 1, dests: [2, 3], paused: true}, {name: b, source: 4, dests: [5]}]")
    paused, parked = await _numbers(session_factory)
    async with session_factory.begin() as session:
        await set_dest_state(session, paused, 1, DestState.PARKED, "gone")
        await set_config_state(session, parked, ConfigState.PARKED, "gone")
    await apply(deps, "configs: [{name: a, source: 1, dests: [2, 3]}, {name: b, source: 4, dests: [5]}]")
    async with reading(session_factory) as session:
        states = [(row.state, row.state_reason) for row in await list_configs(session)]
        assert [dest.state for dest in (await list_dests(session, [paused]))[paused]] == [DestState.ACTIVE]
    assert states == [(ConfigState.ACTIVE, None), (ConfigState.PARKED, "gone")]


async def test_the_audit_log_says_what_changed(session_factory: SessionFactory) -> None:
    """As after single edits: one entry a config, with the columns that were set."""
    deps = await settled(session_factory)
    await apply(deps, "configs: [{name: a, source: 1, dests: [2, 3]}, {name: b, source: 4, dests: [5]}]")
    first, second = await _numbers(session_factory)
    await apply(deps, "configs: [{name: a, source: 1, dests: [2, 6], history: 8}]", prune=True)
    async with reading(session_factory) as session:
        entries = {(entry.action, entry.target): entry.detail for entry in await list_changes(session)}
    assert entries["config.edit", str(first)] == {"forward_history_count": 8, "also": [[6, None]]}
    assert entries["config.remove", str(second)] == {}
    added = entries["config.add", str(first)]
    assert (added["source"], added["dest"], added["also"], added["name"]) == (1, 2, [[3, None]], "a")
    assert len(entries) == 4


async def test_only_what_was_shown_is_applied(session_factory: SessionFactory) -> None:
    """If a config of the difference has changed meanwhile, nothing is; others may change."""
    deps = await settled(session_factory)
    await apply(deps, SCENE)
    number, other, *_ = await _numbers(session_factory)
    document = read_document(f"configs: [{{{NO}, dests: [42], interval_second: 5}}]", "f.yaml")
    shown = await compare(deps, document)
    async with session_factory.begin() as session:
        await edit_config(session, number, skip_word="new")
    before = await export_configs(deps)
    with pytest.raises(Conflict, match="changed meanwhile"):
        await apply_document(deps, document, shown, actor="test")
    assert await export_configs(deps) == before
    shown = await compare(deps, document)
    async with session_factory.begin() as session:
        await edit_config(session, other, skip_word="new")
    await apply_document(deps, document, shown, actor="test")
    assert (await export_configs(deps))[0]["interval_second"] == 5


async def test_two_that_add_the_same_add_it_once(session_factory: SessionFactory, db_url: str) -> None:
    """Whoever comes second finds that what was shown is not true any more."""
    deps = await settled(session_factory)
    document = read_document("configs: [{name: a, source: 1, dests: [2]}, {name: b, source: 1, dests: [2]}]", "f.yaml")
    shown = await compare(deps, document)
    async with opened(db_url) as engine:
        others = [deps, Database(make_session_factory(engine))]
        tries = [apply_document(some, document, shown, actor="test") for some in others]
        results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(map(type, results), key=str) == sorted([type(None), Conflict], key=str)
    assert len(await export_configs(deps)) == 2


async def test_the_numbers_of_dests_run_out(session_factory: SessionFactory) -> None:
    """A number is never given twice, so a config has 31 further dests in its life; the fault names the line."""
    deps = await settled(session_factory)

    def text(first: int, count: int) -> str:
        return f"configs:\n  - {{name: a, source: 1, dests: {[2, *range(first, first + count)]}}}\n"

    await apply(deps, text(100, 20))
    await apply(deps, text(200, 11))
    with pytest.raises(FaultyFile, match=r"line 2: config .* further dests"):
        await compare(deps, read_document(text(300, 1), "f.yaml"))
    assert len((await export_configs(deps))[0]["dests"]) == 12


async def test_what_fails_half_way_leaves_nothing(session_factory: SessionFactory) -> None:
    """What the database refuses at the end takes all the rest with it."""
    deps = await settled(session_factory)
    await apply(deps, "configs: [{name: a, source: 1, dests: [2]}]")
    before = await export_configs(deps)
    text = "configs: [{name: a, source: 1, dests: [2], history: 4}, {name: b, source: 7, dests: [8]}]"
    document = read_document(text, "f.yaml")
    shown = await compare(deps, document)
    with pytest.raises(Exception, match=r"audit_log|actor"):
        await apply_document(deps, document, shown, actor=_Unstorable("test"))
    assert await export_configs(deps) == before


class _Unstorable(str):
    """A name that no database takes."""

    __slots__ = ()

    def __getitem__(self, _: object) -> str:
        return None  # type: ignore[return-value]  # the column is NOT NULL


async def test_a_chat_is_known_to_its_account_only(session_factory: SessionFactory) -> None:
    """The id of a name is the one that the config's account has met."""
    deps: Database = await settled(session_factory)
    await apply(deps, "configs: [{source: '@NEWS', dests: [9], account: main}]")
    assert (await export_configs(deps))[0]["source"] == ChatId(-1005)
    with pytest.raises(FaultyFile, match="has not met @news"):
        await compare(deps, read_document("configs: [{source: '@news', dests: [9], account: null}]", "f.yaml"))
