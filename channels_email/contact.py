"""What somebody writes in the contact form becomes a raw mail, and goes the way of every mail."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID

from channels_email.adapter import SITE
from channels_email.normalise import CONTACT
from channels_email.receive import receive
from tickets.models import Channel


def sites(channel: Channel) -> list[str]:
    """The origins whose pages may show the form; none where there is no form."""
    return re.findall(SITE, channel.options.get("contact_sites", ""))


def write(channel: Channel, *, id: UUID, name: str, email: str, subject: str, text: str) -> None:
    """Stored before this returns; the same form sent twice is one mail."""
    local, _, domain = email.rpartition("@")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(name, local, domain)
    mail["To"] = channel.address
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{id}@contact.invalid>"
    mail.set_content(text, cte="base64")
    receive(channel, mail.as_bytes(), folder=CONTACT)
