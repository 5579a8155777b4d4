"""Where the console stands: the address that it listens on, and the one that people type."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from tgforward.errors import InvalidSettings
from tgforward.settings import EXAMPLES, Settings

LOOPBACK_HOSTS = frozenset(("localhost", "127.0.0.1", "::1"))


@dataclass(frozen=True, slots=True)
class Site:
    """What is believed of a request's `Host`, and whether cookies may travel in clear."""

    hosts: frozenset[str]
    """Names by which it may be asked for, without port."""
    is_https: bool
    url: str

    @property
    def is_exposed(self) -> bool:
        """Whether passwords travel in clear over a network."""
        return not self.is_https and not self.hosts <= LOOPBACK_HOSTS


def site_of(settings: Settings) -> Site:
    """What the settings say.

    Raises:
        InvalidSettings: it listens to other machines, and nobody said by which name they ask for it.
    """
    url = settings.web_url
    if url is None:
        if not is_loopback(settings.web_host):
            raise InvalidSettings(
                f"TGFORWARD_WEB_URL is not set, and TGFORWARD_WEB_HOST={settings.web_host} lets other machines in: "
                f"set what people type to open the console, for example {EXAMPLES['web_url']}"
            )
        return Site(LOOPBACK_HOSTS, is_https=False, url=f"http://{settings.web_host}:{settings.web_port}")
    parts = urlsplit(url)
    local = LOOPBACK_HOSTS if is_loopback(settings.web_host) else frozenset[str]()
    return Site(local | {parts.hostname or ""}, is_https=parts.scheme == "https", url=url.rstrip("/"))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
