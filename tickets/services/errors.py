"""Why a verb did not do what was asked, in words for the person who asked."""

from tickets.models import Event


class Refused(Exception):
    """Not possible; `text` says why and what to do instead."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Outdated(Exception):
    """The send guard: somebody answered or the customer wrote after what the agent had seen."""

    def __init__(self, events: list[Event]) -> None:
        super().__init__("The ticket changed since you opened it.")
        self.events = events
