"""Routes about people."""

import re
from collections.abc import Iterable

from sandbox.x.model import Account
from sandbox.x.wire.call import Answer, Call
from sandbox.x.wire.problems import invalid, missing
from sandbox.x.wire.render import Page

USERNAME = re.compile(r"[A-Za-z0-9_]{1,15}")


def me(call: Call) -> Answer:
    made = Page(call)
    return Answer(body=made.answer(made.user(call.user)))


def by_ids(call: Call) -> Answer:
    return several(call, "ids", [(value, call.world.accounts.get(int(value))) for value in call.ids("ids")])


def by_usernames(call: Call) -> Answer:
    names = call.ids("usernames", USERNAME)
    return several(call, "usernames", [(name, named(call, name)) for name in names])


def by_id(call: Call, id: str) -> Answer:
    return one(call, "id", id, call.world.accounts.get(call.path_id(id)))


def by_username(call: Call, username: str) -> Answer:
    if not USERNAME.fullmatch(username):
        raise invalid("username", username, f"The `username` query parameter value [{username}] is not valid")
    return one(call, "username", username, named(call, username))


def named(call: Call, name: str) -> Account | None:
    return call.world.accounts.get(call.world.ids_by_name.get(name.lower(), 0))


def one(call: Call, parameter: str, value: str, user: Account | None) -> Answer:
    made = Page(call)
    found = known(made, parameter, value, user)
    return Answer(body=made.answer(made.user(found) if found else None))


def several(call: Call, parameter: str, found: Iterable[tuple[str, Account | None]]) -> Answer:
    made = Page(call)
    users = [known(made, parameter, value, user) for value, user in found]
    return Answer(body=made.answer([made.user(user) for user in users if user]))


def known(made: Page, parameter: str, value: str, user: Account | None) -> Account | None:
    """The account if it can be seen, else a partial error in the answer."""
    if user and not user.gone:
        return user
    reason = "suspended" if user and user.suspended else "gone"
    made.errors.append(missing("user", parameter, value, reason=reason))
    return None
