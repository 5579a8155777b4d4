"""A new installation."""

from tests.web.people import Browser


async def test_nobody_can_log_in_before_somebody_was_made(browser: Browser) -> None:
    """There is no first password to guess: the page says which command makes an administrator."""
    assert "tgforward web user add NAME --role admin" in (await browser.open("/login")).text
    assert (await browser.log_in("admin", "admin")).status_code == 401
