"""Text messages: a file in development, a gateway over HTTP."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from onmodel.outreach.sms import FileSender, GatewaySender, SmsError, sender


def test_a_file_a_message(settings, tmp_path):
    settings.SMS_FILE_PATH = tmp_path / "sms"
    for _ in range(2):
        FileSender().send("+31612345678", "Hello")
    written = sorted((tmp_path / "sms").iterdir())
    assert len(written) == 2
    assert written[0].read_text() == "To: +31612345678\n\nHello\n"


@pytest.fixture
def gateway(settings):
    """A gateway that keeps what it got, and answers as it is told."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            self.server.got = (self.headers["Authorization"], json.loads(self.rfile.read(length)))
            self.send_response(self.server.answer)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.answer = 200
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.SMS_BACKEND = "onmodel.outreach.sms.GatewaySender"
    settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/messages"
    settings.SMS_GATEWAY_TOKEN, settings.SMS_FROM = "secret", "Unit"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_gateway_gets_number_words_and_token(gateway):
    sender().send("+31612345678", "Hello")
    assert gateway.got == ("Bearer secret", {"to": "+31612345678", "from": "Unit", "message": "Hello"})


def test_a_gateway_that_refuses_says_its_code_and_no_number(gateway):
    gateway.answer = 400
    with pytest.raises(SmsError) as refused:
        sender().send("+31612345678", "Hello")
    assert str(refused.value) == "gateway answered 400"


def test_a_gateway_that_is_not_there(settings):
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:1/"
    with pytest.raises(SmsError, match="not reached"):
        GatewaySender().send("+31612345678", "Hello")
