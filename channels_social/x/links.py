"""Which parts of a text X turns into links: what X counts as 23 characters and what makes a post dear.

The rules are those of twitter-text's conformance cases (Apache-2.0): a known top-level domain is needed even behind
`https://`, a bare domain counts when it is written in Latin letters, and an `@`, `#` or letter before it spoils it.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

MAX_URL = 4096
MAX_LABEL = 63
MAX_TCO_SLUG = 40
LONGEST_TLD = 20

_SPACES = r"\x09-\x0D\x20\x85\xA0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
_INVALID = r"\uFFFE\uFEFF\uFFFF"
_DIRECTIONAL = r"\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069"
_LATIN = (
    r"\xC0-\xD6\xD8-\xF6\xF8-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268\u026F\u0272\u0289\u028B\u02BB"
    r"\u0300-\u036F\u1E00-\u1EFF"
)
_DOMAIN_CHAR = rf"[^!'#%&()*+,\\\-./:;<=>?@\[\]^_{{|}}~${_SPACES}{_INVALID}{_DIRECTIONAL}]"
# Possessive, so that a long text without a dot is walked once.
_LABEL = rf"{_DOMAIN_CHAR}(?:{_DOMAIN_CHAR}|[-_]++(?={_DOMAIN_CHAR}))*+"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*+")
_PROTOCOL = re.compile(r"https?://\Z", re.IGNORECASE)
_SPOILS = re.compile(rf"[A-Za-z0-9@＠$#＃{_INVALID}]")
_AFTER_TLD = re.compile(r"[0-9a-zA-Z@+-]")
_ASCII_LABEL = re.compile(r"[a-z0-9-]+", re.IGNORECASE)
_LATIN_NAME = re.compile(rf"(?:[-a-z0-9{_LATIN}]+\.)+", re.IGNORECASE)

_PATH_CHAR = rf"[a-z\u0400-\u04FF0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_PARENS = rf"\((?:{_PATH_CHAR}+|{_PATH_CHAR}*\({_PATH_CHAR}+\){_PATH_CHAR}*)\)"
_PATH_END = rf"(?:[+\-a-z\u0400-\u04FF0-9=_#/{_LATIN}]|{_PARENS})"
_PATH = rf"(?:{_PATH_CHAR}*(?:{_PARENS}{_PATH_CHAR}*)*{_PATH_END}|@{_PATH_CHAR}+/)"
_QUERY = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"
_TAIL = re.compile(rf"(?::[0-9]+)?(?P<path>/{_PATH}*)?(?:{_QUERY})?", re.IGNORECASE)
_TCO = re.compile(rf"https?://t\.co/([a-z0-9]+)(?:{_QUERY})?", re.IGNORECASE)


def find_links(text: str) -> list[tuple[int, int]]:
    """Start and end (code points) of everything in `text` that X makes a link of, in order."""
    links: list[tuple[int, int]] = []
    position = 0
    while run := _HOST.search(text, position):
        # Behind a link the next one begins after a character of its own.
        start = run.start() + 1 if 0 < run.start() == position else run.start()
        position = run.end()
        if "." in run[0]:
            found, position = _links_in(text, start, run.end())
            links += found
    return links


def _links_in(text: str, start: int, end: int) -> tuple[list[tuple[int, int]], int]:
    """The links that begin in one run of host characters, and where the text was read to."""
    protocol = _PROTOCOL.search(text, max(0, start - 8), start)
    if protocol and _spoiled(text, protocol.start()):
        return [], end
    if not protocol:
        while start < end and _spoiled(text, start):
            start += 1
    host_end = _domain_end(text, start, end)
    if host_end is None:
        return [], end
    tail = _TAIL.match(text, host_end)
    url_end = tail.end() if tail else host_end
    if not _resolvable(text[start:host_end], url_end - start + len(protocol[0] if protocol else "https://")):
        return [], url_end
    if protocol:
        return _with_protocol(text, protocol.start(), url_end), url_end
    if text[start - 1 : start] in ("-", "_", ".", "/"):
        return [], url_end
    links = list(_latin_domains(text, start, host_end))
    if links and tail and tail["path"]:
        links[-1] = (links[-1][0], url_end)
    return links, url_end


def _spoiled(text: str, start: int) -> bool:
    return start > 0 and bool(_SPOILS.match(text[start - 1]))


def _with_protocol(text: str, start: int, end: int) -> list[tuple[int, int]]:
    short = _TCO.match(text, start, end)
    if short and len(short[1]) > MAX_TCO_SLUG:
        return []
    return [(start, short.end() if short else end)]


def _domain_end(text: str, start: int, end: int) -> int | None:
    """Where the longest domain that starts at `start` ends, or None."""
    dots = [start + at for at, char in enumerate(text[start:end]) if char == "."]
    for number in range(len(dots) - 1, -1, -1):
        name = text[dots[number - 1] + 1 if number else start : dots[number]]
        tld_end = _tld_end(text, dots[number] + 1)
        if name and "_" not in name and tld_end:
            return tld_end
    return None


def _tld_end(text: str, start: int) -> int | None:
    """Where a known top-level domain at `start` ends; what follows must not continue the word."""
    ascii_label = _ASCII_LABEL.match(text, start)
    if ascii_label:
        end = ascii_label.end()
        known = ascii_label[0].lower().startswith("xn--") or ascii_label[0].lower() in _tlds()
        return end if known and not _AFTER_TLD.match(text, end) else None
    for end in range(min(len(text), start + LONGEST_TLD), start, -1):
        if text[start:end].lower() in _tlds() and not _AFTER_TLD.match(text, end):
            return end
    return None


def _latin_domains(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The Latin domains inside a domain that may have other letters before or between them."""
    while name := _LATIN_NAME.search(text, start, end):
        start = name.end()
        dots = [at for at in range(name.start(), name.end()) if text[at] == "."]
        for dot in reversed(dots):
            tld_end = _tld_end(text[:end], dot + 1)
            if tld_end:
                yield name.start(), tld_end
                start = tld_end
                break


def _resolvable(host: str, url_length: int) -> bool:
    """DNS allows 63 octets a label, counted as they are sent."""
    labels = [label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in host.split(".")]
    if host.startswith("xn--") and not host.isascii():
        return False
    grown = sum(map(len, labels)) - len(host.replace(".", ""))
    return all(1 <= len(label) <= MAX_LABEL for label in labels) and url_length + grown <= MAX_URL


@cache
def _tlds() -> frozenset[str]:
    """Top-level domains in use, from the public suffix list (also the few that are listed by second level only)."""
    rules = (files("publicsuffixlist") / "public_suffix_list.dat").read_text("utf-8")
    icann, _, _ = rules.partition("===END ICANN DOMAINS===")
    return frozenset(
        line.strip().rpartition(".")[2].lower() for line in icann.splitlines() if line and not line.startswith("//")
    )
