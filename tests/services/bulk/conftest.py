"""A database with an account, a user and a chat that has a name; and what is applied to it."""

from tests.db.build import make_account
from tgforward.db.models import PeerKind
from tgforward.db.peers import KnownPeer, store_peers
from tgforward.db.session import SessionFactory
from tgforward.db.users import add_user
from tgforward.services.bulk.applying import apply_document
from tgforward.services.bulk.difference import Difference, compare
from tgforward.services.bulk.reading import read_document
from tgforward.services.database import Database
from tgforward.types import ChatId

SCENE = r"""
configs:
  - name: "no"
    source: -1001234567890
    source_topic: 5
    dests: [-1009876543210, -1009876543211/7, 42]
    account: main
    user: "7"
    interval_second: 60
    history: -1
    time_zone: Europe/Berlin
    skip_word: "ad,22:00"
    add_text: "from ${source_title} 🙂\nsecond  line \u2028 end"
    rules:
      send: {mode: forward, silent: true}
      steps: [{replace: {words: {"on": "22:00"}}}]
    instant: true
    paused: true
  - {source: -1001234567890, dests: [-1009876543210], account: main}
  - {source: -1001234567890, dests: [-1009876543210], account: main, history: 3}
  - {source: "@News", dests: [-1009876543210/7], account: main}
"""


async def settled(factory: SessionFactory) -> Database:
    """The use cases' world."""
    account_id = await make_account(factory)
    peer = KnownPeer(ChatId(-1005), 1, PeerKind.CHANNEL, "news", "News")
    async with factory.begin() as session:
        await add_user(session, "7")
        await store_peers(session, account_id, [peer])
    return Database(factory)


async def apply(deps: Database, text: str, *, prune: bool = False) -> Difference:
    """What was shown, and applied."""
    document = read_document(text, "f.yaml")
    difference = await compare(deps, document, prune=prune)
    await apply_document(deps, document, difference, actor="test", prune=prune)
    return difference
