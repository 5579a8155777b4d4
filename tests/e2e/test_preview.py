"""What `config preview` says is what the run does, and it sends nothing."""

import sys

import pexpect
import pytest

from tests.compose import ROOT
from tests.e2e.installation import Installation, wait_for_text
from tests.e2e.test_main_job import WORKER, set_up, texts
from tests.e2e.test_mistakes import assert_one_sentence
from tgforward.sandbox.control_client import SandboxControl

TEXTS = ["as it is", "with an advert", "remove this word"]


async def post_all(control: SandboxControl) -> list[int]:
    return [await control.post("demo_news", text, sender="editor") for text in TEXTS]


def set_up_rules(installation: Installation) -> None:
    set_up(installation, "--history", "-1", "--skip-word", "advert", "--remove-word", "this")


@pytest.mark.parametrize("is_owned", [False, True], ids=["alone", "beside a worker"])
async def test_the_preview_is_what_the_run_sends(embedded: Installation, is_owned: bool) -> None:
    """Each message with its fate, also while a worker owns the account; afterwards the dest holds exactly that."""
    set_up_rules(embedded)
    async with embedded.control() as control:
        ids = await post_all(control)
        if is_owned:
            with embedded.start(WORKER, "worker"):
                wait_for_text(embedded.directory / "worker.log", "lane_claimed")
                found = embedded.run("config", "preview", "1", "--json").json()
        else:
            found = embedded.run("config", "preview", "1", "--json").json()
        assert [item["message_id"] for item in found] == ids
        assert [item["outcome"] for item in found] == ["forwarded", "skipped", "changed"]
        assert (found[1]["reason"], found[1]["after"]) == ("skip_word", [])
        assert "advert" in found[1]["detail"]
        assert await control.journal("demo_digest") == []
        with embedded.start(WORKER, "worker"):
            assert embedded.run("run", "1", "--wait").code == 0
        assert await texts(control, 2) == [text["text"] for item in found for text in item["after"]]
        assert (await control.counters())["sessions_used_twice"] == 0


async def test_people_see_what_changes(embedded: Installation) -> None:
    """Without a terminal in marks; the last N, or one by its link; what is wrong ends with one sentence."""
    set_up_rules(embedded)
    assert embedded.run("config", "preview", "1").out == "The source has no message yet.\n"
    async with embedded.control() as control:
        ids = await post_all(control)
    done = embedded.run("config", "preview", "1", "--last", "2")
    assert done.code == 0, done.err
    assert "as it is" not in done.out
    assert "skipped: skip_word: " in done.out
    assert "remove [-this-] word" in done.out
    link = f"https://t.me/demo_news/{ids[0]}"
    (line, _) = embedded.run("config", "preview", "1", "--message", link).out.splitlines()
    assert line.startswith(link)
    assert line.endswith("text  forwarded")
    assert_one_sentence(embedded.run("config", "preview", "1", "--message", "nonsense"), 2, "message")
    assert_one_sentence(embedded.run("config", "preview", "1", "--last", "0"), 2, "--last")
    assert_one_sentence(embedded.run("config", "preview", "77"), 2, "no config 77")


async def test_a_terminal_shows_colours(embedded: Installation) -> None:
    """Red for what goes; no marks are added to the text."""
    set_up_rules(embedded)
    async with embedded.control() as control:
        await post_all(control)
    environment = {**embedded.environment, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    words = ["-m", "tgforward", "config", "preview", "1", "--last", "1"]
    child = pexpect.spawn(sys.executable, words, cwd=str(ROOT), env=environment, timeout=60, encoding="utf-8")
    child.expect(pexpect.EOF)
    child.close()
    assert isinstance(child.before, str)
    assert "\x1b[9;31mthis" in child.before
    assert "[-" not in child.before
