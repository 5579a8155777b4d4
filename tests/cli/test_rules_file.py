"""A rule set goes out as YAML and comes back the same."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgforward.cli.rules_file import read_rules
from tgforward.errors import InvalidInput
from tgforward.services.documents import format_document

ODD = ["no", "yes", "on", "off", "22:00", "08:00", "2024-01-01", "1_000", "0x1f", "1.5", "12", "null", "~", "", "- a",
       "true", "=", "<<", "a: b", "#x", "'", '"', "1e3", "+1", ".5", "two\nlines", "tail ", "üñ🙂"]  # fmt: skip


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "rules.yaml"
    path.write_text(text)
    return str(path)


def read_back(document: dict[str, Any]) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(format_document(document)))
        return read_rules("-")


@pytest.mark.parametrize("word", ODD)
def test_a_word_stays_a_word(word: str) -> None:
    """Text that YAML could take for something else comes back as text."""
    assert read_back({"steps": [{"words": [word, word]}]}) == {"steps": [{"words": [word, word]}]}


@given(st.text())
def test_every_text_comes_back(text: str) -> None:
    """No text is changed on its way through the file."""
    assert read_back({"add": text}) == {"add": text}


def test_values_keep_their_kind() -> None:
    """Numbers, truth and nothing are themselves."""
    document = {"version": 1, "size": 1.5, "silent": True, "pins": False, "send_as": None, "id": -1001234567890}
    assert read_back(document) == document


def test_words_and_times_are_typed_as_people_think(tmp_path: Path) -> None:
    """`no` is a word and 22:00 a time; nobody has to know where YAML wants quotes."""
    text = "words: [no, yes, on]\nopen: 8:30\nclose: 22:00\nday: 2024-01-01\n"
    expected = {"words": ["no", "yes", "on"], "open": "8:30", "close": "22:00", "day": "2024-01-01"}
    assert read_rules(written(tmp_path, text)) == expected


def test_json_is_read_too(tmp_path: Path) -> None:
    """The same document as JSON, tabs and escapes included."""
    assert read_rules(written(tmp_path, '{\n\t"steps": [],\t"a": "\\/"}')) == {"steps": [], "a": "/"}


def test_no_name_is_no_rules() -> None:
    """`--rules ''` takes the rule set away."""
    assert read_rules("") == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("is empty", "--rules ''")),
        ("# nothing\n", ("is empty",)),
        ("a: [1\nb: 2\n", ("neither YAML nor JSON", "line 2")),
        ("send:\n  pins: true\nsend:\n  silent: true\n", ("'send' stands twice", "line 1")),
        ("a: !!python/object/apply:os.getcwd []\n", ("neither YAML nor JSON", "line 1")),
        ("a: \x01\n", ("neither YAML nor JSON",)),
    ],
)
def test_what_is_no_rule_set_is_refused(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    """One sentence names the file and the place."""
    name = written(tmp_path, text)
    with pytest.raises(InvalidInput) as caught:
        read_rules(name)
    assert all(word in str(caught.value) for word in (name, *words)), caught.value
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a folder, and bytes that are no text are named."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for name, word in (("missing", "No such file"), (".", "directory"), ("bytes", "UTF-8")):
        with pytest.raises(InvalidInput, match=word):
            read_rules(str(tmp_path / name))
