"""`banshi clients` and `banshi keys`, on a running system's servers."""

import json

import pytest
from joserfc.jwk import ECKey

from tests.api.test_cli import banshi, no_settings, refused, system

__all__ = ["no_settings", "system"]
ADD = ("clients", "add", "公积金助手", "--redirect-uri", "https://rp.example/cb")


@pytest.fixture
def migrated(system):
    banshi("migrate")
    return system


def test_clients_are_added_shown_changed_and_switched_off(migrated, tmp_path):
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}))

    one = json.loads(banshi(*ADD, "--scope", "openid phone", "--scope", "profile.name=显示称呼"))
    told = json.loads(banshi(*ADD, "--webhook-uri", "https://rp.example/news"))
    two = json.loads(
        banshi(*ADD, "--auth-method", "private_key_jwt", "--jwks", str(keys), "--profile", "fapi2")
    )
    three = json.loads(banshi(*ADD, "--auth-method", "none"))

    assert one.keys() == {"client_id", "client_secret"}
    assert told.keys() == {"client_id", "client_secret", "webhook_secret"}
    assert told["webhook_secret"].startswith("whsec_")
    shown = banshi("clients", "show", told["client_id"])
    assert json.loads(shown)["webhook_uri"] == "https://rp.example/news"
    assert "whsec" not in shown and "sealed" not in shown
    on = json.loads(banshi("clients", "webhook", told["client_id"]))
    assert on == {"webhook_uri": "https://rp.example/news"}
    moved = json.loads(banshi("clients", "webhook", told["client_id"], "--uri", "https://rp.example/other"))
    assert moved == {"webhook_uri": "https://rp.example/other"}
    late = json.loads(banshi("clients", "webhook", one["client_id"], "--uri", "https://rp.example/late"))
    assert late["webhook_secret"].startswith("whsec_")
    assert "WEBHOOK_NOT_FOUND" in refused("clients", "webhook", two["client_id"])
    assert "CLIENT_INVALID" in refused("clients", "webhook", one["client_id"], "--uri", "http://10.0.0.1/")
    assert two.keys() == three.keys() == {"client_id"}
    shown = json.loads(banshi("clients", "show", one["client_id"]))
    assert shown["scopes"]["profile.name"] == "显示称呼"
    assert one["client_secret"] not in json.dumps(shown)
    fresh = json.loads(banshi("clients", "rotate-secret", one["client_id"]))
    assert fresh["client_secret"] != one["client_secret"]
    assert json.loads(banshi("clients", "show", one["client_id"]))["secrets"] == 2
    banshi("clients", "disable", three["client_id"])
    listed = banshi("clients", "list").splitlines()
    assert sorted("disabled" in line for line in listed) == [False, False, False, True]
    assert "CLIENT_NOT_FOUND" in refused("clients", "show", "rp_x")
    assert "CLIENT_INVALID" in refused(*ADD, "--client-id", "rent-helper")
    assert "CLIENT_INVALID" in refused(*ADD, "--scope", "email")


def test_keys_are_published_before_they_sign(migrated):
    said = banshi("keys", "rotate")

    assert "signs in 10 minutes" in said
    standing = [line.split()[1] for line in banshi("keys", "list").splitlines()]
    assert standing == ["next", "signs"]
    assert "from now on" in banshi("keys", "rotate", "--now")
