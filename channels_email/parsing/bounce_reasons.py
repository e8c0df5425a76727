"""Will an address that bounced ever work? Only "no such person" and "no such place" say never."""

import re

_NOT_HARD = re.compile(
    r"mailbox (?:is )?(?:full|over|exceed)|quota|over ?limit|storage|too (?:many|large|big)|size limit|spam|blocked"
    r"|blacklist|block ?list|black ?list|reputation|dmarc|dkim|spf\b|authenticat"
    r"|polic(?:y|ies)|content (?:reject|filter)|virus|relay|try again|temporar|greylist|timed? ?out|time ?out"
    r"|rate limit|throttl|disabled|suspend|inactive|deactivated|deferred"
    r"|ptr\b|reverse dns|not (?:permitted|allowed|authorized)|permission|restricted|access denied"
    r"|connection (?:refused|reset|lost)|loop|too old|expired|retry|insufficient|security"
    r"|rejected (?:by|due to) (?:content|spam|filter)|unsolicited|certificate|tls|resources|low space|no space"
    r"|routing|dns|preferences",
    re.I,
)
_UNKNOWN_USER = re.compile(
    r"(?:user|recipient|mailbox|account|address|addressee|local part|person|box|id|name)[^.\n;]{0,40}(?:unknown"
    r"|not (?:found|exist|known|listed|here|a valid|valid)|does ?n.t exist|does not exist|isn.t|invalid|no longer"
    r"|undeterminable|unavailable)"
    r"|(?:unknown|no such|invalid|bad|non-?existent|unrouteable|undeliverable|unrecognized)[^.\n;]{0,25}(?:user"
    r"|recipient|mailbox|account|address|local|person|destination)"
    r"|doesn.t have an? [^\n]{1,80} account|does not (?:have an account|exist)|no mailbox|not a known user"
    r"|no one (?:here )?by that name|user not|no account|not our customer|not in (?:my|our) directory"
    r"|couldn.t be found|wasn.t found|not a valid (?:mailbox|user|recipient)|no valid recipient|recipient not found"
    r"|resolver\.adr\.recip|recipnotfound|\bvrfy\b|has moved|sorry, no mailbox|no existe|utilisateur inconnu"
    r"|unbekannt|no such person|there is no user|ユーザー?が|見つかりません|メールアドレスは",
    re.I,
)
_UNKNOWN_HOST = re.compile(
    r"(?:host|domain|name)(?: or domain)?(?: name)?[^.\n;]{0,30}(?:unknown|not found|not exist|no such)"
    r"|unknown (?:host|domain)|no such (?:host|domain)|nxdomain|unrouteable (?:mail )?domain|illegal host"
    r"|domain (?:does not|doesn.t) exist"
    r"|name or service not known|nullmx|null mx|does not accept (?:mail|e-?mail)|domain name not found"
    r"|couldn't find any host|recipient domain|no mx",
    re.I,
)
# Refused after the text was sent: the address was accepted first, so it exists.
_AFTER_DATA = re.compile(r"end of data|reply to data|after data|>>> ?data|smtp error .{0,20}data", re.I)
_HARD_STATUS = ("5.1.1", "5.1.2", "5.1.6", "5.1.10", "5.0.1")
# Mailbox full or disabled, system, content and policy; and 5.1.7 and 5.1.8 are about the sender.
_SOFT_CLASSES = ("5.2.", "5.3.", "5.6.", "5.7.", "5.1.7", "5.1.8", "4.", "2.")


def is_hard(status: str, code: str, said: str) -> bool:
    """`said` is what the server said about this address, in words."""
    if status.startswith(_SOFT_CLASSES) or (code.startswith("4") and not status):
        return False
    if status == "5.4.1" and re.search(r"recipient address rejected", said, re.I):
        return True
    unknown = bool(_UNKNOWN_USER.search(said))
    if _AFTER_DATA.search(said) and not status.startswith("5.1."):
        return False
    if _UNKNOWN_HOST.search(said):
        return True
    if status in _HARD_STATUS:
        return unknown or not _NOT_HARD.search(said)
    return unknown and not _NOT_HARD.search(said)
