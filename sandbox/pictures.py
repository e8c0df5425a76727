"""Small drawings for the demo, made without an image library: a palette of colours and filled shapes."""

import struct
import zlib
from collections.abc import Callable

Shape = tuple[str, str, tuple[float, ...]]
WIDTH, HEIGHT = 640, 400

# Each scene: a background colour, then shapes. Measures are parts of width and height:
# box (left, top, right, bottom), disc (centre x, centre y, radius as part of the height).
SCENES: dict[str, list[Shape]] = {
    "sky": [
        ("box", "#7fb7e6", (0, 0, 1, 1)),
        ("disc", "#f6d27a", (0.78, 0.25, 0.12)),
        ("box", "#dfe9f2", (0, 0.72, 1, 1)),
        ("box", "#f4f6f8", (0.12, 0.62, 0.74, 0.7)),
        ("box", "#c43b3b", (0.12, 0.5, 0.2, 0.66)),
        ("box", "#f4f6f8", (0.38, 0.68, 0.52, 0.86)),
    ],
    "suitcase": [
        ("box", "#d9d2c5", (0, 0, 1, 1)),
        ("box", "#8a8275", (0, 0.82, 1, 1)),
        ("box", "#2f3a4a", (0.42, 0.1, 0.46, 0.3)),
        ("box", "#2f3a4a", (0.56, 0.1, 0.6, 0.3)),
        ("box", "#2f3a4a", (0.42, 0.1, 0.6, 0.14)),
        ("box", "#1f6f8b", (0.3, 0.28, 0.72, 0.84)),
        ("box", "#174f63", (0.3, 0.5, 0.72, 0.54)),
        ("box", "#d9d2c5", (0.58, 0.3, 0.6, 0.62)),
        ("box", "#d9d2c5", (0.6, 0.6, 0.66, 0.63)),
        ("disc", "#20242b", (0.64, 0.88, 0.05)),
    ],
    "board": [
        ("box", "#14181f", (0, 0, 1, 1)),
        ("box", "#2a313d", (0.05, 0.1, 0.95, 0.2)),
        ("box", "#f2b650", (0.08, 0.28, 0.5, 0.34)),
        ("box", "#ff8a82", (0.72, 0.28, 0.92, 0.34)),
        ("box", "#f2b650", (0.08, 0.42, 0.44, 0.48)),
        ("box", "#ff8a82", (0.72, 0.42, 0.92, 0.48)),
        ("box", "#f2b650", (0.08, 0.56, 0.55, 0.62)),
        ("box", "#5cc98a", (0.72, 0.56, 0.86, 0.62)),
        ("box", "#f2b650", (0.08, 0.7, 0.4, 0.76)),
        ("box", "#ff8a82", (0.72, 0.7, 0.92, 0.76)),
    ],
    "seat": [
        ("box", "#c9ced6", (0, 0, 1, 1)),
        ("disc", "#eaf1fb", (0.16, 0.35, 0.17)),
        ("box", "#27406b", (0.38, 0.12, 0.72, 0.68)),
        ("box", "#1d3050", (0.34, 0.66, 0.76, 0.86)),
        ("box", "#b59c6e", (0.46, 0.7, 0.58, 0.78)),
        ("disc", "#8c6f3c", (0.63, 0.74, 0.05)),
    ],
    "meal": [
        ("box", "#e8e3da", (0, 0, 1, 1)),
        ("box", "#b9bec7", (0.12, 0.16, 0.88, 0.88)),
        ("disc", "#ffffff", (0.42, 0.52, 0.28)),
        ("disc", "#c98b3f", (0.39, 0.48, 0.12)),
        ("disc", "#6d9e4f", (0.48, 0.6, 0.08)),
        ("box", "#f7f3ea", (0.68, 0.26, 0.84, 0.48)),
        ("disc", "#7a4a2b", (0.76, 0.66, 0.09)),
    ],
    "queue": [
        ("box", "#dfe4ea", (0, 0, 1, 1)),
        ("box", "#aab3bf", (0, 0.74, 1, 1)),
        ("box", "#27406b", (0.62, 0.14, 0.96, 0.28)),
        *[("disc", "#e0b08c", (0.08 + 0.1 * n, 0.42, 0.045)) for n in range(8)],
        *[
            ("box", colour, (0.04 + 0.1 * n, 0.48, 0.12 + 0.1 * n, 0.8))
            for n, colour in enumerate(("#a33b3b", "#3b6ea3") * 4)
        ],
    ],
}


def _disc(rows: list[bytearray], colour: int, measures: tuple[float, ...]) -> None:
    x, y, radius = measures[0] * WIDTH, measures[1] * HEIGHT, measures[2] * HEIGHT
    for row in range(max(int(y - radius), 0), min(int(y + radius), HEIGHT)):
        half = max(radius**2 - (row - y) ** 2, 0) ** 0.5
        left, right = max(int(x - half), 0), min(int(x + half), WIDTH)
        rows[row][left:right] = bytes([colour]) * max(right - left, 0)


def _box(rows: list[bytearray], colour: int, measures: tuple[float, ...]) -> None:
    left, right = int(measures[0] * WIDTH), int(measures[2] * WIDTH)
    for row in rows[int(measures[1] * HEIGHT) : int(measures[3] * HEIGHT)]:
        row[left:right] = bytes([colour]) * (right - left)


DRAW: dict[str, Callable[[list[bytearray], int, tuple[float, ...]], None]] = {"box": _box, "disc": _disc}


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def draw(scene: str) -> bytes:
    """A PNG of 640 x 400; an unknown scene is drawn as the sky."""
    shapes = SCENES.get(scene, SCENES["sky"])
    colours = list(dict.fromkeys(colour for _, colour, _ in shapes))
    rows = [bytearray(WIDTH) for _ in range(HEIGHT)]
    for kind, colour, measures in shapes:
        DRAW[kind](rows, colours.index(colour), measures)
    return png(rows, colours, WIDTH)


def png(rows: list[bytearray], colours: list[str], width: int) -> bytes:
    """8-bit palette image."""
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 3, 0, 0, 0)
    palette = b"".join(bytes.fromhex(colour.lstrip("#")) for colour in colours)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 6)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", palette)
        + _chunk(b"IDAT", pixels)
        + _chunk(b"IEND", b"")
    )


def face(number: int, size: int = 48) -> bytes:
    """A plain profile picture: one of eight colours with a light disc and shoulders."""
    grounds = ("#1d5bd0", "#14693a", "#8f1a86", "#855000", "#b3202a", "#0b6b7c", "#5a3fd1", "#47505e")
    rows = [bytearray(size) for _ in range(size)]
    for y in range(size):
        for x in range(size):
            head = (x - size / 2) ** 2 + (y - size * 0.4) ** 2 < (size * 0.2) ** 2
            body = (x - size / 2) ** 2 + (y - size * 1.05) ** 2 < (size * 0.4) ** 2
            rows[y][x] = int(head or body)
    return png(rows, [grounds[number % len(grounds)], "#e9eef5"], size)
