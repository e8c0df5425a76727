"""Which tickets a list holds, from its query string. The conditions are those of the queue (`tickets.queries`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import (
    CharFilter,
    DjangoFilterBackend,
    FilterSet,
    IsoDateTimeFilter,
    MultipleChoiceFilter,
)
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from tickets import states
from tickets.api.errors import BadParameters
from tickets.forms.filters import Several, Tags
from tickets.models import Ticket
from tickets.queries import FILTERS
from tickets.search import narrowed
from tickets.search_terms import BadSearch

ID = "[1-9][0-9]{0,17}"
LONGEST_SEARCH = 200


class Filters(DjangoFilterBackend):
    """A value that cannot be read is refused by the name of its parameter."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        if not request.query_params:
            return queryset
        try:
            return super().filter_queryset(request, queryset, view)
        except ValidationError as error:
            raise BadParameters(error.detail) from None


def parameters_of(view: Any) -> tuple[str, ...]:
    filterset = getattr(view, "filterset_class", None)
    return tuple(filterset.base_filters) if filterset else ()


class SeveralFilter(MultipleChoiceFilter):
    """The parameter may be repeated; any of its values fits."""

    field_class = Several


class TagFilter(SeveralFilter):
    field_class = Tags


def _ids(*words: str, text: str, **options: Any) -> SeveralFilter:
    """Ids of something, or one of the words."""
    pattern = "|".join([*words, ID])
    made = SeveralFilter(choices=_names(words), ids=True, **{"method": "narrow"} | options)
    described: SeveralFilter = extend_schema_field(
        {"type": "string", "pattern": f"^({pattern})$", "description": text}
    )(made)
    return described


def _one_of(words: Iterable[str], **options: Any) -> SeveralFilter:
    made = SeveralFilter(choices=_names(words), **{"method": "narrow"} | options)
    described: SeveralFilter = extend_schema_field({"type": "string", "enum": list(words)})(made)
    return described


def _names(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


class _MomentField(IsoDateTimeField):
    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            # PostgreSQL knows no offset of a day, and no year 10000.
            return moment and moment.astimezone(UTC)
        except OverflowError:
            raise forms.ValidationError(_("There is no such time.")) from None


class MomentFilter(IsoDateTimeFilter):
    field_class = _MomentField


class TicketFilter(FilterSet):
    """Filters for different things narrow each other; values of one filter widen it."""

    status = _one_of(states.LABELS, method="of_status")
    priority = _one_of(states.PRIORITIES)
    visibility = _one_of(["public", "private", "mixed"])
    channel = _ids(text="Id of a channel.")
    assignee = _ids("me", "none", text="Id of a user, `me` or `none`.")
    team = _ids("none", text="Id of a team, or `none`.")
    tag = extend_schema_field({"type": "string", "minLength": 1, "maxLength": 50})(TagFilter(method="narrow"))
    customer = _ids(text="Id of a customer.", method="of_customers")
    created_after = MomentFilter(field_name="opened_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="opened_at", lookup_expr="lt")
    updated_after = MomentFilter(field_name="updated_at", lookup_expr="gte")
    updated_before = MomentFilter(field_name="updated_at", lookup_expr="lt")
    q = CharFilter(
        method="search", max_length=LONGEST_SEARCH, help_text="As in the search of the pages: number, words, operators."
    )

    class Meta:
        model = Ticket
        fields: tuple[str, ...] = ()

    def narrow(self, tickets: QuerySet[Ticket], name: str, values: list[str]) -> QuerySet[Ticket]:
        return tickets.filter(FILTERS[name](values, self.request.user)) if values else tickets

    def of_status(self, tickets: QuerySet[Ticket], name: str, values: list[str]) -> QuerySet[Ticket]:
        return tickets.filter(status__in=values) if values else tickets

    def of_customers(self, tickets: QuerySet[Ticket], name: str, values: list[str]) -> QuerySet[Ticket]:
        return tickets.filter(customer__in=[int(value) for value in values]) if values else tickets

    def search(self, tickets: QuerySet[Ticket], name: str, text: str) -> QuerySet[Ticket]:
        try:
            return narrowed(tickets, text)
        except BadSearch as error:
            raise ValidationError({name: [str(error)]}) from None
