"""What the calls cost: resources read and writes made, by UTC day. A resource read twice in a day costs once."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.x.clock import from_ms

DAYS_KEPT = 90


@dataclass
class Day:
    thousandths: int = 0
    # How often each price was charged: {"post_read": 12, "reply_create": 1}.
    charges: Counter[str] = field(default_factory=Counter)
    # Distinct posts read by each app.
    posts_by_app: Counter[int] = field(default_factory=Counter)


class Ledger:
    """Callers hold the world's lock. It is not kept over a restart."""

    def __init__(self) -> None:
        self.days: dict[str, Day] = {}
        self._read_today: set[tuple[int, str, str]] = set()

    def day(self, now_ms: int) -> Day:
        """The account of that UTC day."""
        name = from_ms(now_ms).date().isoformat()
        if name not in self.days:
            self._read_today.clear()
            self.days[name] = Day()
            for old in sorted(self.days)[:-DAYS_KEPT]:
                del self.days[old]
        return self.days[name]

    def read(self, now_ms: int, app_id: int, resource: str, key: str, price_name: str, price: int) -> int:
        """Charge one resource unless this app had it today. Returns the charge in thousandths of a dollar."""
        day = self.day(now_ms)
        if (app_id, resource, key) in self._read_today:
            return 0
        self._read_today.add((app_id, resource, key))
        if resource == "post":
            day.posts_by_app[app_id] += 1
        return self._charge(day, price_name, price)

    def write(self, now_ms: int, price_name: str, price: int) -> int:
        return self._charge(self.day(now_ms), price_name, price)

    def _charge(self, day: Day, name: str, price: int) -> int:
        day.charges[name] += 1
        day.thousandths += price
        return price

    def spent(self, now_ms: int | None = None) -> Decimal:
        """Dollars, of one day or of all."""
        days = [self.day(now_ms)] if now_ms is not None else self.days.values()
        return Decimal(sum(day.thousandths for day in days)) / 1000
