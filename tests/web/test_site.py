"""Where the console stands."""

from typing import Any

import pytest

from tgforward.errors import InvalidSettings
from tgforward.settings import Settings
from tgforward.web.site import site_of

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing listens there


def _settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]  # pydantic-settings: nobody's .env


def test_by_default_only_this_machine_is_served() -> None:
    """On loopback, in clear, under its three names."""
    site = site_of(_settings())

    assert site.hosts == {"localhost", "127.0.0.1", "::1"}
    assert not site.is_https
    assert not site.is_exposed


@pytest.mark.parametrize(
    ("url", "is_https", "is_exposed"), [("https://a.example", True, False), ("http://a.example:8080", False, True)]
)
def test_a_name_is_served_as_it_is_typed(url: str, is_https: bool, is_exposed: bool) -> None:
    """Cookies are for encrypted connections if people come by one; else that is known."""
    site = site_of(_settings(web_host=EVERYWHERE, web_url=url))

    assert (set(site.hosts), site.is_https, site.is_exposed) == ({"a.example"}, is_https, is_exposed)


def test_other_machines_are_let_in_by_name_only() -> None:
    """Listening to all without saying under which name is refused."""
    with pytest.raises(InvalidSettings, match="TGFORWARD_WEB_URL"):
        site_of(_settings(web_host=EVERYWHERE))
