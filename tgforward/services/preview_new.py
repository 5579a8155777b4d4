"""What a config would make of messages that does not exist yet."""

from collections.abc import Mapping
from typing import Any

from tgforward.db.transaction import in_transaction
from tgforward.services.config_chats import look_at, store_chats
from tgforward.services.config_fields import check_fields
from tgforward.services.deps import Deps
from tgforward.services.drafts import NEW, new_draft
from tgforward.services.known_configs import choose_account
from tgforward.services.preview import PreviewedMessage, ask_preview, check_last
from tgforward.services.spots import NamedDest


async def preview_new(
    deps: Deps,
    *,
    source: str,
    dest: str,
    account: str | None,
    fields: Mapping[str, Any],
    last: int = 20,
    link: str | None = None,
) -> list[PreviewedMessage]:
    """The last messages of a source (1 to 100), or the one that a link names, as such a config would forward them.

    All is named as for `add_config` and checked as there; nothing of it is stored but what was learned of the chats.

    Raises:
        InvalidInput, TelegramError: as for `add_config` and `preview`.
    """
    check_last(last)
    values = check_fields(fields)
    chosen = await choose_account(deps, account)
    named = NamedDest(dest, values.get("dest_topic_id"))
    chats = await look_at(deps, chosen.id, source=source, source_topic=values.get("source_topic_id"), dest=named)
    await in_transaction(deps.session_factory, lambda session: store_chats(session, chosen.id, chats))
    assert chats.source is not None
    assert chats.dest is not None
    draft = new_draft(values, chats.source.chat_id, chats.dest.chat_id)
    return await ask_preview(deps, chosen.id, NEW, last, link, draft)
