"""Who is one of us: their forwarded mail belongs to the customer who wrote it."""

from tickets.channels.contract import Account

# A domain that anybody can have an address at makes nobody a colleague.
PUBLIC_PROVIDERS = {
    "aol.com", "fastmail.com", "gmail.com", "gmx.at", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com",
    "hotmail.com", "icloud.com", "live.com", "mail.com", "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me",
    "protonmail.com", "t-online.de", "web.de", "yahoo.co.uk", "yahoo.com", "yandex.ru", "zoho.com",
}  # fmt: skip


def is_colleague(address: str, account: Account) -> bool:
    """An address of the option `colleagues` (addresses and domains); without it, of the mailbox's own domain."""
    named = {one.strip().lower().lstrip("@") for one in account.options.get("colleagues", "").split(",") if one.strip()}
    own = account.address.lower().rpartition("@")[2]
    if not named and own not in PUBLIC_PROVIDERS:
        named = {own}
    address = address.lower()
    return address in named or address.rpartition("@")[2] in named
