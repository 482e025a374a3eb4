"""Values as a Java object stream, as ``ObjectOutputStream`` writes them.

``reference/jbpm-rest-api.md`` Annex A; Java Object Serialization Stream Protocol, version 5. Only
writing: nothing that a client sends is ever read as a Java stream. A :class:`Bean` is an object of
a class that only its users have; it is written as null, and has no class name.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from procession.rest.shapes import epoch_ms
from procession.values import (
    Array,
    BigInteger,
    Byte,
    Char,
    Float,
    Long,
    Set,
    Short,
    Value,
)


class Message(msgspec.Struct, frozen=True):
    """A protocol buffers message as a Java object: of which class, and its bytes."""

    java: str
    content: bytes


HEADER = b"\xac\xed\x00\x05"
_NULL, _REFERENCE, _CLASS, _OBJECT, _STRING = b"\x70", b"\x71", b"\x72", b"\x73", b"\x74"
_ARRAY, _BLOCK, _END, _BIG_BLOCK, _LONG_STRING = b"\x75", b"\x77", b"\x78", b"\x7a", b"\x7c"
_FIRST_HANDLE = 0x7E0000
_PLAIN, _OWN_WRITER = b"\x02", b"\x03"
_NUMBER = "java.lang.Number"

# class name -> serial version uid, flags, fields (type letter, name, type of object fields), parent
_Fields = tuple[tuple[str, str, str], ...]
CLASSES: dict[str, tuple[int, bytes, _Fields, str]] = {
    _NUMBER: (0x86AC951D0B94E08B, _PLAIN, (), ""),
    "java.lang.Integer": (0x12E2A0A4F7818738, _PLAIN, (("I", "value", ""),), _NUMBER),
    "java.lang.Long": (0x3B8BE490CC8F23DF, _PLAIN, (("J", "value", ""),), _NUMBER),
    "java.lang.Short": (0x684D37133460DA52, _PLAIN, (("S", "value", ""),), _NUMBER),
    "java.lang.Byte": (0x9C4E6084EE50F51C, _PLAIN, (("B", "value", ""),), _NUMBER),
    "java.lang.Boolean": (0xCD207280D59CFAEE, _PLAIN, (("Z", "value", ""),), ""),
    "java.lang.Double": (0x80B3C24A296BFB04, _PLAIN, (("D", "value", ""),), _NUMBER),
    "java.lang.Float": (0xDAEDC9A2DB3CF0EC, _PLAIN, (("F", "value", ""),), _NUMBER),
    "java.lang.Character": (0x348B47D96B1A2678, _PLAIN, (("C", "value", ""),), ""),
    "java.util.Date": (0x686A81014B597419, _OWN_WRITER, (), ""),
    "java.util.ArrayList": (0x7881D21D99C7619D, _OWN_WRITER, (("I", "size", ""),), ""),
    "java.util.HashMap": (
        0x0507DAC1C31660D1,
        _OWN_WRITER,
        (("F", "loadFactor", ""), ("I", "threshold", "")),
        "",
    ),
    "java.util.HashSet": (0xBA44859596B8B734, _OWN_WRITER, (), ""),
    "com.google.protobuf.GeneratedMessageLite$SerializedForm": (
        0,
        _PLAIN,
        (("[", "asBytes", "[B"), ("L", "messageClassName", "Ljava/lang/String;")),
        "",
    ),
    "[B": (0xACF317F8060854E0, _PLAIN, (), ""),
    "[C": (0xB02666B0E25D84AC, _PLAIN, (), ""),
    "[D": (0x3EA68C14AB635A1E, _PLAIN, (), ""),
    "[F": (0x0B9C818922E00C42, _PLAIN, (), ""),
    "[I": (0x4DBA602676EAB2A5, _PLAIN, (), ""),
    "[J": (0x782004B512B17593, _PLAIN, (), ""),
    "[S": (0xEF832E06E55DB0FA, _PLAIN, (), ""),
    "[Z": (0x578F203914B85DE2, _PLAIN, (), ""),
    "[Ljava.lang.Object;": (0x90CE589F1073296C, _PLAIN, (), ""),
    "[Ljava.lang.String;": (0xADD256E7E91D7B47, _PLAIN, (), ""),
    "[Ljava.lang.Boolean;": (0x47D5250F96D2C3D1, _PLAIN, (), ""),
    "[Ljava.lang.Byte;": (0x94106C2F84688B6E, _PLAIN, (), ""),
    "[Ljava.lang.Character;": (0x30556B9D7F899E70, _PLAIN, (), ""),
    "[Ljava.lang.Double;": (0xE112AD8900A656A6, _PLAIN, (), ""),
    "[Ljava.lang.Float;": (0x5B428953F19BAFEB, _PLAIN, (), ""),
    "[Ljava.lang.Integer;": (0xFE97ADA00183E21B, _PLAIN, (), ""),
    "[Ljava.lang.Long;": (0x7DE10AB2BBBC632B, _PLAIN, (), ""),
    "[Ljava.lang.Short;": (0xA6BCEA37405CC749, _PLAIN, (), ""),
    "[Ljava.math.BigDecimal;": (0x48F36B728B37093C, _PLAIN, (), ""),
    "[Ljava.math.BigInteger;": (0x0E7CDB46E03A60C6, _PLAIN, (), ""),
    "[Ljava.util.Date;": (0x431724A0300318E0, _PLAIN, (), ""),
    "java.math.BigInteger": (
        0x8CFC9F1FA93BFB1D,
        _OWN_WRITER,
        (
            ("I", "bitCount", ""),
            ("I", "bitLength", ""),
            ("I", "firstNonzeroByteNum", ""),
            ("I", "lowestSetBit", ""),
            ("I", "signum", ""),
            ("[", "magnitude", "[B"),
        ),
        _NUMBER,
    ),
    "java.math.BigDecimal": (
        0x54C71557F981284F,
        _OWN_WRITER,
        (("I", "scale", ""), ("L", "intVal", "Ljava/math/BigInteger;")),
        _NUMBER,
    ),
}
PRIMITIVES = {
    "boolean": ("Z", ">?"), "byte": ("B", ">b"), "char": ("C", ">H"), "double": ("D", ">d"),
    "float": ("F", ">f"), "int": ("I", ">i"), "long": ("J", ">q"), "short": ("S", ">h"),
}  # fmt: skip
"""Java's primitive types: the letter of each and how :mod:`struct` packs one."""
_NAMES: dict[type, str] = {
    str: "java.lang.String", bool: "java.lang.Boolean", Long: "java.lang.Long",
    Short: "java.lang.Short", Byte: "java.lang.Byte", BigInteger: "java.math.BigInteger",
    float: "java.lang.Double", Float: "java.lang.Float", Decimal: "java.math.BigDecimal",
    Char: "java.lang.Character", bytes: "[B", tuple: "java.util.ArrayList",
    Set: "java.util.HashSet", Message: "com.google.protobuf.GeneratedMessageLite$SerializedForm",
}  # fmt: skip
_SCALARS = {
    "java.lang.Integer": ">i", "java.lang.Long": ">q", "java.lang.Short": ">h",
    "java.lang.Byte": ">b", "java.lang.Double": ">d", "java.lang.Float": ">f",
    "java.lang.Boolean": ">?",
}  # fmt: skip


