"""What is kept about measures: calendars and promises by version, and the facts, which can all be rebuilt."""

from metrics.models.calendar import Calendar, CalendarVersion
from metrics.models.fact import HandleSession, TicketFact, WaitInterval
from metrics.models.sla import SlaInstance, SlaPolicy, SlaPolicyVersion

__all__ = [
    "Calendar",
    "CalendarVersion",
    "HandleSession",
    "SlaInstance",
    "SlaPolicy",
    "SlaPolicyVersion",
    "TicketFact",
    "WaitInterval",
]
