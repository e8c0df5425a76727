"""Addresses of the API; each ends in a slash."""

from django.urls import path, re_path
from drf_spectacular.utils import extend_schema

from tickets.api.views import actions, channels, people, webhooks
from tickets.api.views.attachments import OneAttachment
from tickets.api.views.calls import Calls
from tickets.api.views.customers import Customers, Identities, OneCustomer
from tickets.api.views.docs import OpenApi, pages
from tickets.api.views.events import Events
from tickets.api.views.health import Health
from tickets.api.views.messages import Messages, OneMessage
from tickets.api.views.missing import Missing
from tickets.api.views.parked import ParkedItems, ReplayItem
from tickets.api.views.tags import Tags
from tickets.api.views.tickets import OneTicket, Tickets
from tickets.api.views.tokens import OneToken, Token, Tokens

urlpatterns = [
    path("token/", Token.as_view(), name="api-token"),
    path("tokens/", Tokens.as_view(), name="api-tokens"),
    path("tokens/<int:pk>/", OneToken.as_view(), name="api-own-token"),
    path("tickets/", Tickets.as_view(), name="api-tickets"),
    path("tickets/<int:number>/", OneTicket.as_view(), name="api-ticket"),
    path("tickets/<int:number>/no-reply-needed/", actions.NoReplyNeeded.as_view(), name="api-no-reply-needed"),
    path("tickets/<int:number>/spam/", actions.Spam.as_view(), name="api-spam"),
    path("tickets/<int:number>/block/", actions.Block.as_view(), name="api-block"),
    path("tickets/<int:number>/answered-outside/", actions.AnsweredOutside.as_view(), name="api-answered-outside"),
    path("tickets/<int:number>/work/", actions.Work.as_view(), name="api-work"),
    path("tickets/<int:number>/merge/", actions.Merge.as_view(), name="api-merge"),
    path("tickets/<int:number>/unmerge/", actions.Unmerge.as_view(), name="api-unmerge"),
    path("tickets/<int:number>/messages/", Messages.as_view(), name="api-messages"),
    path("tickets/<int:number>/messages/<int:pk>/", OneMessage.as_view(), name="api-message"),
    path("tickets/<int:number>/messages/<int:pk>/withdrawal/", actions.Withdraw.as_view(), name="api-withdrawal"),
    path("tickets/<int:number>/messages/<int:pk>/retry/", actions.Retry.as_view(), name="api-retry"),
    path("tickets/<int:number>/messages/<int:pk>/confirmation/", actions.Confirm.as_view(), name="api-confirmation"),
    path("tickets/<int:number>/events/", Events.as_view(), name="api-events"),
    path("customers/", Customers.as_view(), name="api-customers"),
    path("customers/<int:pk>/", OneCustomer.as_view(), name="api-customer"),
    path("customers/<int:pk>/identities/", Identities.as_view(), name="api-identities"),
    path("calls/", Calls.as_view(), name="api-calls"),
    path("tags/", Tags.as_view(), name="api-tags"),
    path("channels/", channels.Channels.as_view(), name="api-channels"),
    path("channels/<int:pk>/", channels.OneChannel.as_view(), name="api-channel"),
    path("channels/<int:pk>/pause/", channels.PauseChannel.as_view(), name="api-pause-channel"),
    path("channels/<int:pk>/resume/", channels.ResumeChannel.as_view(), name="api-resume-channel"),
    path("channels/<int:pk>/check/", channels.CheckChannel.as_view(), name="api-check-channel"),
    path("parked-items/", ParkedItems.as_view(), name="api-parked-items"),
    path("parked-items/<int:pk>/replay/", ReplayItem.as_view(), name="api-replay-item"),
    path("users/", people.Users.as_view(), name="api-users"),
    path("users/<int:pk>/", people.OneUser.as_view(), name="api-user"),
    path("users/<int:pk>/invitation/", people.SendInvitation.as_view(), name="api-invitation"),
    path("users/<int:pk>/deactivation/", people.Deactivate.as_view(), name="api-deactivation"),
    path("teams/", people.Teams.as_view(), name="api-teams"),
    path("teams/<int:pk>/", people.OneTeam.as_view(), name="api-team"),
    path("webhooks/", webhooks.Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/<int:pk>/", webhooks.OneWebhook.as_view(), name="api-webhook"),
    path("webhooks/<int:pk>/secret/", webhooks.RotateSecret.as_view(), name="api-webhook-secret"),
    path("webhooks/<int:pk>/pause/", webhooks.PauseWebhook.as_view(), name="api-pause-webhook"),
    path("webhooks/<int:pk>/resume/", webhooks.ResumeWebhook.as_view(), name="api-resume-webhook"),
    path("webhooks/<int:pk>/ping/", webhooks.PingWebhook.as_view(), name="api-ping-webhook"),
    path("webhooks/<int:pk>/deliveries/", webhooks.WebhookDeliveries.as_view(), name="api-webhook-deliveries"),
    path(
        "webhooks/<int:pk>/deliveries/<int:delivery>/",
        webhooks.OneDelivery.as_view(),
        name="api-webhook-delivery",
    ),
    path(
        "webhooks/<int:pk>/deliveries/<int:delivery>/replay/",
        webhooks.ReplayDelivery.as_view(),
        name="api-replay-webhook",
    ),
    path("attachments/<int:pk>/", OneAttachment.as_view(), name="api-attachment"),
    path("health/", Health.as_view(), name="api-health"),
    path("schema/", OpenApi.as_view(), name="api-schema"),
    path("docs/", pages, name="api-docs"),
    re_path("", extend_schema(exclude=True)(Missing).as_view(), name="api-missing"),
]
