"""What can go wrong at a network. Each error answers: try again? whose fault? what does the agent read?"""

from datetime import datetime

from tickets.channels.contract import Budget


class ChannelError(Exception):
    """Base of all; `text` is a sentence for people, `code` the network's own name for it."""

    retry = False
    # The rate-limit window, where the answer that refused still told it.
    budget: Budget | None = None

    def __init__(self, text: str, *, code: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.code = code


class Throttled(ChannelError):
    """The network asks us to slow down. Nothing was applied; `retry_at` is its own clock's answer (UTC)."""

    retry = True

    def __init__(self, text: str, *, retry_at: datetime | None = None, code: str = "") -> None:
        super().__init__(text, code=code)
        self.retry_at = retry_at


class Unavailable(ChannelError):
    """The network cannot be reached or is out of order; nothing was applied."""

    retry = True


class AuthRevoked(ChannelError):
    """The credentials no longer work: the channel pauses until an admin reconnects it."""


class BudgetExhausted(ChannelError):
    """The network (or our own hard limit) stops us until credits are added; the channel pauses."""


class Rejected(ChannelError):
    """The network refused this one message; sending it again unchanged would be refused again."""


class RecipientGone(Rejected):
    """The author, post or conversation no longer exists or cannot be seen."""


class WindowClosed(Rejected):
    """The network no longer lets us write to this person here."""


class Unsupported(Rejected):
    """The channel cannot express what was asked (`feature`)."""

    def __init__(self, text: str, *, feature: str) -> None:
        super().__init__(text, code=feature)
        self.feature = feature


class OutcomeUnknown(ChannelError):
    """The request may or may not have been applied (time-out after sending, unreadable answer)."""


class CursorExpired(ChannelError):
    """The network no longer accepts the stored position; the feed starts again from what it still has."""

    retry = True


class BadPayload(ChannelError):
    """An item cannot be understood: it is parked with this text and can be replayed."""
