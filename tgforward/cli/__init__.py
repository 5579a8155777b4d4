"""The command line: parse, call a service, show."""

import sys

from tgforward.cli.app import app
from tgforward.errors import TgforwardError


def main() -> None:
    """Run one command; what a person can mend ends as one sentence and exit code 1 or 2."""
    try:
        app()
    except TgforwardError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
