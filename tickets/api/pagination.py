"""Keyset pagination: stable while rows are written, and as fast on the last page as on the first."""

from rest_framework.pagination import CursorPagination


class Keyset(CursorPagination):
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"
