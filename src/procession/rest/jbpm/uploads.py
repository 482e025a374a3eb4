"""The files of a deployment request: multipart parts, a zip or kjar, or a descriptor.

``reference/jbpm-rest-api.md`` D04 and B.10, ``reference/rulings.md`` 20. Archives are read in
memory and within bounds; names that lead out of the unit, links, names given twice or differing
in case only, and archives that unpack to more than they should are refused.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from xml.parsers import expat

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from procession.errors import Invalid
from procession.web.http import Request, UnsupportedMediaType
from procession.xml_bounds import Attributes, feed

ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
MOST_FILES = 2_000
MOST_BYTES = 100 * 1024 * 1024
"""What one unit may hold once it is unpacked."""
LARGEST_FILE = 20 * 1024 * 1024
"""What one file of an archive may say that it holds; nothing more of it is ever read."""
DEEPEST = 50
"""How deeply a descriptor may be nested."""
DESCRIPTOR = "META-INF/kie-deployment-descriptor.xml"
_UNREAD = ".jar"
MOST_CLASSES = 1_000
MOST_CLASS_BYTES = 256 * 1024
"""Class files beyond these bounds are left aside: of those read only the fields are of use."""
_LETTER = re.compile(r"[A-Za-z]:")


class Files:
    """The files of a unit as they are gathered."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self._seen: set[str] = set()
        self._bytes = 0
        self._classes = 0

    @property
    def room(self) -> int:
        """How many bytes may still come."""
        return MOST_BYTES - self._bytes

    def add(self, name: str, content: bytes) -> None:
        """Take a file; an archive is taken apart."""
        name = safe_name(name)
        if content.startswith(ZIP_MARKS):
            self.unpack(content)
            return
        if name.casefold() in self._seen:
            raise Invalid(f"the unit has two files named {name}")
        self._seen.add(name.casefold())
        self._bytes += len(content)
        if self._bytes > MOST_BYTES or len(self._seen) > MOST_FILES:
            raise Invalid(f"a unit may hold {MOST_FILES} files and {MOST_BYTES} bytes")
        self.contents[name] = content

    def unpack(self, archive: bytes) -> None:
        """Take every file of a zip; libraries are left aside."""
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                if len(opened.infolist()) > MOST_FILES * 5:
                    raise Invalid("the archive has too many entries")
                for entry in opened.infolist():
                    self._unpack(opened, entry)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            # RuntimeError: encrypted; its child NotImplementedError: an unknown compression
            raise Invalid(f"the archive cannot be read: {error}") from error

    def _unpack(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        name = safe_name(entry.filename.rstrip("/"))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Invalid(f"the archive holds a link: {name}")
        if entry.is_dir() or name.lower().endswith(_UNREAD):
            return
        if name.lower().endswith(".class"):
            if self._classes == MOST_CLASSES or entry.file_size > MOST_CLASS_BYTES:
                return
            self._classes += 1
        if entry.file_size > LARGEST_FILE:
            raise Invalid(f"a file of a unit has at most {LARGEST_FILE} bytes: {name}")
        with archive.open(entry) as stream:
            content = stream.read(self.room + 1)
        if len(content) > self.room:
            raise Invalid(f"the archive unpacks to more than {MOST_BYTES} bytes")
        if content.startswith(ZIP_MARKS):
            raise Invalid(f"the archive holds an archive: {name}")
        self.add(name, content)


def safe_name(name: str) -> str:
    """A relative name with forward slashes that stays inside the unit."""
    parts = name.split("/")
    if (
        not name
        or "\\" in name
        or any(not part.isprintable() for part in parts)
        or any(part in {"", ".", ".."} for part in parts)
        or _LETTER.match(name)
    ):
        raise Invalid(f"a file of the unit has a name that cannot be used: {name[:200]!r}")
    return name


def read_upload(request: Request) -> tuple[dict[str, bytes], str | None]:
    """The files of a request and the strategy its descriptor names; none without a body."""
    body, kind = request.body, request.content_type
    if not body:
        return {}, None
    if body.startswith(ZIP_MARKS):
        files = Files()
        files.unpack(body)
        if not files.contents:  # not the same as no body: nothing is looked for elsewhere
            raise Invalid("the archive has no file that could be deployed")
        return files.contents, strategy_of(files.contents)
    if kind == "multipart/form-data":
        contents = _parts(request)
        return contents, strategy_of(contents)
    if kind in {"application/xml", "text/xml"}:
        return {}, _strategy(body)
    raise UnsupportedMediaType(
        "send the unit as multipart/form-data with parts named 'file', or as a zip"
    )


class _Part:
    """A part while it is being read."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.name = b""
        self.value = b""
        self.content = bytearray()


def _parts(request: Request) -> dict[str, bytes]:
    """The parts of a multipart body that are files."""
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if not boundary:
        raise Invalid("the multipart body has no boundary")
    files, reading = Files(), [_Part()]

    def header_name(data: bytes, start: int, end: int) -> None:
        reading[0].name += data[start:end]

    def header_value(data: bytes, start: int, end: int) -> None:
        reading[0].value += data[start:end]

    def header_end() -> None:
        part = reading[0]
        part.headers[part.name.lower()] = part.value
        part.name = part.value = b""

    def part_data(data: bytes, start: int, end: int) -> None:
        reading[0].content += data[start:end]

    def part_end() -> None:
        part, reading[0] = reading[0], _Part()
        name = _file_name(part.headers)
        if name is not None:
            files.add(name, bytes(part.content))

    ended: list[bool] = []
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_header_field": header_name,
                "on_header_value": header_value,
                "on_header_end": header_end,
                "on_part_data": part_data,
                "on_part_end": part_end,
                "on_end": lambda: ended.append(True),
            },
        )
        parser.write(request.body)
        parser.finalize()
    except FormParserError as error:
        raise Invalid(f"the multipart body cannot be read: {error}") from error
    if not ended:
        raise Invalid("the multipart body is cut off")
    if not files.contents:
        raise Invalid("the multipart body has no file; name the parts 'file'")
    return files.contents


def _file_name(headers: Mapping[bytes, bytes]) -> str | None:
    _, options = parse_options_header(headers.get(b"content-disposition", b""))
    name = options.get(b"filename")
    return None if name is None else name.decode("utf-8", "replace")


def strategy_of(files: Mapping[str, bytes]) -> str | None:
    """The runtime strategy in a kjar's own descriptor."""
    content = files.get(DESCRIPTOR)
    return None if content is None else _strategy(content)


def _strategy(descriptor: bytes) -> str | None:
    """``runtime-strategy`` of a deployment descriptor; the rest of it means nothing here."""
    path: list[str] = []
    found: list[str] = []

    def refuse(*_: object) -> None:
        raise Invalid("the deployment descriptor may not have a document type")

    attributes = Attributes()

    def start(name: str, given: dict[str, str]) -> None:
        attributes.element(len(given))
        word = name.rpartition(" ")[2]
        if not path and word != "deployment-descriptor":
            raise Invalid(
                f"the body is a '{word}', not a deployment-descriptor; "
                "send process files as multipart/form-data or as a zip"
            )
        if len(path) == DEEPEST:
            raise Invalid("the deployment descriptor is nested too deeply")
        path.append(word)

    def text(data: str) -> None:
        if path[-1] == "runtime-strategy":
            found.append(data)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: path.pop()
    parser.CharacterDataHandler = text
    try:
        feed(parser, descriptor)
    except (expat.ExpatError, LookupError, ValueError) as error:
        # LookupError, ValueError: an encoding that nobody knows, or that cannot be read
        raise Invalid(f"the deployment descriptor is not XML: {error}") from error
    return "".join(found).strip().upper() or None
