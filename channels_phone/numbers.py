"""Telephone numbers as people write them, and as E.164."""

import phonenumbers
from django.conf import settings


class NotANumber(ValueError):
    """`args[0]` says in words what is wrong."""


def e164(written: str, region: str = "") -> str:
    """`+442079460812` for whatever way it was written. Raises NotANumber.

    Without a leading + the number is read as one of `region` (default: PHONE_REGION of the settings).
    """
    region = region or settings.PHONE_REGION
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        raise NotANumber(f"“{written}” is no telephone number. Write it as +44 20 7946 0812.") from None
    if not phonenumbers.is_possible_number(number):
        raise NotANumber(
            f"“{written}” has too few or too many digits. Write it with its country, such as +44 20 7946 0812."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(number: str) -> str:
    """`+44 20 7946 0812` for an E.164 number; anything else stays as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number
