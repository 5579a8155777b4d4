"""`python -m arq … --check`, which the containers ask."""

import time

import pytest

from tests.e2e.installation import Installation, run
from tests.e2e.test_main_job import SCHEDULER, WORKER


@pytest.mark.parametrize("command", [SCHEDULER, WORKER], ids=["scheduler", "worker"])
def test_the_health_check_sees_whether_a_process_runs(servers: Installation, command: list[str]) -> None:
    """It fails before the process has started and after it has ended, and succeeds in between."""
    assert servers.run("db", "upgrade").code == 0
    check = [*command, "--check"]
    assert run(check, servers.environment).code == 1
    with servers.start(command, "process"):
        end = time.monotonic() + 30
        while (done := run(check, servers.environment)).code != 0:
            assert time.monotonic() < end, done.err
    assert run(check, servers.environment).code == 1
