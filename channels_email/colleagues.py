"""Who is one of us: their forwarded mail belongs to the customer who wrote it."""

from channels_email.screening import is_named
from tickets.channels.contract import Account

# A domain that anybody can have an address at makes nobody a colleague.
PUBLIC_PROVIDERS = {
    "aol.com", "fastmail.com", "gmail.com", "gmx.at", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com",
    "hotmail.com", "icloud.com", "live.com", "mail.com", "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me",
    "protonmail.com", "t-online.de", "web.de", "yahoo.co.uk", "yahoo.com", "yandex.ru", "zoho.com",
}  # fmt: skip


def is_colleague(address: str, account: Account) -> bool:
    """An address of the option `colleagues` (addresses and domains); without it, of the mailbox's own domain."""
    own = account.address.lower().rpartition("@")[2]
    named = account.options.get("colleagues", "").strip() or ("" if own in PUBLIC_PROVIDERS else own)
    return is_named(address, named)
