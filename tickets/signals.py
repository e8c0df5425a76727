"""What `tickets` tells the apps above it, after the transaction has been committed."""

from django.dispatch import Signal

# numbers: list[int] of tickets whose events, messages or columns changed.
tickets_changed = Signal()
