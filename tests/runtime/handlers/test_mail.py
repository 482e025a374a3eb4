"""Email, against a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from procession.testing.models import parameters
from tests.runtime.handlers.house import incident, run, run_model
from tests.runtime.rooms import jobs, state_of, straight, visited


class Mailbox:
    """Keeps what comes in; refuses who is called nobody, and everything while it is full."""

    def __init__(self):
        self.mails = []
        self.recipients = []
        self.is_full = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 there is no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.is_full:
            return "452 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


class OnAnyPort(Controller):
    """A mail server on whatever port is free."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def login(server, session, envelope, mechanism, given):
    is_right = isinstance(given, LoginPassword) and given.password == b"pw"
    return AuthResult(success=is_right, handled=False)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    controller = OnAnyPort(
        box, hostname="127.0.0.1", port=0, authenticator=login, auth_require_tls=False
    )
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


@pytest.fixture
def engine(open_engine, mailbox, tmp_path):
    return open_engine(
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_security="none",
        mail_from="hotel@example.com",
        file_dir=str(tmp_path),
    )


def test_a_mail_goes_to_everybody_it_names(engine, mailbox):
    id = run(
        engine,
        "Email",
        **{"From": "Ann <ann@example.com>", "Reply-To": "desk@example.com"},
        To="bob@example.com; carl@example.com",
        Cc="dora@example.com",
        Bcc="eve@example.com",
        Subject="Grüße",
        Body="Zimmer 12",
        Debug="true",
    )

    [mail] = mailbox.mails
    assert state_of(engine, id) == 2
    assert mail["From"] == "Ann <ann@example.com>"
    assert mail["To"] == "bob@example.com, carl@example.com"
    assert (mail["Cc"], mail["Reply-To"]) == ("dora@example.com", "desk@example.com")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Grüße"
    assert mail.get_content().strip() == "Zimmer 12"
    assert mail["Date"]
    people = ["bob", "carl", "dora", "eve"]
    assert mailbox.recipients == [[f"{name}@example.com" for name in people]]


def test_a_body_with_markup_is_html_with_the_text_beside_it(engine, mailbox):
    body = "<html><style>p {}</style><body><p>Room&nbsp;<b>12</b></p>See you</body></html>"

    run(engine, "Email", To="bob@example.com", Body=body)

    [mail] = mailbox.mails
    assert mail.get_body(("html",)).get_content().strip() == body
    assert mail.get_body(("plain",)).get_content().split() == ["Room", "12", "See", "you"]
    assert mail["From"] == "hotel@example.com"


def test_attachments_are_objects_or_files_of_the_directory(engine, mailbox, tmp_path):
    (tmp_path / "bills").mkdir()
    (tmp_path / "bills" / "7.pdf").write_bytes(b"%PDF")
    inside = parameters(constants={"To": "bob@example.com"}, inputs={"Attachments": "files"})
    process = straight("p", lambda m: m.task("t", inside, taskName="Email"), variables="files")

    note = {"name": "note.txt", "content": "hi", "type": "text/plain"}
    run_model(engine, process, {"files": ["bills/7.pdf", note]})

    bill, text = mailbox.mails[0].iter_attachments()
    assert (bill.get_filename(), bill.get_content()) == ("7.pdf", b"%PDF")
    assert (text.get_filename(), text.get_content_type()) == ("note.txt", "text/plain")


def test_an_attachment_cannot_come_from_elsewhere(engine, mailbox):
    run(engine, "Email", To="bob@example.com", Attachments="../../etc/passwd")

    assert "is not a file below the directory" in incident(engine)
    assert not mailbox.mails


def test_a_mail_that_is_sent_again_can_be_recognised(engine, mailbox, monkeypatch):
    """The machine dies after the mail was sent and before that was stored."""
    conclude = engine._worker._jobs.conclude
    monkeypatch.setattr(engine._worker._jobs, "conclude", _dies)
    run(engine, "Email", To="bob@example.com", Body="x")
    monkeypatch.setattr(engine._worker._jobs, "conclude", conclude)
    engine.room.clock.advance(timedelta(minutes=1))
    engine.run_due_jobs()
    other = engine.processes.start(engine.admin, "p")
    engine.run_due_jobs()

    first, second, third = (mail["Message-ID"] for mail in mailbox.mails)
    assert first == second != third
    assert first.endswith("@example.com>")
    assert other.uuid in third


def _dies(*_):
    raise OSError("the machine died")


def test_a_server_that_is_full_is_tried_again(engine, mailbox, clock):
    mailbox.is_full = True
    id = run(engine, "Email", To="bob@example.com")
    assert jobs(engine)[0].last_error == "WorkFailed: the mail server answered 452"

    mailbox.is_full = False
    clock.advance(timedelta(minutes=1))
    engine.run_due_jobs()

    assert state_of(engine, id) == 2
    assert len(mailbox.mails) == 1


def test_a_recipient_that_is_refused_is_an_error_the_model_may_catch(engine, mailbox):
    id = run(
        engine, "Email", code="MAIL_RECIPIENT_REFUSED", To="bob@example.com, nobody@example.com"
    )

    assert visited(engine, id, "caught") == 1
    assert mailbox.recipients == [["bob@example.com"]]


def test_when_everybody_is_refused_nothing_is_sent(engine, mailbox):
    run(engine, "Email", To="nobody@example.com")

    assert incident(engine) == "WorkFailed: the mail server refused every recipient"
    assert not mailbox.mails


@pytest.mark.parametrize(("password", "count"), [("pw", 1), ("wrong", 0)])
def test_the_server_may_want_a_login(open_engine, mailbox, password, count):
    engine = open_engine(
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_security="none",
        smtp_user="hotel",
        smtp_password=password,
        mail_from="hotel@example.com",
    )

    run(engine, "Email", To="bob@example.com")

    assert len(mailbox.mails) == count
    if not count:
        assert incident(engine) == "WorkFailed: the mail server refused the login"


def test_a_server_without_encryption_is_not_used_unless_the_operator_says_so(open_engine, mailbox):
    engine = open_engine(
        smtp_host="127.0.0.1", smtp_port=mailbox.port, mail_from="hotel@example.com"
    )

    run(engine, "Email", To="bob@example.com")

    assert not mailbox.mails
    assert "MAIL" not in jobs(engine)[0].last_error


def test_mail_goes_to_allowed_domains_only(open_engine, mailbox):
    engine = open_engine(
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_security="none",
        mail_from="hotel@example.com",
        mail_domains=("example.com",),
    )

    run(engine, "Email", To="bob@example.com", Bcc="spy@evil.example")

    assert "mail to evil.example is not allowed" in incident(engine)
    assert not mailbox.mails


@pytest.mark.parametrize(
    "given",
    [
        {"To": "bob@example.com\r\nBcc: spy@evil.example"},
        {"To": "bob@example.com", "Subject": "x\r\nBcc: spy@evil.example"},
        {"To": "bob@example.com", "From": "a@example.com\nX: y"},
        {"To": ""},
    ],
)
def test_a_header_cannot_be_smuggled_in(engine, mailbox, given):
    run(engine, "Email", **given)

    assert incident(engine)
    assert not mailbox.mails


def test_without_a_mail_server_nothing_is_sent(open_engine):
    engine = open_engine()

    run(engine, "Email", To="bob@example.com")

    assert "no mail server is set up" in incident(engine)
