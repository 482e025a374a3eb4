"""Encrypted connections: to the checked address, with the certificate of the host's own name."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from procession.runtime.handlers import web
from tests.runtime.handlers.house import HttpServer, run
from tests.runtime.handlers.test_mail import Mailbox
from tests.runtime.rooms import jobs, variables

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make keys")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A key and a certificate for ``localhost``."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        ],
        check=True,
        capture_output=True,
    )
    return str(certificate), str(key)


@pytest.fixture
def context(files):
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(*files)
    return found


@pytest.fixture
def is_believed(files, monkeypatch):
    """The machine believes that certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", files[0])
    web._trust.cache_clear()
    yield
    web._trust.cache_clear()


@pytest.fixture
def secure(context):
    with HttpServer(secured_by=context).running() as running:
        running.says("/", "over tls")
        yield running


@pytest.mark.usefixtures("is_believed")
def test_a_host_is_called_over_tls_by_its_name(open_engine, secure):
    engine = open_engine(allowed_hosts=("localhost",))

    id = run(engine, "Rest", outputs="Result", Url=f"https://localhost:{secure.port}/")

    assert variables(engine, id) == {"Result": "over tls"}


@pytest.mark.usefixtures("is_believed")
def test_a_certificate_of_another_name_is_refused(open_engine, secure):
    engine = open_engine(allowed_hosts=("127.0.0.1",))

    run(engine, "Rest", Url=f"https://127.0.0.1:{secure.port}/")

    assert not secure.asked
    assert jobs(engine)[0].failures == 1


def test_a_certificate_nobody_vouches_for_is_refused(open_engine, secure):
    engine = open_engine(allowed_hosts=("localhost",))

    run(engine, "Rest", Url=f"https://localhost:{secure.port}/")

    assert not secure.asked
    assert jobs(engine)[0].failures == 1


class OnAnyPort(Controller):
    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port), 5) as link:
            if self.ssl_context:
                link = trusting.wrap_socket(link)
            assert link.recv(1) == b"2"
            link.close()

    def factory(self):
        return SMTP(self.handler, tls_context=self.starttls, require_starttls=bool(self.starttls))


@pytest.mark.usefixtures("is_believed")
@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(("host", "count"), [("localhost", 1), ("127.0.0.1", 0)])
def test_mail_is_handed_over_encrypted_to_the_right_server(
    open_engine, context, security, host, count
):
    box = Mailbox()
    direct = context if security == "tls" else None
    controller = OnAnyPort(box, hostname="127.0.0.1", port=0, ssl_context=direct)
    controller.starttls = context if security == "starttls" else None
    controller.start()
    try:
        engine = open_engine(
            smtp_host=host,
            smtp_port=controller.port,
            smtp_security=security,
            mail_from="hotel@example.com",
        )
        run(engine, "Email", To="bob@example.com")
    finally:
        controller.stop()

    assert len(box.mails) == count
