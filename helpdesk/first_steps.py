"""What an admin of a new helpdesk does before the first ticket comes."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.permissions import ADMINS
from metrics.models import SlaPolicyVersion
from tickets.models import Channel, Ticket


@dataclass(frozen=True)
class Step:
    label: str
    url: str
    done: bool


def first_steps(person: object) -> list[Step]:
    """Empty for everybody but admins, once a ticket is there, and when all is done."""
    if not isinstance(person, User) or person.role not in ADMINS or Ticket.objects.exists():
        return []
    steps = [
        Step(_("Connect a channel"), reverse("channels"), Channel.objects.exists()),
        Step(_("Invite your colleagues"), reverse("people"), User.objects.exclude(pk=person.pk).exists()),
        Step(_("Make teams"), reverse("teams"), Team.objects.exists()),
        # Those that we ship hold since ever.
        Step(
            _("Set what you promise"), reverse("policies"), SlaPolicyVersion.objects.exclude(valid_from=None).exists()
        ),
    ]
    return [] if all(step.done for step in steps) else steps
