"""What one message may cost. Beyond a limit the message is parked with its raw bytes kept, never half read."""

MAX_BYTES = 45 * 1024 * 1024
MAX_PARTS = 1_000
MAX_DEPTH = 30
# What reading one message may cost, on top of the idle process that reads. Wall-clock time is for a busy machine.
MAX_CPU_SECONDS = 5
MAX_SECONDS = 60
MAX_MEMORY = 300 * 1024 * 1024
# Lines that begin like the boundary and are none.
MAX_NEAR_MISSES = 10_000
MAX_HEADERS = 1_000
MAX_HEADER_BLOCK = 256 * 1024
# One header is cut here, silently: nobody writes more, and a message is still readable without its end.
MAX_HEADER = 32 * 1024
MAX_ADDRESSES = 200
MAX_REFERENCES = 100
# More text than this is a file, not something that somebody wrote: shown cut, the whole of it in the raw message.
MAX_TEXT = 1024 * 1024
# HTML above these limits is not sanitised (the sanitiser's time grows with the square of the depth).
MAX_HTML = 1024 * 1024
MAX_HTML_DEPTH = 500
MAX_HTML_ATTRIBUTES = 500
# Lines that are searched for quotes, forwards and bounces; one line is searched only so far.
MAX_LINES = 20_000
MAX_LINE = 2_000


class TooMuch(Exception):
    """A limit was passed; the text says which."""
