
from django.urls import path

from tickets.views import attachments, bulk, customer, properties, queue, replies, ticket

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("queue/assignment/", bulk.assign_to_me, name="assign-to-me"),
    path("tickets/<int:number>/", ticket.page, name="ticket"),
    path("tickets/<int:number>/reply/", replies.send, name="reply"),
    path("tickets/<int:number>/status/", properties.status, name="ticket-status"),
    path("tickets/<int:number>/priority/", properties.priority, name="ticket-priority"),
    path("tickets/<int:number>/assignee/", properties.assignee, name="ticket-assignee"),
    path("tickets/<int:number>/team/", properties.team, name="ticket-team"),
    path("tickets/<int:number>/tags/", properties.tags, name="ticket-tags"),
    path("tickets/<int:number>/tags/removal/", properties.untag, name="ticket-untag"),
    path("tickets/<int:number>/no-reply-needed/", properties.no_reply_needed, name="no-reply-needed"),
    path("tickets/<int:number>/spam/", properties.spam, name="ticket-spam"),
    path("tickets/<int:number>/block/", properties.block, name="block-author"),
    path("tickets/<int:number>/answered-outside/", properties.answered_outside, name="answered-outside"),
    path("tickets/<int:number>/work/", properties.work, name="log-work"),
    path("deliveries/<int:pk>/withdrawal/", replies.withdraw, name="withdraw"),
    path("deliveries/<int:pk>/retry/", replies.retry, name="retry"),
    path("deliveries/<int:pk>/confirmation/", replies.confirm, name="confirm-sent"),
    path("attachments/<int:pk>/", attachments.attachment, name="attachment"),
    path("customers/<int:pk>/", customer.page, name="customer"),
    path("customers/<int:pk>/note/", customer.note, name="customer-note"),
    path("channels/<int:channel_id>/count/", replies.count, name="count"),
]
