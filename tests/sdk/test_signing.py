"""Standard Webhooks: what we sign verifies, what was touched does not."""

from datetime import UTC, datetime, timedelta

import pytest

from banshi import events, signing

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BODY = b'{"type":"case.decided"}'


def test_known_answer_of_the_specification():
    signature = signing.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, tz=UTC),
        body=b'{"test": 2432232314}',
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_body_of_a_delivery_has_type_version_time_and_data():
    news = events.ConsentWithdrawn(
        sub="s", at=NOW, client_id="rp_1", withdrawn=["phone"], remaining=["openid"]
    )

    assert events.body(news) == (
        b'{"type":"consent.withdrawn","version":1,"timestamp":"2026-11-20T04:00:00Z",'
        b'"data":{"sub":"s","client_id":"rp_1","withdrawn":["phone"],"remaining":["openid"]}}'
    )


def test_delivery_verifies_with_either_of_two_secrets():
    old, new = signing.new_secret(), signing.new_secret()
    headers = signing.headers([old, new], message_id="m1", at=NOW, body=BODY)

    assert signing.verify([new], headers, BODY, now=NOW) == "m1"
    assert signing.verify([old], {k.upper(): v for k, v in headers.items()}, BODY, now=NOW) == "m1"


@pytest.mark.parametrize(
    ("headers", "body", "now"),
    [
        ({}, b"{}", NOW),
        ({}, BODY, NOW + timedelta(seconds=301)),
        ({"webhook-id": "m2"}, BODY, NOW),
        ({"webhook-signature": "v1,AAAA"}, BODY, NOW),
        ({"webhook-signature": "v1,é"}, BODY, NOW),
        ({"webhook-timestamp": "soon"}, BODY, NOW),
        ({"webhook-timestamp": "9" * 30}, BODY, NOW),
    ],
    ids=["body", "old", "id", "signature", "not ascii", "no number", "beyond time"],
)
def test_touched_delivery_is_refused(headers, body, now):
    secret = signing.new_secret()
    good = signing.headers([secret], message_id="m1", at=NOW, body=BODY)

    with pytest.raises(signing.SignatureRefused):
        signing.verify([secret], {**good, **headers}, body, now=now)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_AAAA", "whsec_!!", "short"])
def test_weak_secret_is_refused(secret):
    with pytest.raises(ValueError, match="24 to 64 bytes"):
        signing.sign(secret, message_id="m1", at=NOW, body=BODY)
