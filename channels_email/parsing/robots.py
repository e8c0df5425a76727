"""Did a program send this, and may a program answer it? (RFC 3834 and what is used instead of it.)"""

import re

from channels_email.parsing.headers import Headers, addresses

_AWAY_SUBJECT = re.compile(
    r"^\W{0,3}(?:(?:re|aw|fwd?)\s?:\s*)*(?:out[ -]of[ -](?:the[ -])?office|automatic reply|auto(?:mated"
    r"|matic)?[ -]?(?:reply|response|antwort|svar)"
    r"|autoreply|away from (?:my|the) (?:mail|office|desk)|on (?:vacation|holiday|leave|annual leave)\s*(?:$|[:(–-]"
    r"|until|till|from|this)|vacation (?:reply|response|message)"
    r"|abwesenheits?(?:notiz|nachricht|benachrichtigung|assistent)?|automatische (?:antwort|abwesenheit)"
    r"|nicht im (?:büro|hause)|ausser haus"
    r"|réponse automatique|absence du bureau|absent\(?e?\)? du bureau|message d.absence|respuesta automática"
    r"|fuera de (?:la )?oficina"
    r"|risposta automatica|fuori (?:sede|ufficio)|assente dall.ufficio|automatisch antwoord|afwezig(?:heidsbericht)?"
    r"|autosvar|frånvaro(?:meddelande)?|automatiskt svar|automatisk svar|fravær|fraværsmelding|automaattinen vastaus"
    r"|poissa"
    r"|resposta automática|fora do escritório|ausência temporária|autoodpowiedź|odpowiedź automatyczna|nieobecno"
    r"|automatická odpověď"
    r"|mimo kancelář|automatikus válasz|házon kívül|automatische reactie|răspuns automat|автоответ"
    r"|автоматический ответ|автоматична відповідь"
    r"|otomatik yanıt|ofis dışında|自動(?:返信|応答)|不在|自动(?:回复|答复)|외출|자동 ?(?:회신|응답))",
    re.I,
)
_AWAY_HEADERS = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-auto-reply", "x-vacation", "x-mdautoresponse")
_ROBOT_SENDER = re.compile(
    r"^(?:(?:no|do[-_.]?not|dont|never)[-_.]?(?:reply|respond|answer)|noreply|mailer[-_.]?daemon|postmaster|bounces?"
    r"|daemon|root"
    r"|listserv|majordomo|nobody|notifications?|owner-.*|.*-(?:request|owner|bounces?|return)"
    r"|double-bounce)(?:[-+=.]?[^@]*)?@",
    re.I,
)
_LIST_HEADERS = ("list-id", "list-unsubscribe", "list-post", "list-help", "mailing-list", "x-mailing-list", "x-loop")


def is_auto_reply(headers: Headers) -> bool:
    """A vacation note or another answer that nobody wrote."""
    submitted = headers.get("auto-submitted").lower()
    if submitted.startswith("auto-replied") or any(name in headers for name in _AWAY_HEADERS):
        return True
    if headers.get("precedence").strip().lower() == "auto_reply" or "vacation" in headers.get("x-mailer").lower():
        return True
    return bool(_AWAY_SUBJECT.match(headers.text("subject")))


def may_auto_reply(headers: Headers) -> bool:
    """False for whatever a program sent or many people get: an automatic answer could start a loop."""
    if headers.get("auto-submitted").lower().strip() not in ("", "no"):
        return False
    if headers.get("precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return False
    if any(name in headers for name in (*_LIST_HEADERS, *_AWAY_HEADERS)):
        return False
    if headers.get("x-auto-response-suppress").strip().lower() not in ("", "none"):
        return False
    if headers.get("return-path").strip() == "<>" or headers.get("x-failed-recipients"):
        return False
    if headers.get("x-spam-flag").strip().lower() == "yes" or is_auto_reply(headers):
        return False
    senders = addresses(headers, "reply-to") or addresses(headers, "from")
    return bool(senders) and not any(_ROBOT_SENDER.match(sender.address) for sender in senders)
