"""The further dests of stored configs, as a document wants them."""

from collections.abc import Sequence

from tgforward.db.bulk_dests import add_dests, load_highest_numbers, remove_dests
from tgforward.db.dests import list_dests
from tgforward.db.session import Session
from tgforward.services.bulk.difference import Edit
from tgforward.services.bulk.rows import place_of


async def edit_dests(session: Session, edits: Sequence[Edit]) -> None:
    """Removes and adds what the edits say; those that stay keep their numbers and cursors."""
    concerned = [edit for edit in edits if any(edit.further)]
    stored = await list_dests(session, [edit.id for edit in concerned])
    highest = await load_highest_numbers(session, [edit.id for edit in concerned])
    gone, new = [], []
    for edit in concerned:
        old_places, new_places = ([place_of(dest) for dest in dests] for dests in edit.further)
        rows = stored.get(edit.id, ())
        gone += [(edit.id, row.number) for row in rows if (row.chat_id, row.topic_id) in old_places]
        first = highest.get(edit.id, 0) + 1
        new += [(edit.id, number, *place) for number, place in enumerate(new_places, start=first)]
    await remove_dests(session, gone)
    await add_dests(session, new)
