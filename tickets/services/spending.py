"""Counts what a metered network is asked for, per UTC day, and what it costs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from tickets.channels.contract import ChannelKind, Use
from tickets.models import Channel, Price, Spending, SpentOn

KEEP_DAYS = 2


def price_list(kind: ChannelKind) -> dict[str, Decimal]:
    """Resource -> dollars: the adapter's list, overruled by the rows that an admin edited."""
    prices = {resource: Decimal(usd) for resource, usd in kind.prices.items()}
    prices.update(Price.objects.filter(kind=kind.kind).values_list("resource", "usd"))
    return prices


def set_prices(kind: ChannelKind, prices: Mapping[str, Decimal]) -> None:
    """Replace the price list of a kind; what was counted before keeps its price."""
    rows = [Price(kind=kind.kind, resource=resource, usd=usd) for resource, usd in prices.items()]
    Price.objects.bulk_create(rows, update_conflicts=True, unique_fields=["kind", "resource"], update_fields=["usd"])


def spend(channel: Channel, uses: Iterable[Use]) -> None:
    """Add what was used to the day's count; what was already paid for today costs nothing again."""
    wanted = {(use.resource, external_id) for use in uses for external_id in use.ids}
    if not wanted:
        return
    today = timezone.now().astimezone(UTC).date()
    fresh = _first_today(channel, today, sorted(wanted))
    if not fresh:
        return
    prices = price_list(channel.spec)
    for resource, count in sorted(fresh.items()):
        _add(channel, today, resource, count, prices.get(resource, Decimal(0)) * count)


def _first_today(channel: Channel, day: date, wanted: list[tuple[str, str]]) -> Counter[str]:
    """Remember the resources as paid for; those that are new today, counted per kind."""
    rows = [SpentOn(channel=channel, day=day, resource=resource, external_id=id_) for resource, id_ in wanted]
    known = set(
        SpentOn.objects.filter(channel=channel, day=day, external_id__in=[row.external_id for row in rows]).values_list(
            "resource", "external_id"
        )
    )
    new = [row for row in rows if (row.resource, row.external_id) not in known]
    SpentOn.objects.bulk_create(new, ignore_conflicts=True)
    return Counter(row.resource for row in new)


def _add(channel: Channel, day: date, resource: str, count: int, usd: Decimal) -> None:
    table = Spending._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (channel_id, day, resource, count, usd) VALUES (%s, %s, %s, %s, %s) "  # noqa: S608
            f"ON CONFLICT (channel_id, day, resource) DO UPDATE "
            f"SET count = {table}.count + EXCLUDED.count, usd = {table}.usd + EXCLUDED.usd",
            [channel.pk, day, resource, count, usd],
        )


def spent_today(channel: Channel) -> Decimal:
    """Dollars of the current UTC day."""
    today = timezone.now().astimezone(UTC).date()
    return Spending.objects.filter(channel=channel, day=today).aggregate(usd=Sum("usd"))["usd"] or Decimal(0)


def midnight() -> datetime:
    """When the network's day ends and the hard limit starts anew."""
    tomorrow = timezone.now().astimezone(UTC).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)


def forget_old() -> int:
    """Drop what was paid for on earlier days: it would cost again anyway."""
    limit = timezone.now().astimezone(UTC).date() - timedelta(days=KEEP_DAYS)
    return SpentOn.objects.filter(day__lt=limit).delete()[0]
