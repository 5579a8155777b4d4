"""tgforward copies messages between Telegram chats on a schedule, each one exactly once and in order."""

__version__ = "0.1.0"
