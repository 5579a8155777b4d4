"""`python -m tgforward` is the same as `tgforward`."""

from tgforward.cli import main

main()
