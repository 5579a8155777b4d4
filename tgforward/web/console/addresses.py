"""Addresses that forms name to go on to."""

from urllib.parse import urlsplit

HOME = "/"


def own_address(address: str) -> str:
    """The address if it is one of ours, so that nobody is sent elsewhere; else that of the first page."""
    parts = urlsplit(address)
    is_own = not parts.scheme and not parts.netloc and address.startswith("/") and "\\" not in address
    return address if is_own and not address.startswith("//") else HOME


def or_none(value: object) -> object:
    """What a form or an address leaves empty was not given."""
    return None if value == "" else value
