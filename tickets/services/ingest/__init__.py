"""From a raw payload to a message in the right ticket.

store      raw items, as fetched                     translate  claims stored items and takes them through the steps
own_posts  our own posts seen by a poll              people     identities and customers
threads    where it was said                         tickets    when messages share a ticket, reopen it or follow up
messages   the rows and events                       edits      a known message in a newer revision
returned   what we sent and what came back                  limits     times and numbers that can be
late       answers of ours, read out of order        acknowledge  that it has arrived
calls      what a telephone system tells, added up
"""

from tickets.services.ingest.store import store
from tickets.services.ingest.translate import Translated, replay, translate

__all__ = ["Translated", "replay", "store", "translate"]
