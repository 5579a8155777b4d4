"""A time window of the day, such as 08:00 to 22:00, in a config's time zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """Open from `begin` up to, not including, `end`; over midnight if `end` is the earlier one."""

    begin: time
    end: time
    zone: ZoneInfo

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def are_open_at(self, moment: datetime) -> bool:
        """Whether the zone's clocks show a time of the window."""
        now = moment.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end

    def opens_at(self, now: datetime) -> datetime | None:
        """When the window opens next; None while it is open."""
        if self.are_open_at(now):
            return None
        today = datetime.combine(now.astimezone(self.zone).date(), self.begin, self.zone)
        # When clocks are set back a time of the day comes twice: the second one is fold=1.
        candidates = (today, today.replace(fold=1), today + timedelta(days=1))
        return next(moment for at in candidates if (moment := at.astimezone(UTC)) > now)