def class_name(value: Value) -> str | None:
    """The Java class a value is written as; ``None`` for null and for what cannot be written."""
    kind = type(value)
    if kind is int:
        return _integer_class(value)
    name = _NAMES.get(kind)
    if name is not None:
        return None if kind is Decimal and not value.is_finite() else name
    if kind is Array:
        return array_class(value)
    if isinstance(value, datetime):
        return "java.util.Date"
    return "java.util.HashMap" if isinstance(value, Mapping) else None


def array_class(items: Array) -> str:
    """The class of an array; one whose descriptor is unknown, or whose items are not the
    primitive values it speaks of, is an array of objects.
    """
    primitive = PRIMITIVES.get(items.component)
    if primitive is None:
        name = f"[L{items.component};"
        return name if name in CLASSES else "[Ljava.lang.Object;"
    try:
        _packed_items(primitive, items)
    except (struct.error, TypeError, AttributeError):
        return "[Ljava.lang.Object;"
    return f"[{primitive[0]}"


def _integer_class(value: int) -> str:
    if -(2**31) <= value < 2**31:
        return "java.lang.Integer"
    return "java.lang.Long" if -(2**63) <= value < 2**63 else "java.math.BigInteger"


def serialize(value: Value) -> bytes:
    """The whole stream of one value."""
    return HEADER + _Stream().item(value)


