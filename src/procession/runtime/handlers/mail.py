"""Mail: work items named ``Email`` send a mail through the operator's mail server.

``reference/jbpm-engine.md`` section 10: ``From``, ``To``, ``Cc``, ``Bcc``, ``Reply-To``,
``Subject``, ``Body``, ``Attachments``, ``Debug``. Commas or semicolons separate addresses. A body
with markup is sent as HTML with the text beside it. The Message-ID is made of the instance and the
work item, so that a mail which had to be sent again can be recognised as the same.
"""

from __future__ import annotations

import logging
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import formatdate, getaddresses
from html import unescape
from typing import TYPE_CHECKING, Final

from procession.runtime.handlers.file import Folder
from procession.runtime.handlers.given import flag, text, wrong
from procession.runtime.work_items import WorkFailed, WorkItem
from procession.values import EMPTY, Value

if TYPE_CHECKING:
    from procession.settings import Settings

log: Final = logging.getLogger("procession.work_item")
JAVA: Final = "javax.mail.MessagingException"
_MARKUP: Final = re.compile(
    r"<(?:!doctype|html|body|p|br|div|table|h[1-6]|a|b|i|ul|ol|span)\b", re.I
)
_UNSEEN: Final = re.compile(r"<(script|style|head)\b.*?</\1\s*>", re.I | re.S)
_BREAK: Final = re.compile(r"<br\b[^>]*>|</(?:p|div|tr|h[1-6]|li)\s*>", re.I)
_TAG: Final = re.compile(r"<[^>]*>")
_SENT_TO: Final = ("To", "Cc", "Bcc")


