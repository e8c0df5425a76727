"""Who wrote: identities found or made, their rows locked until the batch is stored."""

from django.db.models import F, Q

from tickets.channels.contract import Person
from tickets.models import Customer, Identity, IdentityChannel
from tickets.services.ingest.batch import Batch, Draft


def resolve(batch: Batch, drafts: list[Draft]) -> list[Draft]:
    """Give every draft its author and party; returns those whose author is not blocked."""
    persons: dict[str, Person] = {}
    for draft in drafts:
        for person in _persons(draft):
            persons[person.external_id] = person
    identities = find_or_create(batch.channel.kind, persons)
    _note_private(batch, persons, identities)
    welcome = []
    for draft in drafts:
        inbound = draft.inbound
        party = inbound.party if draft.is_ours else (inbound.party or inbound.author)
        draft.party = identities[party.external_id] if party else None
        draft.author = None if draft.is_ours else identities[inbound.author.external_id]
        if draft.author and draft.author.blocked_at:
            batch.ignore(draft.item, "blocked_author")
        else:
            welcome.append(draft)
    return welcome


def _persons(draft: Draft) -> list[Person]:
    inbound = draft.inbound
    people = [] if draft.is_ours else [inbound.author]
    if inbound.party:
        people.append(inbound.party)
    return people + list(inbound.cc)


def find_or_create(kind: str, persons: dict[str, Person]) -> dict[str, Identity]:
    """External id -> identity. The rows stay locked, so that two messages of one person cannot open two tickets."""
    identities = _locked(kind, set(persons))
    # In one order everywhere: two channels that meet the same strangers do not wait for each other.
    missing = [persons[id_] for id_ in sorted(persons.keys() - identities.keys())]
    if missing:
        _create(kind, missing)
        identities |= _locked(kind, {person.external_id for person in missing})
    _refresh(identities, persons)
    return identities


def _locked(kind: str, ids: set[str]) -> dict[str, Identity]:
    # The key stays: an agent's answer, which refers to the person, does not wait for this.
    rows = Identity.objects.select_for_update(no_key=True).filter(kind=kind, scope="", external_id__in=ids)
    rows = rows.order_by("id")
    return {row.external_id: row for row in rows}


def _create(kind: str, persons: list[Person]) -> None:
    customers = Customer.objects.bulk_create(
        [Customer(name=_fit(person.name or person.handle or person.external_id)) for person in persons]
    )
    Identity.objects.bulk_create(
        [
            Identity(
                customer=customer,
                kind=kind,
                external_id=person.external_id,
                handle=_fit(person.handle),
                name=_fit(person.name),
                followers=person.followers,
                verified=person.verified,
            )
            for customer, person in zip(customers, persons, strict=True)
        ],
        ignore_conflicts=True,
    )
    # Where another channel was faster with the same person, our customer stays without an identity.
    Customer.objects.filter(pk__in=[customer.pk for customer in customers], identities=None).delete()


def _refresh(identities: dict[str, Identity], persons: dict[str, Person]) -> None:
    """Names, handles and followers change on the network; what it did not report stays."""
    stale, unnamed = [], {}
    for id_, person in persons.items():
        identity = identities[id_]
        if person.name and not identity.name:
            unnamed[identity.customer_id] = _fit(person.name)
        now = (
            _fit(person.name) or identity.name,
            _fit(person.handle) or identity.handle,
            identity.followers if person.followers is None else person.followers,
            person.verified or identity.verified,
        )
        if now != (identity.name, identity.handle, identity.followers, identity.verified):
            identity.name, identity.handle, identity.followers, identity.verified = now
            stale.append(identity)
    Identity.objects.bulk_update(stale, ["name", "handle", "followers", "verified"])
    _name_customers(unnamed)


def _name_customers(names: dict[int, str]) -> None:
    """A customer who was known by an id or a handle only gets the name that the network has told now."""
    if not names:
        return
    nameless = Customer.objects.filter(pk__in=names).filter(
        Q(name="") | Q(name=F("identities__external_id")) | Q(name=F("identities__handle"))
    )
    customers = list(nameless.distinct())
    for customer in customers:
        customer.name = names[customer.pk]
    Customer.objects.bulk_update(customers, ["name"])


def _note_private(batch: Batch, persons: dict[str, Person], identities: dict[str, Identity]) -> None:
    rows = [
        IdentityChannel(identity=identities[id_], channel=batch.channel, private_open=person.accepts_private)
        for id_, person in persons.items()
        if person.accepts_private is not None
    ]
    IdentityChannel.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["identity", "channel"], update_fields=["private_open"]
    )


def _fit(text: str) -> str:
    return text.replace("\x00", "")[:255]
