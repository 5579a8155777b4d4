"""The sandbox in its own process."""

import asyncio
import json
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession

from tgforward.errors import InvalidInput
from tgforward.sandbox.control_client import JOURNAL_PAGE, ControlError, SandboxControl
from tgforward.sandbox.keys import PRIVATE_FILE, load_or_create_key
from tgforward.sandbox.worlds import WORLDS, make_world

PROGRAM = """
import asyncio, sys
from pathlib import Path
from tgforward.sandbox.serve import ServeOptions, serve
asyncio.run(serve(ServeOptions(Path(sys.argv[1]), world="demo")))
"""
LIMIT_S = 30


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server process with the demo's world, its standard output not read yet."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", PROGRAM, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


@pytest.fixture
async def facts(process: asyncio.subprocess.Process, tmp_path: Path) -> dict[str, Any]:
    """What the process says of itself when it is ready."""
    assert process.stdout is not None
    async with asyncio.timeout(LIMIT_S):
        told: dict[str, Any] = json.loads(await process.stdout.readline())
    rsa.add_key((tmp_path / "public.pem").read_text(), old=False)
    assert told["public_key"] == str(tmp_path / "public.pem")
    return told


async def test_a_client_of_another_process(facts: dict[str, Any]) -> None:
    """The one line on standard output is enough to connect, and the control sees what the client did."""
    account = facts["accounts"]["operator"]
    assert (account["phone"], account["code"]) == ("+9996620001", "20001")
    client: Any = TelegramClient(StringSession(account["session"]), facts["api_id"], facts["api_hash"])
    async with asyncio.timeout(LIMIT_S), SandboxControl(facts["host"], facts["control_port"]) as control:
        bold = {"_": "MessageEntityBold", "offset": 0, "length": 5}
        posted = await control.post("demo_news", "hello", sender="editor", entities=[bold], media="photo")
        album = await control.post_album("@demo_news", [("photo", "one"), ("document", "")], sender="editor")
        await client.connect()
        messages = [message async for message in client.iter_messages("demo_news", reverse=True)]
        assert [message.id for message in messages] == [posted, *album]
        assert (messages[0].text, messages[0].photo is not None) == ("**hello**", True)
        await client.forward_messages("demo_digest", messages)
        journal = await control.journal(facts["chats"]["Demo Digest"]["id"])
        assert [entry.text for entry in journal] == ["hello", "one", ""]
        assert journal[0].entities == (bold,)
        assert [entry.forwarded_message_id for entry in journal] == [posted, *album]
        counters = await control.counters()
        assert counters["requests"]["operator"]["messages.ForwardMessages"] == 1
        assert (counters["unknown_methods"], counters["sessions_used_twice"]) == ([], 0)
        await client.disconnect()


async def test_control_from_outside(facts: dict[str, Any]) -> None:
    """The control edits, deletes, builds and breaks; what it cannot do is told in a sentence."""
    async with asyncio.timeout(LIMIT_S), SandboxControl(facts["host"], facts["control_port"]) as control:
        number = await control.post("demo_photos", "text", sender="editor")
        await control.edit("demo_photos", number, "other")
        await control.delete("demo_photos", [number])
        await control.set_duplicates("error")
        await control.add_fault("flood_wait", method="messages.SendMessage", account="operator", seconds=3, count=2)
        await control.clear_faults()
        await control.pause()
        await control.resume()
        await control.call("add_user", name="third")
        chat = await control.call("add_channel", title="Third", username="third_chat", admins=["third"])
        described = await control.describe()
        assert described["chats"]["Third"] == {"id": chat, "username": "third_chat"}
        group = await control.call("add_group", title="Group", admins=["third"])
        assert await control.call("migrate", chat=group) < -(10**12)
        await control.revoke("third")
        await control.disconnect()
        assert (await control.session_string("third")).startswith("1")
        for op, args in (("post", {"chat": "nowhere"}), ("_chat", {"name": "x"}), ("fly", {}), ("edit", {})):
            with pytest.raises(ControlError, match=op):
                await control.call(op, **args)


async def test_a_long_journal(facts: dict[str, Any]) -> None:
    """It comes in parts, since a line must not be endless; nothing is missing between them."""
    async with asyncio.timeout(LIMIT_S), SandboxControl(facts["host"], facts["control_port"]) as control:
        posted = [await control.post("demo_photos", "text", sender="editor") for _ in range(JOURNAL_PAGE + 1)]
        journal = await control.journal("demo_photos")
        assert [entry.id for entry in journal][-len(posted) :] == posted
        part = await control.call("journal", chat="demo_photos", start=len(journal) - 1, limit=5)
        assert [entry["id"] for entry in part] == posted[-1:]


