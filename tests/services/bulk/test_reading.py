"""Every fault of a document is named with its line."""

import pytest

from tests.services.bulk.conftest import apply, settled
from tgforward.db.session import SessionFactory
from tgforward.errors import InvalidInput
from tgforward.services.bulk.document import FaultyFile
from tgforward.services.bulk.export import export_configs
from tgforward.services.bulk.reading import read_document

FAULTY = """configs:
  - source: 1
    dests: [2]
    interval_second: soon
    colour: red
  - dests: [2]
  - source: 1
    dests: []
    time_zone: Mars/Base
    skip_word: x
    skip_word: y
  - 7
  - source: 1/5
    dests:
      - 2
      - not a chat
      - {a: 1}
    interval_second: 0
    add_text: "${nobody}"
  - {source: 1, dests: [2], rules: {send: {mode: carry}}}
  - {source: 1, dests: [2], rules: {send: {pins: true, pins: false}}}
  - {source: 1, dests: [2], history: 1.5, paused: maybe, name: 5, user: [1]}
  - source: 1
    dests: [2]
    rules:
      send:
        mode: carry
        pin: true
      steps:
        - skip:
            regex:
              - fine
              - "("
        - replace: {words: {a: b}, with: c}
        - jump: true
  - &loop {source: 1, dests: [2], rules: {steps: [*loop]}}
"""
LINES = [4, 5, 6, 8, 9, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22, 22, 22, 22, 27, 28, 33, 34, 35, 36]


def test_every_fault_is_named_with_its_line() -> None:
    """Not only the first."""
    with pytest.raises(FaultyFile) as caught:
        read_document(FAULTY, "f.yaml")
    assert [fault.line for fault in caught.value.faults] == LINES, caught.value
    assert "f.yaml, line 4: interval_second must be a number" in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "configs: 3", "configs: [", "configs: []\nmore: 1", "a: !!python/x 1"])
def test_what_is_no_such_document_is_refused(text: str) -> None:
    """With one sentence."""
    with pytest.raises(InvalidInput, match=r"f\.yaml"):
        read_document(text, "f.yaml")


def test_a_file_that_is_wrong_throughout_is_not_listed_whole() -> None:
    """A hundred faults, and how many more."""
    with pytest.raises(FaultyFile, match="and 50 more") as caught:
        read_document("configs:\n" + "  - 7\n" * 150, "f.yaml")
    assert str(caught.value).count("\n") == 101


def test_common_parts_may_be_written_once() -> None:
    """By YAML's anchors."""
    text = (
        "configs:\n  - {source: 1, dests: [2], rules: &r {send: {pins: true}}}\n  - {source: 3, dests: [4], rules: *r}"
    )
    first, second = read_document(text, "f.yaml").entries
    assert first.values["rules"] == second.values["rules"] == {"send": {"pins": True}}


async def test_what_does_not_exist_is_named_and_nothing_changes(session_factory: SessionFactory) -> None:
    """Accounts, users and chats that are not known, and routes that lead back."""
    deps = await settled(session_factory)
    text = """configs:
  - {source: 1, dests: [2], account: other}
  - {source: 1, dests: [2], user: 8}
  - {source: 1, dests: [1]}
  - {source: "@unknown", dests: [2]}
  - {source: 1, dests: [2]}
"""
    with pytest.raises(FaultyFile) as caught:
        await apply(deps, text)
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4, 5]
    assert await export_configs(deps) == []
