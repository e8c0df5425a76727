"""Addresses for the people who work here."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import people, profile, sign_in, teams

urlpatterns = [
    path("welcome/", sign_in.welcome, name="welcome"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("password/forgotten/", sign_in.password_forgotten, name="password-forgotten"),
    path("password/forgotten/sent/", sign_in.password_forgotten_sent, name="password-forgotten-sent"),
    path("password/reset/<uidb64>/<token>/", sign_in.PasswordReset.as_view(), name="password-reset"),
    path("invitation/<uidb64>/<token>/", sign_in.Invitation.as_view(), name="invitation"),
    path("profile/", profile.profile, name="profile"),
    path("profile/availability/", profile.availability, name="availability"),
    path("profile/password/", profile.ChangePassword.as_view(), name="password-change"),
    path("profile/tokens/", profile.make_token, name="make-token"),
    path("profile/tokens/<int:pk>/revocation/", profile.revoke_token, name="revoke-token"),
    path("people/", people.index, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/invitation/", people.send_invitation, name="send-invitation"),
    path("people/<int:pk>/deactivation/", people.deactivate, name="deactivate"),
    path("teams/", teams.index, name="teams"),
    path("teams/new/", teams.new, name="new-team"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/removal/", teams.remove, name="remove-team"),
]
