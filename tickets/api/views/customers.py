"""Customers: who they are on each network, and our note about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import CharFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from tickets.api.base import Endpoint, ListEndpoint, find
from tickets.api.filters import LONGEST_SEARCH
from tickets.api.serializers.customer import CustomerChange, CustomerSerializer, IdentitySerializer
from tickets.api.shape import Shaped
from tickets.customers import named, visible_customers
from tickets.models import Customer, Identity
from tickets.services.customers import MARKS, set_mark, set_note


class CustomerFilter(FilterSet):
    q = CharFilter(method="search", max_length=LONGEST_SEARCH, help_text="Part of a name or handle, or an address.")

    class Meta:
        model = Customer
        fields: tuple[str, ...] = ()

    def search(self, customers: QuerySet[Customer], name: str, text: str) -> QuerySet[Customer]:
        return named(customers, text)


class AboutCustomers(Shaped):
    serializer_class = CustomerSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        return context_of(self.request)


def context_of(request: Request) -> dict[str, Any]:
    """The representation names the list of a customer's tickets."""
    return {"tickets": reverse("api-tickets", request=request)}


def whole_customers(request: Request, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """For tickets with `expand=customer`."""
    found = Customer.objects.filter(pk__in=ids).prefetch_related("identities")
    return {row["id"]: row for row in CustomerSerializer(found, many=True, context=context_of(request)).data}


class Customers(AboutCustomers, ListEndpoint):
    ability = "tickets.work"
    filterset_class = CustomerFilter
    queryset = Customer.objects.none()

    def get_queryset(self) -> QuerySet[Customer]:
        return visible_customers(self.request.user).prefetch_related("identities")

    def get(self, request: Request) -> Response:
        """Customers with a ticket that you see, and those without any."""
        return super().get(request)


class OneCustomer(AboutCustomers, Endpoint):
    ability = "tickets.work"

    @extend_schema(operation_id="customers_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """One customer."""
        return Response(self.shaped([self.get_serializer(self._find(pk)).data])[0])

    @extend_schema(operation_id="customers_change", request=CustomerChange)
    def patch(self, request: Request, pk: int) -> Response:
        """Change the note about a customer, or their marks."""
        customer, change = self._find(pk), self.body(CustomerChange)
        if "note" in change:
            set_note(customer, change["note"])
        for mark in change.keys() & set(MARKS):
            set_mark(customer, mark, change[mark], self.request.user)
        return Response(self.get_serializer(self._find(pk)).data)

    def _find(self, pk: int) -> Customer:
        return find(visible_customers(self.request.user), pk, "customer")


class Identities(ListEndpoint):
    ability = "tickets.work"
    serializer_class = IdentitySerializer
    queryset = Identity.objects.none()

    def get_queryset(self) -> QuerySet[Identity]:
        customer = find(visible_customers(self.request.user), self.kwargs["pk"], "customer")
        return Identity.objects.filter(customer=customer)

    @extend_schema(operation_id="customers_identities_list")
    def get(self, request: Request, pk: int) -> Response:
        """Who a customer is on each network."""
        return super().get(request)
