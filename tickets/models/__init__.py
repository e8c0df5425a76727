"""The nouns. What each guarantees is a database constraint; docs/where-things-are.md has the table."""

from tickets.models.attachment import Attachment
from tickets.models.bulk import BulkChange
from tickets.models.call import Call
from tickets.models.channel import Channel, Feed
from tickets.models.customer import Customer, CustomerEvent, Identity, IdentityChannel
from tickets.models.delivery import Delivery, DeliveryAttempt
from tickets.models.draft import Draft
from tickets.models.event import Event
from tickets.models.idempotency import GivenAnswer
from tickets.models.inbound import InboundItem
from tickets.models.macro import Macro
from tickets.models.message import Message, MessageRef
from tickets.models.notification import Notification, NotificationChoice
from tickets.models.rule import Rule, RuleCall
from tickets.models.saved_view import SavedView
from tickets.models.spending import Price, Spending, SpentOn
from tickets.models.thread import Thread
from tickets.models.ticket import Participant, Tag, Ticket, TicketLink
from tickets.models.webhook import Webhook, WebhookAttempt, WebhookDelivery

__all__ = [
    "Attachment",
    "BulkChange",
    "Call",
    "Channel",
    "Customer",
    "CustomerEvent",
    "Delivery",
    "DeliveryAttempt",
    "Draft",
    "Event",
    "Feed",
    "GivenAnswer",
    "Identity",
    "IdentityChannel",
    "InboundItem",
    "Macro",
    "Message",
    "MessageRef",
    "Notification",
    "NotificationChoice",
    "Participant",
    "Price",
    "Rule",
    "RuleCall",
    "SavedView",
    "Spending",
    "SpentOn",
    "Tag",
    "Thread",
    "Ticket",
    "TicketLink",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
]
