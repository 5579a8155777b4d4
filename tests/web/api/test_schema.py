"""The API's own description, put to the test against the real process."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compose import ROOT
from tests.db.build import make_config
from tests.web.conftest import TENANT_OF
from tests.web.process import served
from tests.web.telegram import beside
from tgforward.sandbox.server import Sandbox
from tgforward.services.deps import Deps
from tgforward.services.web_access import Scope
from tgforward.services.web_tokens import add_token
from tgforward.settings import Settings

LONGEST_S = 20
EXCLUDED = "positive_data_acceptance"  # 422 also means what the data forbids, such as a chat that nobody knows
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


@pytest.mark.usefixtures("people")
async def test_every_answer_is_as_described(web_deps: Deps, web_settings: Settings, sandbox: Sandbox) -> None:
    """Whatever is sent: no fault of ours, no status, type or field that the document does not know."""
    for owner in (TENANT_OF, None):
        await make_config(web_deps.session_factory, None, owner)
    made = await add_token(web_deps, "test", "admin", set(Scope), lasting=None, actor="test")
    made_keys = {"SCHEMATHESIS_HOOKS": "tests.web.api.keys", "PYTHONPATH": str(ROOT)}
    with served(beside(sandbox, web_settings)) as url:
        command = _command(url, made.token)
        found = await asyncio.to_thread(
            subprocess.run,
            command,
            cwd=web_settings.data_dir,
            env={**os.environ, **made_keys},
            capture_output=True,
            text=True,
            check=False,
        )

    assert found.returncode == 0, found.stdout[-9000:] + found.stderr[-2000:]


def _command(url: str, token: str) -> list[str]:
    """Without the operation that would revoke the token in use; 422 may also mean what the data forbids."""
    words = ["run", f"{url}/api/v1/openapi.json", "-H", f"Authorization: Bearer {token}"]
    words += [
        "--exclude-operation-id",
        "revokeToken",
        "--max-examples",
        "10",
        "--exclude-checks",
        EXCLUDED,
        "--max-time",
        str(LONGEST_S),
    ]
    words += ["--phases", "coverage,fuzzing", "--continue-on-failure", "--generation-deterministic", "--no-color"]
    return [str(SCHEMATHESIS), *words]
