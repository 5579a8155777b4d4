"""Acceptance: what arrives is what was there, for every kind of message, unchanged and edited, copied and forwarded."""

from datetime import timedelta
from typing import Any

import pytest
from telethon.tl import types

from tests.services.conftest import Town, make_config
from tests.services.runs import run
from tgforward.db.runs import list_runs
from tgforward.db.session import reading
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.standing import StandingMessage
from tgforward.sandbox.world.chats import Chat
from tgforward.services.deps import Deps
from tgforward.types import AccountId, ConfigId

EDITABLE = ("photo", "video", "animation", "audio", "voice", "document")
FORWARD_ONLY = (
    "video_note",
    "sticker",
    "contact",
    "location",
    "live_location",
    "venue",
    "poll",
    "quiz",
    "dice",
)
ALBUMS = (("photo", "video"), ("document", "document"), ("audio", "audio"), ("photo",) * 10)
TEXT = "plain bold 🙂 quote link"
FORMATS = (
    types.MessageEntityBold(6, 4),
    types.MessageEntityCustomEmoji(11, 2, 5368324170671202286),
    types.MessageEntityBlockquote(14, 5, collapsed=True),
    types.MessageEntitySpoiler(14, 5),
    types.MessageEntityTextUrl(20, 4, "https://example.org/"),
)
LINE = "\n~"
MODES = ("copy", "forward")


@pytest.fixture
def dialect() -> str:
    """One kind of database is enough here: what a message is does not depend on it."""
    return "sqlite"


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """How the config sends."""
    return str(request.param)


@pytest.fixture(params=["unchanged", "edited"])
def rules(request: pytest.FixtureRequest) -> dict[str, str]:
    """Rules that leave everything as it is, or add a line."""
    return {} if request.param == "unchanged" else {"add_text": "~"}


async def forward(deps: Deps, sandbox: Sandbox, town: Town, mode: str, **fields: Any) -> list[StandingMessage]:
    """What stands in the dest after a config has forwarded all of the source."""
    config_id = await make_config(deps, forward_history_count=-1, send={"mode": mode}, **fields)
    await run(deps, config_id)
    return [message for message in sandbox.messages(town.dest) if not message.is_service]


def look(message: StandingMessage) -> dict[str, Any]:
    """Everything that readers see."""
    return {
        "text": message.text,
        "entities": message.entities,
        "kind": message.kind,
        "media_id": message.media_id,
        "spoiler": message.spoiler,
        "buttons": message.has_buttons,
    }


def wanted(original: StandingMessage, text: str) -> dict[str, Any]:
    """The same without its buttons, which belong to whoever made them."""
    return look(original) | {"text": text, "buttons": False}


def origin_of(source: Chat, original: StandingMessage, *, is_named: bool) -> tuple[int, int] | None:
    return (source.marked_id, original.id) if is_named else None


@pytest.mark.parametrize("kind", ["", "web_page", *EDITABLE])
async def test_what_can_be_edited(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, kind: str, mode: str, rules: dict[str, str]
) -> None:
    """Text and formatting, media and spoiler arrive as they were; an added line stands below them."""
    media: dict[str, Any] = {"media": kind} if kind else {}
    if kind in ("photo", "video"):
        media["spoiler"] = True
    town.world.post(town.source, TEXT, entities=FORMATS, buttons=[[("Go", "https://x.org/")]], **media)
    (original,) = sandbox.messages(town.source)
    (arrived,) = await forward(deps, sandbox, town, mode, **rules)
    assert look(arrived) == wanted(original, TEXT + LINE if rules else TEXT)
    assert arrived.origin == origin_of(town.source, original, is_named=mode == "forward" and not rules)


@pytest.mark.parametrize("kind", FORWARD_ONLY)
async def test_what_can_only_be_forwarded(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, kind: Any, mode: str, rules: dict[str, str]
) -> None:
    """It arrives unchanged, whatever the rules say."""
    town.world.post(town.source, media=kind)
    (original,) = sandbox.messages(town.source)
    (arrived,) = await forward(deps, sandbox, town, mode, **rules)
    assert look(arrived) == look(original)
    assert arrived.origin == origin_of(town.source, original, is_named=mode == "forward")


@pytest.mark.parametrize("kinds", ALBUMS, ids=lambda kinds: f"{len(kinds)} {kinds[0]}")
async def test_albums(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, kinds: Any, mode: str, rules: dict[str, str]
) -> None:
    """The members arrive together and in order, each with its caption; the line stands below the first one."""
    items = [(kind, TEXT if place else "first", FORMATS if place else ()) for place, kind in enumerate(kinds)]
    settled = town.world.now() - timedelta(seconds=10)  # a younger one may still grow
    town.world.post_album(town.source, items, date=settled)
    originals = sandbox.messages(town.source)
    arrived = await forward(deps, sandbox, town, mode, **rules)
    texts = ["first" + (LINE if rules else ""), *(TEXT for _ in kinds[1:])]
    assert [look(message) for message in arrived] == list(map(wanted, originals, texts))
    assert len({message.grouped_id for message in arrived}) == 1
    assert arrived[0].grouped_id is not None


async def test_a_preview_may_be_dropped(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """The text stays, with its formatting; only the preview below it goes."""
    town.world.post(town.source, TEXT, entities=FORMATS, media="web_page")
    config_id = await make_config(deps, forward_history_count=-1, send={"web_preview": False})
    await run(deps, config_id)
    (original,), (arrived,) = sandbox.messages(town.source), sandbox.messages(town.dest)
    assert (arrived.text, arrived.entities, arrived.kind) == (TEXT, original.entities, "")


async def reasons(deps: Deps, config_id: ConfigId) -> dict[str, int]:
    """What was skipped, as the runs recorded it."""
    async with reading(deps.session_factory) as session:
        rows = await list_runs(session, config_id)
    return {reason: count for row in rows for reason, count in row.skipped_by_reason.items()}


async def test_what_cannot_be_delivered_is_skipped_with_a_reason(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Events, protected messages and vanishing media stay behind; the run says how many and why, and goes on."""
    town.world.pin(town.world.post(town.source, "one"))
    town.world.post(town.source, "secret", protected=True)
    town.world.post(town.source, media="photo", ttl_s=10)
    town.world.post(town.source, "two")
    config_id = await make_config(deps, forward_history_count=-1)
    await run(deps, config_id)
    assert [message.text for message in sandbox.messages(town.dest)] == ["one", "two"]
    found = await reasons(deps, config_id)
    assert found.pop("service") >= 1
    assert found.pop("protected") == 1
    assert sum(found.values()) == 1
    assert not {"failed", "rejected"} & found.keys()
