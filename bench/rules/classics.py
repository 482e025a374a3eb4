"""Facts of the classic rule benchmarks: guests of a dinner, lines of a drawing.

The rules beside this file are written from the well-known descriptions of Miss Manners and Waltz.
"""

from __future__ import annotations

Facts = list[tuple[str, dict[str, object]]]

HOBBIES = ("chess", "opera", "sailing")
BODY = (
    (1, 3), (2, 0), (6, 0), (7, 3), (4, 5),
    (9, 7), (6, 9), (3, 7), (8, 4),
)  # fmt: skip
"""The points of a prism over a pentagon: five of its front, four of its back."""
LINES = (
    (0, 1), (1, 2), (2, 3), (3, 4), (4, 0),
    (0, 7), (4, 6), (3, 5), (2, 8),
    (7, 6), (6, 5), (5, 8),
)  # fmt: skip


def dinner(guests: int) -> Facts:
    """So many guests, half of either sex, each with two or three of the same few hobbies.

    Whoever sits beside whom has one in common, since two of three are always shared with two of
    three: a seating exists, and is found without ever going back.
    """
    made: Facts = []
    for at in range(guests):
        who = {"name": f"guest{at + 1}", "sex": "mf"[at % 2]}
        number = 2 + (at // 2) % 2
        for hobby in (HOBBIES[(at + step) % len(HOBBIES)] for step in range(number)):
            made.append(("Guest", {**who, "hobby": hobby}))
    made.append(("Count", {"value": 1}))
    made.append(("LastSeat", {"seat": guests}))
    made.append(("Step", {"name": "start"}))
    return made


def drawing(bodies: int) -> Facts:
    """A drawing of so many bodies of twelve lines each, side by side."""
    made: Facts = []
    for body in range(bodies):
        points = [(x + 10 * body) * 100 + y for x, y in BODY]
        for a, b in LINES:
            made.append(("Line", {"body": body, "a": points[a], "b": points[b]}))
    made.append(("Stage", {"name": "duplicate"}))
    return made
