"""Who asks: `Authorization: Bearer TOKEN`, or the browser's session with its CSRF token."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User


class TokenAuthentication(BaseAuthentication):
    """The first of the two: its header is what a 401 names."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words:
            return None
        if len(words) != 2 or words[0].lower() != b"bearer":
            raise AuthenticationFailed("Write the header as: Authorization: Bearer TOKEN.")
        token = ApiToken.objects.for_secret(words[1].decode("latin-1"))
        if token is None:
            raise AuthenticationFailed("This token is unknown, expired or revoked. Make a new one in your profile.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
