"""tgcf's `tgcf.config.json` and, of older versions, `tgcf.config.yml`.

Source: github.com/aahnik/tgcf, its wiki and the fields of its config file
"""

from typing import Any

from tgforward.services.foreign.chats import entry_of, read_chat
from tgforward.services.foreign.file import ForeignFile, is_yes, items, mapping
from tgforward.services.foreign.remarks import Path, Remarks
from tgforward.services.foreign.tgcf_plugins import plugin_steps

PAST = "1"
_ELSEWHERE = {
    "login": "an account is not part of a config: tgforward account import takes the session",
    "admins": "nobody changes configs by messages to a bot",
    "bot_messages": "there is no bot",
}
_SILENT = ("pid", "theme", "forwards", "show_forwarded_from", "mode", "live", "past", "plugins")


def translate(file: ForeignFile, remarks: Remarks) -> list[dict[str, Any]]:
    """An entry of our document for each of its forwards."""
    for key, value in file.data.items():
        if key in _ELSEWHERE and value:
            remarks.add((key,), _ELSEWHERE[key])
        elif key not in (*_ELSEWHERE, *_SILENT):
            remarks.add((key,), "this key is not known")
    if mapping(file.data.get("login")).get("BOT_TOKEN"):
        remarks.add(("login", "BOT_TOKEN"), "a bot cannot read a source here: log in a user account")
    common = _common(file, remarks)
    forwards = enumerate(items(file.data.get("forwards")))
    entries = [_entry(mapping(forward), ("forwards", number), file, remarks) for number, forward in forwards]
    return [entry | common for entry in entries if entry]


def _common(file: ForeignFile, remarks: Remarks) -> dict[str, Any]:
    """What holds for all forwards."""
    rules: dict[str, Any] = {"steps": plugin_steps(mapping(file.data.get("plugins")), remarks)}
    if is_yes(file.data.get("show_forwarded_from")):
        rules["send"] = {"mode": "forward"}
    live, past = mapping(file.data.get("live")), mapping(file.data.get("past"))
    if is_yes(live.get("delete_sync")):
        rules["follow"] = {"deletions": "delete"}
    if live.get("delete_on_edit"):
        remarks.add(("live", "delete_on_edit"), "no edit deletes a message")
    if past.get("delay"):
        remarks.add(("past", "delay"), "the pace is an account's, not a config's: see TGFORWARD_PACE_ACCOUNT_PER_S")
    kept = {key: value for key, value in rules.items() if value}
    return {"instant": True, **({"rules": kept} if kept else {})}


def _entry(forward: dict[str, Any], path: Path, file: ForeignFile, remarks: Remarks) -> dict[str, Any]:
    origin = read_chat(forward.get("source", ""), (*path, "source"), remarks)
    found = [
        read_chat(dest, (*path, "dest", number), remarks) for number, dest in enumerate(items(forward.get("dest")))
    ]
    dests = [dest for dest in found if dest is not None]
    if origin is None or not dests:
        remarks.add(path, "left out: it has no source or no dest")
        return {}
    name = str(forward.get("con_name") or "").strip()
    paused = {"paused": True} if not is_yes(forward.get("use_this", True)) else {}
    history = _history(forward, path, remarks) if str(file.data.get("mode", 0)) == PAST else 0
    return {**({"name": name[:64]} if name else {}), **entry_of(origin, dests), "history": history, **paused}


def _history(forward: dict[str, Any], path: Path, remarks: Remarks) -> int:
    """All of it where tgcf would begin with the first message; else none, since what tgcf has sent would come twice."""
    if forward.get("end"):
        remarks.add((*path, "end"), "a config does not end at a message: pause it")
    if not forward.get("offset"):
        return -1
    text = "a history begins so many messages before the newest, not at a message: none is taken, set history by hand"
    remarks.add((*path, "offset"), text)
    return 0
