"""The benchmark of the console's pages, in small."""

from benchmarks.console.measuring import PAGES, measure


async def test_every_page_is_timed() -> None:
    """Each of them, and the second page of the list."""
    found = await measure("sqlite", 120, 2, lambda _text: None)
    assert [page for page in PAGES if page not in found] == []
    assert len(found) == len(PAGES) + 1
    assert all(0 < timing.median_ms <= timing.worst_ms for timing in found.values())
