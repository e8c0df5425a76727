"""What `tickets` tells the apps above it, after the transaction has been committed."""

from django.dispatch import Signal

# numbers: list[int] of tickets whose events, messages or columns changed.
tickets_changed = Signal()
# numbers: list[int] of tickets of which only the clock changed, because time passed.
clocks_moved = Signal()
# users: list[int] of people for whom there is a new notification.
notified = Signal()
# users: list[int] of people at whose telephone a call rings, goes on or has ended.
calls_moved = Signal()
