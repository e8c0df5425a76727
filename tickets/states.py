"""Ticket statuses and the one table of their transitions. Pure: no Django."""

NEW, OPEN, PENDING, ON_HOLD, SOLVED, CLOSED = "new", "open", "pending", "on_hold", "solved", "closed"

LABELS = {
    NEW: "New",
    OPEN: "Open",
    PENDING: "Pending",
    ON_HOLD: "On hold",
    SOLVED: "Solved",
    CLOSED: "Closed",
}
UNSOLVED = (NEW, OPEN, PENDING, ON_HOLD)
# Statuses in which the next move is ours.
OUR_TURN = (NEW, OPEN)

TRANSITIONS: dict[str, tuple[str, ...]] = {
    NEW: (OPEN, PENDING, ON_HOLD, SOLVED, CLOSED),
    OPEN: (PENDING, ON_HOLD, SOLVED, CLOSED),
    PENDING: (OPEN, ON_HOLD, SOLVED, CLOSED),
    ON_HOLD: (OPEN, PENDING, SOLVED, CLOSED),
    SOLVED: (OPEN, PENDING, ON_HOLD, CLOSED),
    CLOSED: (),
}


def may_change(current: str, to: str) -> bool:
    return to in TRANSITIONS[current]


LOW, NORMAL, HIGH, URGENT = "low", "normal", "high", "urgent"
# Stored as small integers so that the database sorts them; shown and exchanged by name.
PRIORITIES = {LOW: 1, NORMAL: 2, HIGH: 3, URGENT: 4}
PRIORITY_NAMES = {value: name for name, value in PRIORITIES.items()}
