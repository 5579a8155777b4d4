"""Does the web process on this host answer? Asked as whoever restarts it does."""

from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from urllib.parse import urlsplit

from tgforward.settings import Settings
from tgforward.web.site import site_of

TIMEOUT_S = 10.0


def complaint_about_web(settings: Settings) -> str | None:
    """What is wrong with the web process where the settings say that it listens; None if it answers.

    Raises:
        InvalidSettings: where it stands is not said.
    """
    host, port = _reachable(settings.web_host), settings.web_port
    connection = HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(site_of(settings).url).netloc})
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"No web console answers on {host} port {port} ({type(error).__name__}): start it, or look at its log"
    finally:
        connection.close()
    return None if status == 200 else f"The web console on {host} port {port} answers {status}: look at its log"


def _reachable(host: str) -> str:
    """The address at which a process that listens to all of the machine's is reached from here."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"
