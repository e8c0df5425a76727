"""Addresses of the queue, of tickets and what belongs to them, and of the channels."""

from django.urls import path

from tickets.views import attachments, bulk, channels, customer, parked, properties, queue, replies, ticket

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
    path("tickets/<int:number>/merge/", properties.merge, name="ticket-merge"),
    path("tickets/<int:number>/unmerge/", properties.unmerge, name="ticket-unmerge"),
    path("tickets/<int:number>/work/", properties.work, name="log-work"),
    path("deliveries/<int:pk>/withdrawal/", replies.withdraw, name="withdraw"),
    path("deliveries/<int:pk>/retry/", replies.retry, name="retry"),
    path("deliveries/<int:pk>/confirmation/", replies.confirm, name="confirm-sent"),
    path("attachments/<int:pk>/", attachments.attachment, name="attachment"),
    path("customers/<int:pk>/", customer.page, name="customer"),
    path("customers/<int:pk>/note/", customer.note, name="customer-note"),
    path("channels/", channels.index, name="channels"),
    path("channels/new/<slug:kind>/", channels.add, name="add-channel"),
    path("channels/prices/<slug:kind>/", channels.prices, name="channel-prices"),
    path("channels/parked/", parked.parked, name="parked-items"),
    path("channels/parked/replay/", parked.replay, name="replay-items"),
    path("channels/unsent/", parked.unsent, name="unsent"),
    path("channels/<int:pk>/", channels.channel, name="channel"),
    path("channels/<int:pk>/limits/", channels.limits, name="channel-limits"),
    path("channels/<int:pk>/check/", channels.check, name="check-channel"),
    path("channels/<int:pk>/pause/", channels.pause, name="pause-channel"),
    path("channels/<int:pk>/resume/", channels.resume, name="resume-channel"),
    path("channels/<int:channel_id>/count/", replies.count, name="count"),
]
