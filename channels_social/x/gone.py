"""Posts that X no longer shows. Deletions are not announced to those who poll."""

from collections.abc import Iterable

from channels_social.x.client import Client
from channels_social.x.parts import ID
from channels_social.x.shapes import text_of
from tickets.channels.contract import Use

LOOK_UP = 100
DELETED = "The author deleted this post."
PROTECTED = "The author made their posts private."
SUSPENDED = "X suspended the author's account."


def find_gone(client: Client, external_ids: Iterable[str]) -> tuple[dict[str, str], tuple[Use, ...]]:
    """Ids of posts that are gone -> why; what X does not mention at all is left alone."""
    gone: dict[str, str] = {}
    read: list[str] = []
    wanted = [one for one in dict.fromkeys(external_ids) if ID.fullmatch(one)]
    for start in range(0, len(wanted), LOOK_UP):
        ids = wanted[start : start + LOOK_UP]
        answer = client.posts(ids)
        read += [text_of(post, "id") for post in answer.items if isinstance(post, dict)]
        for problem in answer.problems:
            post_id = text_of(problem, "resource_id") or text_of(problem, "value")
            reason = _reason(text_of(problem, "title"), text_of(problem, "detail"))
            if post_id in ids and reason:
                gone[post_id] = reason
    return gone, (Use("post_read", tuple(read)),) if read else ()


def _reason(title: str, detail: str) -> str:
    if "suspended" in detail.lower():
        return SUSPENDED
    return {"Not Found Error": DELETED, "Authorization Error": PROTECTED}.get(title, "")