class _Stream:
    """One stream: remembers the handles of the class descriptors already written."""

    def __init__(self) -> None:
        self._handles: dict[str, int] = {}
        self._next = _FIRST_HANDLE

    def item(self, value: Value) -> bytes:
        name = class_name(value)
        if name is None:
            return _NULL
        if name == "java.lang.String":
            return self._string(value)
        if name[0] == "[":
            return self._array(value) if type(value) is bytes else self._items_of(name, value)
        head = _OBJECT + self._descriptor(name)
        self._take_handle()
        return head + self._data(name, value)

    def _take_handle(self) -> int:
        self._next += 1
        return self._next - 1

    def _string(self, text: str) -> bytes:
        self._take_handle()
        return string(text)

    def _array(self, content: bytes) -> bytes:
        head = _ARRAY + self._descriptor("[B")
        self._take_handle()
        return head + struct.pack(">i", len(content)) + content

    def _items_of(self, name: str, items: Array) -> bytes:
        head = _ARRAY + self._descriptor(name)
        self._take_handle()
        head += struct.pack(">i", len(items))
        if name[1] == "L":
            return head + b"".join(map(self.item, items))
        return head + _packed_items(PRIMITIVES[items.component], items)

    def _descriptor(self, name: str) -> bytes:
        if not name:
            return _NULL
        if name in self._handles:
            return _REFERENCE + struct.pack(">I", self._handles[name])
        uid, flags, fields, parent = CLASSES[name]
        self._handles[name] = self._take_handle()
        written = b"".join(self._field(*field) for field in fields)
        return (
            _CLASS + _utf(name) + struct.pack(">Q", uid) + flags
            + struct.pack(">H", len(fields)) + written + _END + self._descriptor(parent)
        )  # fmt: skip

    def _field(self, letter: str, name: str, kind: str) -> bytes:
        return letter.encode() + _utf(name) + (self._string(kind) if kind else b"")

    def _data(self, name: str, value: Value) -> bytes:
        """Field data, and what the class's own writer adds."""
        packing = _SCALARS.get(name)
        if packing is not None:
            return _packed(packing, value)
        if name == "java.lang.Character":
            return _utf16(value)[:2]
        if name == "java.util.Date":
            return _block(struct.pack(">q", epoch_ms(value))) + _END
        if name == "java.util.ArrayList":
            size = struct.pack(">i", len(value))
            return size + _block(size) + self._items(value)
        if name == "java.util.HashMap":
            return self._map(value)
        if name == "java.util.HashSet":
            head = struct.pack(">ifi", _buckets(len(value)), 0.75, len(value))
            return _block(head) + self._items(value)
        if isinstance(value, Message):
            return self._array(value.content) + self._string(value.java)
        if name == "java.math.BigInteger":
            return self._big_integer(int(value))
        return self._big_decimal(value)

    def _items(self, items: Iterable[Value]) -> bytes:
        return b"".join(map(self.item, items)) + _END

    def _map(self, items: Mapping[Value, Value]) -> bytes:
        buckets = _buckets(len(items))
        head = struct.pack(">fi", 0.75, buckets * 3 // 4)
        flat = (side for pair in items.items() for side in pair)
        return head + _block(struct.pack(">ii", buckets, len(items))) + self._items(flat)

    def _big_integer(self, value: int) -> bytes:
        sign = (value > 0) - (value < 0)
        magnitude = abs(value).to_bytes((abs(value).bit_length() + 7) // 8, "big")
        return struct.pack(">iiiii", -1, -1, -2, -2, sign) + self._array(magnitude) + _END

    def _big_decimal(self, value: Decimal) -> bytes:
        sign, digits, exponent = value.as_tuple()
        unscaled = int("".join(map(str, digits))) * (-1 if sign else 1)
        scale = struct.pack(">i", -int(exponent))
        return scale + self.item(BigInteger(unscaled)) + _END


def _packed_items(primitive: tuple[str, str], items: Array) -> bytes:
    if primitive[0] == "C":
        return b"".join(_utf16(item)[:2] for item in items)
    return b"".join(_packed(primitive[1], item) for item in items)


def _packed(packing: str, value: Value) -> bytes:
    try:
        return struct.pack(packing, value)
    except OverflowError:  # a Float beyond 32 bits
        return struct.pack(packing, float("inf") if value > 0 else float("-inf"))


def _buckets(size: int) -> int:
    """The capacity a Java hash table grows to for that many members."""
    buckets = 16
    while buckets * 3 // 4 < size:
        buckets *= 2
    return buckets


def _block(content: bytes) -> bytes:
    return _BLOCK + bytes([len(content)]) + content


def blocks(content: bytes) -> bytes:
    """Bytes as block data, in chunks as Java's own buffer makes them."""
    out = []
    for at in range(0, len(content), 1024):
        chunk = content[at : at + 1024]
        small = len(chunk) < 256
        out.append(_block(chunk) if small else _BIG_BLOCK + struct.pack(">I", len(chunk)) + chunk)
    return b"".join(out)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def modified_utf8(text: str) -> bytes:
    """Java's UTF-8: NUL in two bytes, characters above U+FFFF as two surrogates of three each."""
    if text.isascii() and "\x00" not in text:
        return text.encode()
    units = memoryview(_utf16(text))
    points = ((units[i] << 8) | units[i + 1] for i in range(0, len(units), 2))
    return b"".join(
        b"\xc0\x80" if p == 0 else chr(p).encode("utf-8", "surrogatepass") for p in points
    )


def _utf(text: str) -> bytes:
    content = modified_utf8(text)
    return struct.pack(">H", len(content)) + content


def string(text: str) -> bytes:
    """A string as a content item of a stream."""
    content = modified_utf8(text)
    if len(content) < 65536:
        return _STRING + struct.pack(">H", len(content)) + content
    return _LONG_STRING + struct.pack(">Q", len(content)) + content
