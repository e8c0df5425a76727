"""HTML of strangers: sanitised for showing, and as plain text for reading, searching and finding quotes."""

import html as entities
import re

import nh3

from channels_email.parsing import limits

_TAGS = {
    "a", "abbr", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup",
    "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
    "var",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
    "ol": {"start", "type"},
    "font": {"color"},
    "*": {"dir", "lang"},
}
# Where mail programs say "from here on it is a quotation".
QUOTE_CLASSES = {
    "gmail_quote", "gmail_extra", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote",
    "zmail_extra", "tutanota_quote", "mail-quote", "OutlookMessageHeader", "quote", "WordSection1-quote",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_VOID = {"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "source", "param", "embed"}
_IMPLIED = {"p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dd", "dt", "option", "html", "body", "head"}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)([^<>]*)>")
_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s+[^\s=<>\"]+(?:=\"[^\"]*\")?)*)\s*/?>|([^<]+|<)")
_HREF = re.compile(r"\shref=\"([^\"]*)\"")
_ALT = re.compile(r"\salt=\"([^\"]*)\"")
_BLOCK = {
    "address", "blockquote", "center", "dd", "details", "div", "dl", "dt", "figure", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "li", "ol", "pre", "summary", "table", "tr", "ul",
}  # fmt: skip
_INVISIBLE = (("<!--", "-->"), ("<style", "</style"), ("<script", "</script"), ("<head", "</head"))
# Open tags of these are opened again in every paragraph: a hundred of them make a megabyte out of a kilobyte.
_FORMATTING = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
_MAX_OPEN_FORMATTING = 60
# In one run of text: each `&` makes the sanitiser copy what it has read of the run.
_MAX_REFERENCES = 20_000


def sanitise(source: str) -> str:
    """Harmless HTML. Empty when the source is too large or too deeply nested to be worth the sanitiser's time."""
    if not _affordable(source):
        return ""
    return nh3.clean(
        source,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes={"div": QUOTE_CLASSES, "blockquote": QUOTE_CLASSES, "span": QUOTE_CLASSES},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def _affordable(source: str) -> bool:
    if len(source) > limits.MAX_HTML:
        return False
    if source.count("&") > _MAX_REFERENCES and any(run.count("&") > _MAX_REFERENCES for run in _TAG.split(source)):
        return False
    depth = deepest = formatting = 0
    for closing, name, attributes in _TAG.findall(source):
        if attributes.count("=") > limits.MAX_HTML_ATTRIBUTES or attributes.count(" ") > 4 * limits.MAX_HTML_ATTRIBUTES:
            return False
        name = name.lower()
        if name in _VOID or name in _IMPLIED or attributes.endswith("/"):
            continue
        depth += -1 if closing else 1
        formatting += (-1 if closing else 1) if name in _FORMATTING else 0
        deepest = max(deepest, depth)
        if deepest > limits.MAX_HTML_DEPTH or formatting > _MAX_OPEN_FORMATTING:
            return False
    return True


def to_text(source: str) -> str:
    """What a reader sees, as plain text: quotations get "> ", links keep their address where it says something new."""
    if not _affordable(source):
        return _rough(source[: limits.MAX_HTML])
    safe = sanitise(source)
    writer = _Writer()
    for closing, name, attributes, text in _TOKEN.findall(safe):
        if text:
            writer.text(entities.unescape(text))
        elif closing:
            writer.close(name)
        else:
            writer.open(name, attributes)
    return writer.result()


def _rough(source: str) -> str:
    """Text of HTML that is too costly to read properly."""
    for start, end in _INVISIBLE:
        source = _without(source, start, end)
    return entities.unescape(_TAG.sub(" ", source))


def _without(source: str, start: str, end: str) -> str:
    """Text between two marks removed; a mark without its end removes the rest."""
    kept = []
    lowered, at = source.lower(), 0
    while (begin := lowered.find(start, at)) >= 0:
        kept.append(source[at:begin])
        stop = lowered.find(end, begin)
        at = stop + len(end) if stop >= 0 else len(source)
    return " ".join([*kept, source[at:]])


class _Writer:
    """Collects lines while tags open and close."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes: list[bool] = []
        self.preformatted = 0
        self.links: list[tuple[str, int]] = []

    def text(self, text: str) -> None:
        if self.preformatted:
            first, *rest = text.split("\n")
            self.line.append(first)
            for line in rest:
                self.new_line(always=True)
                self.line.append(line)
            return
        self.line.append(re.sub(r"[ \t\r\n\f]+", " ", text))

    def open(self, name: str, attributes: str) -> None:
        if name == "br":
            self.new_line(always=True)
        elif name == "hr":
            self.new_line()
            self.line.append("_" * 32)
            self.new_line()
        elif name == "img":
            self.line.append(" ".join(entities.unescape(alt) for alt in _ALT.findall(attributes)))
        elif name == "a":
            self.links.append((next(iter(_HREF.findall(attributes)), ""), len(self.line)))
        elif name in ("td", "th"):
            self.line.append(" ")
        elif name == "p" or name in _BLOCK:
            self.new_line()
            self.paragraph(name)
            self.line.append("- " if name == "li" else "")
        if name == "blockquote":
            self.quotes.append(True)
        self.preformatted += name == "pre"

    def close(self, name: str) -> None:
        if name == "a" and self.links:
            href, at = self.links.pop()
            shown = "".join(self.line[at:]).strip()
            address = entities.unescape(href)
            if href.startswith("http") and shown and shown.rstrip("/") not in address:
                self.line.append(f" <{address}>")
        elif name == "p" or name in _BLOCK:
            self.new_line()
            self.paragraph(name)
        if name == "blockquote" and self.quotes:
            self.quotes.pop()
        self.preformatted -= name == "pre" and self.preformatted > 0

    def paragraph(self, name: str) -> None:
        if name in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol") and any(self.lines[-1:]):
            self.lines.append("> " * min(len(self.quotes), 10) if self.quotes else "")

    def new_line(self, always: bool = False) -> None:
        line = "".join(self.line).rstrip() if self.preformatted else "".join(self.line).strip()
        if line or always:
            self.lines.append("> " * min(len(self.quotes), 10) + line)
        self.line = []
        self.links = [(href, 0) for href, _ in self.links]

    def result(self) -> str:
        self.new_line()
        text = "\n".join(line.rstrip() for line in self.lines).strip("\n")
        return re.sub(r"\n{3,}", "\n\n", text)
