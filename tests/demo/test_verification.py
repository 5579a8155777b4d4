"""The demo's verdict must be able to say no."""

import pytest

from tgforward.demo.verification import Post, Verdict, compare
from tgforward.forwarding.message import FormattedText


def posts(names: str) -> list[Post]:
    """One post per letter; a capital letter is an album of three."""
    return [Post(FormattedText(name), 3 if name.isupper() else 1) for name in names]


@pytest.mark.parametrize(
    ("sources", "arrived", "verdict"),
    [
        (["abc"], "abc", Verdict(forwarded=3)),
        (["aBc"], "aBc", Verdict(forwarded=5)),
        (["ace", "bd"], "abcde", Verdict(forwarded=5)),
        (["abc"], "ac", Verdict(forwarded=2, lost=1)),
        (["aBc"], "ac", Verdict(forwarded=2, lost=3)),
        (["abc"], "abbc", Verdict(forwarded=4, doubled=1)),
        (["aBc"], "aBBc", Verdict(forwarded=8, doubled=3)),
        (["abc"], "acb", Verdict(forwarded=3, out_of_order=1)),
        (["abcd"], "dabc", Verdict(forwarded=4, out_of_order=3)),
        (["abc"], "abxc", Verdict(forwarded=4, unexpected=1)),
        (["abc"], "", Verdict(lost=3)),
    ],
)
def test_what_is_wrong_is_counted(sources: list[str], arrived: str, verdict: Verdict) -> None:
    """Lost, doubled, late and unexpected messages are each told apart."""
    found = compare([posts(source) for source in sources], posts(arrived))
    assert found == verdict
    assert found.is_perfect == (verdict == Verdict(forwarded=verdict.forwarded))
