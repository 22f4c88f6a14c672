import json
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from oxreel.units import UnixMs
from oxreel.webhooks.message import body, signed_headers
from oxreel.webhooks.secret import Secret

NEW, OLD, OTHER = (Secret(bytes([byte]) * 32, UnixMs(0), None) for byte in (1, 2, 3))


def test_a_message_says_what_happened_and_when() -> None:
    text = body("media_generation_completed", UnixMs(1_700_000_000_123), {"status": "succeeded", "model": "é"})
    assert json.loads(text) == {
        "type": "media_generation_completed",
        "timestamp": "2023-11-14T22:13:20.123Z",
        "data": {"status": "succeeded", "model": "é"},
    }
    assert text.isascii()


def test_every_secret_that_signs_verifies_by_the_library_itself_and_no_other() -> None:
    text = body("media_generation_completed", UnixMs(0), {"status": "succeeded"})
    headers = signed_headers("msg_1", UnixMs(int(time.time() * 1000)), text, [NEW, OLD])
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in (NEW, OLD):
        assert secret.text.startswith("whsec_")
        assert Webhook(secret.text).verify(text, headers) == json.loads(text)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER.text).verify(text, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW.text).verify(text.replace("succeeded", "failed"), headers)
