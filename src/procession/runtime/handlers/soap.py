"""SOAP calls, by zeep over our own guarded web. Loaded with the first call.

Descriptions are read with neither DTDs nor entities, only over HTTP and only from allowed hosts,
and are kept for a while, since reading one takes longer than calling it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final

import msgspec
import zeep
from httpx2 import Headers
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault, TransportError
from zeep.helpers import serialize_object
from zeep.wsdl import Document
from zeep.wsdl.utils import etree_to_string

from procession.errors import InvalidValue
from procession.runtime.handlers.given import host_of, wrong
from procession.runtime.handlers.rest import refused
from procession.runtime.handlers.web import Answer, Web, shown
from procession.runtime.work_items import WorkFailed
from procession.values import Map, Value, freeze

FAULT: Final = "SOAP_FAULT"
ANSWER: Final = "SOAP_ANSWER"
JAVA_FAULT: Final = ("javax.xml.ws.soap.SOAPFaultException", "javax.xml.ws.WebServiceException")
KEPT_SECONDS: Final = 600
MOST_KEPT: Final = 32
_STRICT: Final = zeep.Settings(
    strict=True, xml_huge_tree=False, forbid_dtd=True, forbid_entities=True
)


class Call(msgspec.Struct, frozen=True):
    """What is to be called."""

    wsdl: str
    namespace: str
    interface: str
    operation: str
    endpoint: str
    parameter: Value
    key: str
    auth: tuple[str, str] | None


class Transport:
    """How zeep reaches the network: not at all but through our web."""

    def __init__(self, web: Web, client: Any, call: Call) -> None:
        self._web = web
        self._client = client
        self._call = call
        self.session = SimpleNamespace(close=lambda: None)

    def load(self, url: str) -> bytes:
        """A description, or a part of one."""
        if not url.startswith(("http://", "https://")):
            raise wrong("a WSDL and what it imports must have an http(s) address")
        answer = self._web.call(self._client, "GET", url, auth=self._auth(url))
        if answer.status >= 300:
            raise refused(f"GET {shown(url)}", answer)
        return answer.content

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> Any:
        """A call, as zeep hands it over."""
        answer: Answer = self._web.call(
            self._client,
            "POST",
            address,
            content=message,
            headers={**headers, "Idempotency-Key": self._call.key},
            auth=self._auth(address),
        )
        if answer.status >= 300 and b"Envelope" not in answer.content:
            raise refused(f"POST {shown(address)}", answer)
        return SimpleNamespace(
            status_code=answer.status,
            headers=Headers(answer.headers),
            content=answer.content,
            text=answer.text,
            encoding=answer.charset,
        )

    def _auth(self, url: str) -> tuple[str, str] | None:
        """Credentials are for the hosts the model names, not for those a description leads to."""
        named = {host_of(self._call.wsdl), host_of(self._call.endpoint)}
        return self._call.auth if host_of(url) in named else None

    def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> Any:
        """The same from a tree."""
        return self.post(address, etree_to_string(envelope), headers)


class Descriptions:
    """What was read lately, by address."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, wsdl: str, transport: Any) -> Any:
        """A description, read if need be."""
        now = time.monotonic()
        with self._lock:
            at, document = self._kept.get(wsdl, (0.0, None))
        if document is not None and now - at < KEPT_SECONDS:
            return document
        document = Document(wsdl, transport, settings=_STRICT)
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[wsdl] = (now, document)
        return document


def invoke(web: Web, client: Any, call: Call, known: Descriptions) -> Value:
    """Call an operation; its answer as a value. Raises :class:`WorkFailed`."""
    transport = Transport(web, client, call)
    try:
        document = known.get(call.wsdl, transport)
        soap = zeep.Client(document, transport=transport, settings=_STRICT)
        proxy = _proxy(soap, call)
        try:
            operation = proxy[call.operation]
        except AttributeError:
            raise wrong(f"the service has no operation {call.operation!r}") from None
        answer = _apply(operation, _thawed(call.parameter))
    except Fault as fault:
        raise _failure(fault) from fault
    except TransportError as error:
        raise WorkFailed("the web service answered with something else", ANSWER) from error
    except (ZeepError, etree.Error, ValueError, TypeError) as error:
        raise wrong(f"the call does not fit the WSDL {shown(call.wsdl)}: {error}"[:500]) from error
    return _value(serialize_object(answer, dict))


def _proxy(soap: Any, call: Call) -> Any:
    """The service and port of the interface; with an endpoint of the call's own if it has one."""
    port = _port(soap.wsdl.services, call.interface)
    if call.endpoint:
        return soap.create_service(str(port.binding.name), call.endpoint)
    return zeep.proxy.ServiceProxy(soap, port.binding, **port.binding_options)


def _port(services: Mapping[str, Any], interface: str) -> Any:
    ports = [(service, port) for service in services.values() for port in service.ports.values()]
    if not ports:
        raise wrong("the WSDL describes no service that can be called over HTTP")
    if not interface:
        return ports[0][1]
    for service, port in ports:
        kind = port.binding.port_type.name
        known = (service.name, port.name, kind.localname, kind.text)
        if interface in known or interface.rpartition(".")[2] == kind.localname:
            return port
    raise wrong(f"the WSDL describes no service or port type {interface!r}")


def _apply(operation: Any, parameter: Any) -> Any:
    if parameter is None:
        return operation()
    if isinstance(parameter, dict):
        return operation(**parameter)
    if isinstance(parameter, list):
        return operation(*parameter)
    return operation(parameter)


def _failure(fault: Any) -> WorkFailed:
    """A fault; one that is the server's may pass."""
    code = str(fault.code or "").rpartition(":")[2].rpartition("}")[2]
    detail = "" if fault.detail is None else etree.tostring(fault.detail, encoding="unicode")
    text = str(fault.message or "")
    codes = [code] if code else []
    return WorkFailed(
        f"the web service answered with a fault: {text[:300]}",
        *codes,
        FAULT,
        *JAVA_FAULT,
        value=Map(code=code, message=text, detail=detail),
        is_final=code not in ("Server", "Receiver"),
    )


def _thawed(value: Value) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _thawed(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_thawed(each) for each in value]
    fields = getattr(value, "fields", None)
    return _thawed(fields) if isinstance(fields, Mapping) else value


def _value(answer: Any) -> Value:
    if isinstance(answer, dict):
        return Map({str(name): _value(each) for name, each in answer.items()})
    if isinstance(answer, list | tuple):
        return tuple(_value(each) for each in answer)
    if isinstance(answer, Decimal) and answer == answer.to_integral_value():
        return answer
    try:
        return freeze(answer)
    except InvalidValue:
        return str(answer)