async def test_everything_about_messages_from_outside(facts: dict[str, Any]) -> None:
    """The control posts every kind with all that belongs to it, changes it, and tells what stands there."""
    async with asyncio.timeout(LIMIT_S), SandboxControl(facts["host"], facts["control_port"]) as control:
        bold = {"_": "MessageEntityBold", "offset": 0, "length": 4}
        rows = [[("Open", "https://a.example")]]
        first = await control.post("demo_photos", "text", media="photo", spoiler=True, buttons=rows, silent=True)
        poll = await control.post("demo_photos", media="poll", reply_to=first)
        album = await control.post_album("demo_photos", [("photo", "text", [bold]), ("video", "")], sender="editor")
        await control.edit("demo_photos", album[0], "more", entities=[bold], media="video")
        note = await control.pin("demo_photos", poll)
        await control.call("touch", chat="demo_photos", message_id=poll)
        forward = await control.call("forward", source="demo_photos", message_id=first, chat="demo_news")
        standing = {message.id: message for message in await control.messages("demo_photos")}
        (forwarded,) = await control.messages("demo_news")
        journal = await control.journal("demo_photos")
    assert list(standing) == [first, poll, *album, note]
    assert (standing[first].spoiler, standing[first].has_buttons, standing[first].is_edited) == (True, True, False)
    assert (standing[poll].kind, standing[poll].reply_to, standing[poll].is_pinned) == ("poll", first, True)
    assert (standing[poll].is_edited, standing[poll].edited_at is None) == (False, False)
    edited = standing[album[0]]
    assert (edited.text, edited.entities, edited.kind, edited.sender) == ("more", (bold,), "video", "editor")
    assert edited.is_edited
    assert (forwarded.id, forwarded.origin) == (forward, (facts["chats"]["Demo Photos"]["id"], first))
    assert [(entry.text, entry.kind, entry.silent) for entry in journal[:3]] == [
        ("text", "photo", True),
        ("", "poll", False),
        ("text", "photo", False),
    ]


async def test_topics_and_settings_from_outside(facts: dict[str, Any]) -> None:
    """The control makes, closes and deletes topics, and sets how the server behaves."""
    async with asyncio.timeout(LIMIT_S), SandboxControl(facts["host"], facts["control_port"]) as control:
        options = {"admins": ["operator"], "broadcast": False, "forum": True}
        forum = await control.call("add_channel", title="Forum", **options)
        topic = await control.call("add_topic", chat=forum, title="Sports", creator="operator")
        await control.post(forum, "text", topic=topic, sender="operator", send_as="demo_digest")
        (message,) = [one for one in await control.messages(forum) if not one.is_service]
        assert (message.topic_id, message.sender, message.send_as) == (topic, "operator", "Demo Digest")
        await control.call("close_topic", chat=forum, topic=topic)
        assert await control.call("delete_topic", chat=forum, topic=topic) == 3
        await control.call("set_missing_replies", mode="error")
        await control.call("set_limits", text=100, caption=10)
        await control.call("keep_events", longest=5)
        await control.call("let_edit_times_rise", rise=False)
        await control.call("grant", chat="demo_digest", account="operator", can_edit=False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signals_end_it(
    process: asyncio.subprocess.Process, facts: dict[str, Any], number: signal.Signals
) -> None:
    """SIGTERM and SIGINT end the process cleanly although a client is connected."""
    reader, writer = await asyncio.open_connection(facts["host"], facts["port"])
    process.send_signal(number)
    async with asyncio.timeout(LIMIT_S):
        assert await process.wait() == 0
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


def test_the_key_is_kept(tmp_path: Path) -> None:
    """The private key is made once, readable by its owner only, and the public one lies beside it."""
    first = load_or_create_key(tmp_path / "new")
    second = load_or_create_key(tmp_path / "new")
    assert first.fingerprint == second.fingerprint
    assert (tmp_path / "new" / "public.pem").read_text() == first.public_pem
    assert stat.S_IMODE(os.stat(tmp_path / "new" / PRIVATE_FILE).st_mode) == 0o600  # noqa: PTH116


@pytest.mark.parametrize("name", list(WORLDS))
def test_worlds(name: str) -> None:
    """Every world can be made."""
    assert make_world(name, seed=7).seed == 7


def test_unknown_world() -> None:
    """Another name is refused with the names that there are."""
    with pytest.raises(InvalidInput, match="demo, basic, empty"):
        make_world("nowhere")