class MailHandler:
    """Sends mail. Attachments given by name are files of the File handler's directory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = Folder(settings.file_dir, settings.handler_bytes)

    def execute(self, item: WorkItem) -> Mapping[str, Value]:
        """Send the mail. If some of the recipients are refused, that is a failure of its own."""
        settings = self._settings
        if not settings.smtp_host:
            raise wrong("no mail server is set up; give the setting smtp_host")
        p = item.parameters
        mail = self._mail(item)
        recipients = self._recipients(p)
        content = mail.as_bytes()
        if len(content) > settings.handler_bytes:
            raise wrong(f"the mail is larger than {settings.handler_bytes} bytes")
        if flag(p, "Debug"):
            log.info(
                "sending a mail",
                extra={"message_id": mail["Message-ID"], "recipients": len(recipients)},
            )
        refused = _send(settings, mail, recipients)
        if refused:
            raise WorkFailed(
                f"the mail server refused {', '.join(sorted(refused))}; the others have the mail",
                "MAIL_RECIPIENT_REFUSED",
                "javax.mail.SendFailedException",
                JAVA,
                value=tuple(sorted(refused)),
                is_final=True,
            )
        return EMPTY

    def abort(self, item: WorkItem) -> None:
        """A mail that is sent cannot be taken back."""

    def _mail(self, item: WorkItem) -> EmailMessage:
        p = item.parameters
        mail = EmailMessage()
        sender = text(p, "From", self._settings.mail_from)
        if not sender:
            raise wrong("From is missing and the setting mail_from is empty")
        said = {
            "From": sender,
            "To": ", ".join(_addresses(p, "To")),
            "Cc": ", ".join(_addresses(p, "Cc")),
            "Reply-To": ", ".join(_addresses(p, "Reply-To") or _addresses(p, "ReplyTo")),
            "Subject": text(p, "Subject"),
        }
        try:
            for name, value in said.items():
                if value:
                    mail[name] = value
            mail["Date"] = formatdate()
            mail["Message-ID"] = message_id(item, sender)
        except (ValueError, IndexError) as error:
            raise wrong("an address or the subject cannot stand in a mail's header") from error
        _fill(mail, text(p, "Body"))
        for attachment in _each(p.get("Attachments")):
            self._attach(mail, attachment)
        return mail

    def _recipients(self, p: Mapping[str, Value]) -> list[str]:
        found = [address for name in _SENT_TO for address in _addresses(p, name)]
        plain = [address for _, address in getaddresses(found) if address]
        if not plain:
            raise wrong("the mail goes to nobody: give To, Cc or Bcc")
        allowed = {domain.lower() for domain in self._settings.mail_domains}
        for address in plain:
            domain = address.rpartition("@")[2].lower()
            if allowed and domain not in allowed:
                raise WorkFailed(
                    f"mail to {domain} is not allowed; add it to the setting mail_domains",
                    "HOST_NOT_ALLOWED",
                    is_final=True,
                )
        return list(dict.fromkeys(plain))

    def _attach(self, mail: EmailMessage, attachment: Value) -> None:
        """An object with ``name``, ``content`` and ``type``, or the name of a file."""
        if isinstance(attachment, Mapping):
            name, content = text(attachment, "name", "attachment"), attachment.get("content") or ""
            kind = text(attachment, "type", "application/octet-stream")
        else:
            name, kind = str(attachment).strip(), "application/octet-stream"
            content = self._folder.read(name)
            name = name.rpartition("/")[2]
        data = content if isinstance(content, bytes) else str(content).encode()
        major, _, minor = kind.partition("/")
        try:
            mail.add_attachment(
                data, maintype=major, subtype=minor or "octet-stream", filename=name
            )
        except ValueError as error:
            raise wrong("the name or type of an attachment cannot stand in a mail") from error


def message_id(item: WorkItem, sender: str) -> str:
    """The same for every try of one work item, and for no other."""
    domain = getaddresses([sender])[0][1].rpartition("@")[2] or "localhost"
    return f"<{item.process_instance_uuid}.{item.key}@{domain}>"


def _each(given: Value) -> Sequence[Value]:
    if given is None or given == "":
        return ()
    if isinstance(given, str):
        return [part for part in re.split(r"[;,]", given) if part.strip()]
    return (given,) if isinstance(given, Mapping) else tuple(given)


def _addresses(p: Mapping[str, Value], name: str) -> list[str]:
    """Addresses as one text or as a list; a comma in a quoted name does not separate."""
    given = p.get(name)
    if isinstance(given, str):
        given = [given.replace(";", ",")]
    found = [str(each) for each in given or ()]
    if any("\n" in each or "\r" in each for each in found):
        raise wrong(f"{name} cannot stand in a mail's header")
    return [f'"{who}" <{at}>' if who else at for who, at in getaddresses(found) if at]


def _fill(mail: EmailMessage, body: str) -> None:
    if not _MARKUP.search(body):
        mail.set_content(body)
        return
    plain = _TAG.sub("", _BREAK.sub("\n", _UNSEEN.sub("", body)))
    mail.set_content(unescape(plain).strip() + "\n")
    mail.add_alternative(body, subtype="html")


def _send(settings: Settings, mail: EmailMessage, recipients: Sequence[str]) -> set[str]:
    """Hand the mail over; who was refused while others were not."""
    host, port, limit = settings.smtp_host, settings.smtp_port, float(settings.handler_seconds)
    security = settings.smtp_security
    trust = None if security == "none" else ssl.create_default_context()
    link: smtplib.SMTP
    try:
        if security == "tls":
            link = smtplib.SMTP_SSL(host, port, timeout=limit, context=trust)
        else:
            link = smtplib.SMTP(host, port, timeout=limit)
        with link:
            if security == "starttls":
                link.starttls(context=trust)
            if settings.smtp_user:
                link.login(settings.smtp_user, settings.smtp_password)
            return set(link.send_message(mail, to_addrs=list(recipients)))
    except smtplib.SMTPRecipientsRefused as error:
        is_final = all(code >= 500 for code, _ in error.recipients.values())
        raise _failed("MAIL_RECIPIENT_REFUSED", "refused every recipient", is_final) from error
    except smtplib.SMTPAuthenticationError as error:
        raise _failed("MAIL_LOGIN", "refused the login", error.smtp_code >= 500) from error
    except smtplib.SMTPResponseException as error:
        told = f"answered {error.smtp_code}"
        raise _failed("MAIL_REFUSED", told, error.smtp_code >= 500) from error
    except (OSError, smtplib.SMTPException) as error:
        raise _failed("MAIL_UNREACHABLE", f"failed: {type(error).__name__}", False) from error


def _failed(code: str, told: str, is_final: bool) -> WorkFailed:
    return WorkFailed(f"the mail server {told}", code, JAVA, is_final=is_final)
