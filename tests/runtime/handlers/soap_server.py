"""A small web service with a description of its own: greets, adds up, faults."""

from __future__ import annotations

from typing import Final

from lxml import etree

from tests.runtime.handlers.house import HttpServer, Reply, Request

NS: Final = "urn:example:greeting"
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"

TYPES: Final = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{NS}"
  xmlns:t="{NS}" elementFormDefault="qualified">
  <xs:element name="greet"><xs:complexType><xs:sequence>
    <xs:element name="name" type="xs:string"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="greetResponse"><xs:complexType><xs:sequence>
    <xs:element name="text" type="xs:string"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="total"><xs:complexType><xs:sequence>
    <xs:element name="currency" type="xs:string"/>
    <xs:element name="price" type="xs:decimal" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="totalResponse"><xs:complexType><xs:sequence>
    <xs:element name="currency" type="xs:string"/><xs:element name="sum" type="xs:decimal"/>
    <xs:element name="count" type="xs:int"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""


def _operation(name: str) -> tuple[str, str, str]:
    messages = (
        f'<message name="{name}In"><part name="parameters" element="t:{name}"/></message>'
        f'<message name="{name}Out"><part name="parameters" element="t:{name}Response"/></message>'
    )
    abstract = (
        f'<operation name="{name}"><input message="t:{name}In"/>'
        f'<output message="t:{name}Out"/></operation>'
    )
    bound = (
        f'<operation name="{name}"><s:operation soapAction="{NS}/{name}"/>'
        '<input><s:body use="literal"/></input><output><s:body use="literal"/></output></operation>'
    )
    return messages, abstract, bound


def wsdl(endpoint: str, types: str = TYPES, before: str = "") -> str:
    messages, abstract, bound = map("".join, zip(*map(_operation, ("greet", "total")), strict=True))
    return f"""{before}<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="{NS}"
  xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="{NS}">
  <types>{types}</types>{messages}
  <portType name="Greeting">{abstract}</portType>
  <binding name="GreetingSoap" type="t:Greeting">
    <s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>{bound}
  </binding>
  <service name="GreetingService"><port name="GreetingPort" binding="t:GreetingSoap">
    <s:address location="{endpoint}"/></port></service>
</definitions>"""


def serve_greetings(server: HttpServer, path: str = "/greeting") -> str:
    """Serve the service at ``path`` and its description; the address of the latter."""
    server.says(f"{path}.wsdl", wsdl(server.url + path))
    server.routes[path] = _answer
    return f"{server.url}{path}.wsdl"


def calls(server: HttpServer) -> list[Request]:
    return [asked for asked in server.asked if asked.method == "POST"]


def _answer(request: Request) -> Reply:
    body = etree.fromstring(request.body).find(f"{{{SOAP}}}Body")[0]
    name = etree.QName(body).localname
    given = [(etree.QName(child).localname, child.text or "") for child in body]
    if name == "greet" and given[0][1] == "nobody":
        detail = "<detail><why>nobody is there</why></detail>"
        fault = f"<faultcode>s:Client</faultcode><faultstring>no one</faultstring>{detail}"
        return _envelope(f"<s:Fault>{fault}</s:Fault>", 500)
    if name == "greet" and given[0][1] == "busy":
        fault = "<faultcode>s:Server</faultcode><faultstring>later</faultstring>"
        return _envelope(f"<s:Fault>{fault}</s:Fault>", 500)
    if name == "greet":
        return _envelope(
            f'<greetResponse xmlns="{NS}"><text>Hello {given[0][1]}</text></greetResponse>'
        )
    prices = [float(text) for tag, text in given if tag == "price"]
    inner = (
        f"<currency>{given[0][1]}</currency><sum>{sum(prices)}</sum><count>{len(prices)}</count>"
    )
    return _envelope(f'<totalResponse xmlns="{NS}">{inner}</totalResponse>')


def _envelope(body: str, status: int = 200) -> Reply:
    text = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'
    return status, {"Content-Type": "text/xml; charset=utf-8"}, text.encode()
