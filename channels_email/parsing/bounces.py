"""Mail about mail: who could not be reached, and will trying again help?"""

import json
import re
from dataclasses import dataclass

from channels_email.parsing.bodies import Bodies
from channels_email.parsing.bounce_reasons import is_hard
from channels_email.parsing.headers import Headers, addresses, decode_bytes, message_ids, read_headers
from channels_email.parsing.languages import FORWARD_PREFIXES, REPLY_PREFIXES
from channels_email.parsing.mime import Part

BOUNCE, SOFT_BOUNCE, FEEDBACK, DELIVERED = "bounce", "soft_bounce", "feedback_report", "delivered"
_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|post[-_. ]?master|mail ?delivery|delivery ?(?:sub)?system|mail ?(?:sub)?system"
    r"|mail[-_.]?admin|mail-?server"
    r"|<>|delivery.?status|microsoftexchange|mmdf|mail router|symantec|messagelabs|autoreply-noreply|bounce|mdaemon"
    r"|system administrator"
    r"|mail administrator|mailadm|daemon@|no-?reply@(?:sns|facebook)|uucp",
    re.I,
)
_SUBJECT = re.compile(
    r"undeliver|delivery[ -](?:status|failure|failed|error|problem|has failed|report|notification)|returned (?:mail"
    r"|message|to sender)|return(?:ed)? mail"
    r"|failure (?:notice|delivery|notification)|fail(?:ed|ure)[^:]{0,30}deliver|mail(?:ing)? (?:delivery|system"
    r"|failure|error|transmission)|(?:could|can)(?: ?not|'t)[^:]{0,30}deliver"
    r"|non[- ]?deliver|ndn\b|you are not a member|message log|ndr\b|unzustellbar|nicht zustellbar|zustell(?:ung"
    r"|ungs)?[^:]{0,20}fehl|unable to deliver|user unknown|warning: (?:message|could not)"
    r"|notice of (?:abnormal|non)|not delivered|rejected (?:mail|message)|mail could not|delayed|delivery.{0,20}delay"
    r"|message (?:status|not sent|rejected)"
    r"|nondeliverable|échec|non remis|no se (?:ha )?(?:pudo|puede) entregar|mancata consegna|недостав"
    r"|сообщение не доставлено|配信|エラー|送信でき|退信|bounce",
    re.I,
)
_PHRASE = re.compile(
    r"could(?: not|n't) be delivered|(?:was|were) not delivered|not deliver(?:ed|able)|un(?:able"
    r"|successful) to deliver|deliver[^.\n]{0,40}(?:fail|permanent|error)"
    r"|failed to deliver|permanent (?:fatal )?error|fatal error|failed recipient|has been rejected"
    r"|did not reach the following|user unknown|unknown user|no such user"
    r"|mailbox (?:is )?(?:full|unavailable|not found)|recipient (?:address )?(?:rejected|unknown|not)"
    r"|i'm afraid i wasn't able|undeliver|returned to (?:you|sender)"
    r"|following address(?:es)? (?:had|failed|have)|reason for (?:the )?(?:failure|non)|transcript of session"
    r"|retry timeout exceeded|over quota|diagnostic"
    r"|message (?:was )?(?:rejected|refused|blocked|delayed)|will (?:continue to )?retry|connection (?:refused"
    r"|timed out)|host (?:or domain name )?(?:not found|unknown)"
    r"|宛先|配信でき|送信でき|届けることが|見つかりません|受け取れ|転送でき|this is a permanent"
    r"|relay(?:ing)? (?:denied|not)|address(?:es)? (?:was"
    r"|were) not|not known at|delivery to the following"
    r"|não (?:pôde|foi)|no pudo|не доставлено|konnte nicht|n'a pas pu",
    re.I,
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.\-/:@])([45][0-5]\d)(?=[ \-,;:)][^\d]|[ \-](?:#?[45]\.))(?![.\d])")
_ADDRESS = re.compile(r"<?([A-Za-z0-9._%+=&'*/!#$?^{}|~-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252})>?")
_ORIGINAL = re.compile(
    r"^\W{0,10}(?:(?:original|returned|unsent|undelivered|rejected) (?:message|mail|text|headers)|(?:below"
    r"|following) (?:this line )?is (?:a copy|the)|copy of (?:the|your)"
    r"|this is a copy of|message (?:headers?|text|follows)|begin (?:unsent|original)|the (?:body|header) of"
    r"|received: (?:from|by)|return-path:|your message (?:reads|follows|headers)"
    r"|message from |unsent message|original mail follows)|^-{5,80}[^\n-]{0,60}(?:original|copy|return|header)",
    re.I | re.M,
)
_HEADERISH = re.compile(r"\n\n?(?:Received|Return-Path|Message-I[dD]|Delivered-To):\s")
_DELAYED = re.compile(
    r"has (?:been|not yet been) delayed|been delayed|message will be retried|will (?:continue"
    r"|keep) (?:to )?(?:be )?(?:try|retr)|warning message only|temporary failure|not yet been delivered"
    r"|failing for a long time|still being retried",
    re.I,
)
_HEADING = re.compile(r"^[ \t]*<([^<>\s@]{1,64}@[^<>\s]{1,253})>(?:[ \t]*:|[ \t]*$)", re.M)
# Somebody writes about a bounce, or passes one on.
_ANSWER = re.compile(rf"\s*(?:{REPLY_PREFIXES}|{FORWARD_PREFIXES})\s?:", re.I)
_QUOTED_ID = re.compile(r"^[> \t]*Message-ID:\s*<([^<>\s]{1,253})>", re.M | re.I)
_FIELD_BREAK = re.compile(r"\n[ \t]*\n")
_MAX_RECIPIENTS = 200
_MAX_TEXT = 100_000


@dataclass(frozen=True)
class Recipient:
    """What became of the mail to one address. `hard`: the address will never work."""

    address: str
    status: str
    code: str
    hard: bool


@dataclass(frozen=True)
class Report:
    kind: str
    recipients: list[Recipient]


def read_report(root: Part, bodies: Bodies) -> Report | None:
    """What this mail reports about another; None when it is no report."""
    parts, written = list(root.walk()), bodies.text[:_MAX_TEXT]
    feedback = next((part for part in parts if part.content_type == "message/feedback-report"), None)
    if feedback or root.param("report-type").lower() == "feedback-report" or _is_complaint(root.headers, written):
        return Report(FEEDBACK, _complained(feedback, parts))
    status_parts = [
        part for part in parts if part.content_type in ("message/delivery-status", "message/global-delivery-status")
    ]
    text = _own_text(written)
    for part in status_parts:
        report = _from_fields(_text_of(part), text)
        if report:
            return report
    notified = _from_notification(written)
    if notified:
        return notified
    embedded = _from_fields(_embedded_fields(written), text)
    if embedded:
        return embedded
    return _from_text(root.headers, text) if _looks_like_bounce(root, text, bool(status_parts)) else None


def _text_of(part: Part) -> str:
    return decode_bytes(part.content()[:200_000], part.charset).replace("\r\n", "\n")


def _from_fields(text: str, explanation: str) -> Report | None:
    """RFC 3464: groups of fields, one group a recipient."""
    recipients: list[Recipient] = []
    actions: list[str] = []
    for group in _FIELD_BREAK.split(text.strip() + "\n"):
        fields, _ = read_headers(group.encode() + b"\n", 0, len(group.encode()) + 1)
        address = _printed(fields.get("final-recipient") or fields.get("original-recipient"))
        if not address and "status" not in fields and "action" not in fields:
            continue
        action = fields.get("action").split()[:1]
        diagnostic = fields.get("diagnostic-code")
        recipients.append(_verdict(address, diagnostic, explanation, status=fields.get("status")))
        actions += [action[0].lower()] if action else []
    if not recipients:
        return None
    if actions and all(action in ("delivered", "relayed", "expanded") for action in actions):
        return Report(DELIVERED, recipients)
    return Report(
        _kind(recipients, delayed=bool(actions) and set(actions) == {"delayed"}), recipients[:_MAX_RECIPIENTS]
    )


def _printed(value: str) -> str:
    """The address of "rfc822; jo@acme.example"."""
    address = value.split(";", 1)[-1].strip().strip("<>")
    return address if "@" in address else ""


def _verdict(address: str, diagnostic: str, explanation: str, status: str = "") -> Recipient:
    """The diagnostic says more than the status field, which many servers fill with a general 5.0.0."""
    declared = next(iter(_STATUS.findall(status)), "")
    said = next((found for found in _STATUS.findall(diagnostic)), "")
    if declared.endswith(".0.0") or not declared or said[:1] != declared[:1]:
        declared = said or declared
    code = next(iter(_CODE.findall(diagnostic)), "") or next(iter(_CODE.findall(explanation)), "")
    status = declared or next(iter(_STATUS.findall(explanation)), "")
    said = diagnostic if len(diagnostic) > 20 else f"{diagnostic} {explanation}"
    if "data command" in explanation.lower():
        said += " (in reply to DATA)"
    return Recipient(address, status, code, is_hard(status, code, " ".join(said[:20_000].split())))


def _kind(recipients: list[Recipient], delayed: bool = False) -> str:
    permanent = any((person.status or person.code or "5").startswith("5") for person in recipients)
    return BOUNCE if permanent and not delayed else SOFT_BOUNCE


def _embedded_fields(text: str) -> str:
    """Delivery status fields that were flattened into the text on the way."""
    at = min((at for at in (text.find("Final-Recipient:"), text.find("Reporting-MTA:")) if at >= 0), default=-1)
    return text[at : at + 20_000] if at >= 0 and "\nStatus:" in text[at:] else ""


def _own_text(text: str) -> str:
    """What the mail system wrote, without the mail that it returns."""
    ends = [match.start() for match in (_ORIGINAL.search(text, 1), _HEADERISH.search(text)) if match]
    own = text[: min(ends)] if ends else text
    return own if own.strip() else text[:5_000]


def _looks_like_bounce(root: Part, text: str, has_status: bool) -> bool:
    headers = root.headers
    if has_status or headers.get("x-failed-recipients"):
        return True
    sender = headers.text("from") + " " + headers.text("sender")
    by_daemon = bool(_DAEMON.search(sender)) or headers.get("return-path").strip() in ("<>", "<MAILER-DAEMON>")
    if not by_daemon and _ANSWER.match(headers.text("subject")):
        return False
    signs = by_daemon + bool(_SUBJECT.search(headers.text("subject"))) + bool(_PHRASE.search(text[:20_000]))
    if root.param("report-type").lower() == "delivery-status":
        signs += 1
    return signs >= 2 and (by_daemon or bool(_CODE.search(text) or _STATUS.search(text)))


def _from_text(headers: Headers, text: str) -> Report:
    """A bounce in prose."""
    delayed = bool(_DELAYED.search(text))
    said = _said_of_each(text) or dict.fromkeys(_named(headers, text), text) or {"": text}
    recipients = [_verdict(address, reason, text) for address, reason in said.items()]
    return Report(_kind(recipients, delayed), recipients[:_MAX_RECIPIENTS])


def _said_of_each(text: str) -> dict[str, str]:
    """Address -> reason, where each address has a line of its own above its reason (qmail, Postfix, OpenSMTPD)."""
    found = list(_HEADING.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return {match[1]: text[match.end() : end] for match, end in zip(found, ends, strict=False)}


def _named(headers: Headers, text: str) -> list[str]:
    failed = headers.get("x-failed-recipients").replace(",", " ").split()
    if failed:
        return [address for address in dict.fromkeys(failed) if "@" in address]
    own = {person.address.lower() for name in ("from", "to", "reply-to") for person in addresses(headers, name)}
    named = [found.rstrip(".") for found in _ADDRESS.findall(text[:20_000]) if found.lower() not in own]
    return [address for address in named if not _DAEMON.search(address)][:1]


def _from_notification(text: str) -> Report | None:
    """Amazon SES writes its reports as JSON."""
    at = text.find('{"notificationType"')
    if not 0 <= at < 1_000:
        return None
    try:
        notice = json.JSONDecoder().raw_decode(text[at:])[0]
        kind = notice["notificationType"]
        if kind == "Delivery":
            return Report(DELIVERED, [Recipient(to, "", "", False) for to in notice["delivery"]["recipients"]])
        bounce = notice.get("bounce") or {}
        said = [
            _verdict(person["emailAddress"], person.get("diagnosticCode", ""), "", person.get("status", ""))
            for person in bounce.get("bouncedRecipients", [])
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return (
        Report(SOFT_BOUNCE if bounce.get("bounceType") == "Transient" else BOUNCE, said) if kind == "Bounce" else None
    )


def returned_id(root: Part, text: str) -> str:
    """The Message-ID of the mail that a report returns; empty when it does not."""
    for part in root.walk():
        if part.is_message and part.children:
            inner = part.children[0].headers
        elif part.content_type == "text/rfc822-headers" or part.content_type == "message/rfc822-headers":
            content = part.content()[:_MAX_TEXT]
            inner, _ = read_headers(content, 0, len(content))
        else:
            continue
        found = message_ids(inner, "message-id")
        if found:
            return found[0]
    own = set(message_ids(root.headers, "message-id"))
    quoted = [f"<{id_}>" for id_ in _QUOTED_ID.findall(text[:_MAX_TEXT])]
    return next((id_ for id_ in quoted if id_ not in own), "")


def _is_complaint(headers: Headers, text: str) -> bool:
    if "x-hmxmroriginalrecipient" in headers or "x-apple-unsubscribe" in headers:
        return True
    if "This is an email abuse report" in text[:2_000] or '"notificationType":"Complaint"' in text[:5_000]:
        return True
    return headers.text("subject").lower().startswith("complaint about message from")


def _complained(feedback: Part | None, parts: list[Part]) -> list[Recipient]:
    """Who complained, as far as the report tells; providers often remove it."""
    found: list[str] = []
    if feedback:
        for group in _FIELD_BREAK.split(_text_of(feedback)):
            fields, _ = read_headers(group.encode() + b"\n", 0, len(group.encode()) + 1)
            for name in ("original-rcpt-to", "removal-recipient"):
                found += [value.strip().strip("<>") for value in fields.get_all(name)]
    for part in parts:
        found += [
            value.strip() for child in part.children for value in child.headers.get_all("x-hmxmroriginalrecipient")
        ]
    unique = list(dict.fromkeys(address for address in found if "@" in address)) or [""]
    return [Recipient(address, "", "", False) for address in unique[:_MAX_RECIPIENTS]]
