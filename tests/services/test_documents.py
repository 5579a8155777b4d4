"""Both readers of YAML understand the same."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tgforward.services.bulk.export import format_entries
from tgforward.services.documents import PlainLoader, QuickLoader, format_document, json_as_yaml

PLAIN = [
    *("no", "22:00", "2024-01-01", "1_000", "0x1f", "1.5", "-12", "+1", "007", "null", "~", "", "true", "False", "="),
    *("1e3", "1.5e+3", ".5", "tail#x", "üñ🙂", "!!str 5", "!!int '5'", "'null'", '"true"', "nobody", "truest"),
]


@pytest.mark.parametrize("word", PLAIN)
def test_a_word_is_the_same_to_both(word: str) -> None:
    """What is text, a number, true, false or nothing."""
    text = f"key: {word}\nlist: [{word or 'a'}, b]\n"
    assert yaml.load(text, QuickLoader) == yaml.load(text, PlainLoader)  # noqa: S506 - both are SafeLoaders


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_what_is_written_is_the_same_to_both(value: object) -> None:
    """Whatever it is."""
    quick = format_entries([{"key": value}])
    assert yaml.load(quick, QuickLoader) == yaml.load(quick, PlainLoader) == {"configs": [{"key": value}]}  # noqa: S506
    text = format_document({"key": value})
    assert yaml.load(text, QuickLoader) == yaml.load(text, PlainLoader) == {"key": value}  # noqa: S506 - as above


@given(st.recursive(st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner, max_size=3)))
def test_json_is_the_same_as_yaml(value: object) -> None:
    """However it is written, and whatever characters are in it."""
    for is_ascii in (True, False):
        text = json.dumps({"key": value}, ensure_ascii=is_ascii, indent="\t")
        assert yaml.load(json_as_yaml(text), QuickLoader) == {"key": value}  # noqa: S506 - as above
