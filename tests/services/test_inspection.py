"""Looking at chats through an account that also works."""

import pytest

from tests.services.conftest import Town, owned_lane
from tgforward.errors import AccountRests, FloodWait
from tgforward.sandbox.server import Sandbox
from tgforward.services.deps import Deps
from tgforward.services.inspection import answer_inspection, inspect_in
from tgforward.types import AccountId


async def test_a_wait_that_is_met_while_looking_holds_for_all(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Who looks at a chat and is told to wait keeps the whole account from asking before the wait is over."""
    async with owned_lane(deps) as lane:
        sandbox.faults.add("flood_wait", method="contacts.ResolveUsername", seconds=60)
        with pytest.raises(FloodWait):
            await inspect_in(lane, "@source", None)
        asked = sandbox.requests()
        with pytest.raises(AccountRests):
            await inspect_in(lane, "@source", None)
        assert (await answer_inspection(lane, "@source", None))["error"]["type"] == "AccountRests"
        assert sandbox.requests() == asked
    assert sandbox.flood_violations == 0
