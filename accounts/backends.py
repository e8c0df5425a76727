"""Who a session belongs to."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef

from accounts.models import Membership, User


class SessionBackend(ModelBackend):
    """Django's, which also brings along whether the person leads a team: every page's navigation asks."""

    def get_user(self, user_id: int) -> User | None:
        leads = Membership.objects.filter(user=OuterRef("pk"), is_lead=True)
        # In place of the property of that name.
        user = User.objects.annotate(leads_a_team=Exists(leads)).filter(pk=user_id).first()  # type: ignore[no-redef]
        return user if user and self.user_can_authenticate(user) else None
