"""What configs cost while nothing is new: statements of the database and requests to Telegram, per tick."""
