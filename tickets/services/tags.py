"""Tags as such: another name, one instead of two, none. What tickets lose or get is on their record."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from tickets.models import Macro, Rule, SavedView, Tag, Ticket, Webhook
from tickets.services.errors import Refused
from tickets.services.events import changed, event, record

# Where tags are kept by their names: the column with `{"tag": [names]}`.
_FILTERS: tuple[tuple[type[SavedView] | type[Webhook] | type[Rule], str], ...] = (
    (SavedView, "filters"),
    (Webhook, "filters"),
    (Rule, "conditions"),
)


def rename(tag: Tag, name: str) -> None:
    """Everywhere, also in views, rules and webhooks. Raises Refused where there is another tag of this name."""
    with transaction.atomic():
        if Tag.objects.filter(name=name).exclude(pk=tag.pk).exists():
            raise Refused(f"There is a tag “{name}”. Merge this one into it instead.")
        _instead(tag.name, [name])
        Tag.objects.filter(pk=tag.pk).update(name=name)
        changed(tag.ticket_set.values_list("pk", flat=True))


def merge(tag: Tag, into: Tag, by: User) -> None:
    """What has the one has the other instead. Raises Refused for the same tag."""
    if tag.pk == into.pk:
        raise Refused("A tag cannot be merged into itself.")
    with transaction.atomic():
        without = list(tag.ticket_set.exclude(pk__in=into.ticket_set.values("pk")).select_for_update())
        for ticket in without:
            ticket.tags.add(into)
        record([event(ticket, "tagged", by=by, tags=[into.pk]) for ticket in without])
        for model in (Macro, Rule):
            for one in model.objects.filter(tags=tag):
                one.tags.add(into)
        _instead(tag.name, [into.name])
        _remove(tag, by)


def remove(tag: Tag, by: User) -> None:
    """From every ticket, macro, rule and view. Raises Refused while a view, rule or webhook looks for it alone."""
    with transaction.atomic():
        for model, column in _FILTERS:
            for one in model.objects.filter(**{f"{column}__tag": [tag.name]}):
                raise Refused(f"“{one}” looks for this tag. Change that first, or merge the tag into another.")
        _instead(tag.name, [])
        _remove(tag, by)


def _remove(tag: Tag, by: User) -> None:
    tickets: list[Ticket] = list(tag.ticket_set.select_for_update())
    record([event(ticket, "untagged", by=by, tags=[tag.pk]) for ticket in tickets])
    tag.delete()
    changed([ticket.pk for ticket in tickets])


def _instead(name: str, instead: Iterable[str]) -> None:
    for model, column in _FILTERS:
        for one in model.objects.filter(**{f"{column}__tag__contains": [name]}):
            values = getattr(one, column)
            values["tag"] = list(dict.fromkeys([*(old for old in values["tag"] if old != name), *instead]))
            one.save(update_fields=[column])
