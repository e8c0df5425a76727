"""Send what is due now, in this process."""

from collections import Counter
from typing import Any

from tickets.management.base import JsonCommand
from tickets.services import deliver


class Command(JsonCommand):
    help = __doc__

    def act(self, **options: Any) -> dict[str, Any]:
        outcomes: Counter[str] = Counter()
        while due := deliver.due():
            states = [deliver.deliver(delivery_id) for delivery_id in due]
            outcomes.update(state for state in states if state)
            if not any(states):
                break
        return {"delivered": dict(outcomes)}
