"""What needs no server: numbers, levels, limits."""

from datetime import date

import pytest

from banshi.errors import InvalidInput
from miniapps.materials import rules
from miniapps.materials.rules import REASONS, CertificateState, Holding, Reason, Source, Trust, WalletSettings
from storage.ids import new_id
from storage.inspection.findings import Finding

# two identifiers of real certificates, and one of a document's sample that was never right
HUNAN = "1.2.156.3005.2.11100000000013338W011.11110000000021135M.20230329701.003.Y"
HANGZHOU = "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0"
SAMPLE = "1.2.156.3005.2.11100000000013661B006.11110000000021135M.2018.001.M"


@pytest.mark.parametrize("identifier", [HUNAN, HANGZHOU])
def test_real_identifiers_hold(identifier: str) -> None:
    assert rules.identifier_holds(identifier)


@pytest.mark.parametrize(
    ("case", "identifier"),
    [
        ("a wrong check character", SAMPLE),
        ("another digit", HUNAN.replace("20230329701", "20230329702")),
        ("two digits swapped", HANGZHOU.replace("2025052201", "2025052210")),
        ("a part missing", HUNAN.replace(".003", "")),
        ("a short type", HUNAN.replace("13338W011", "13338W01")),
        ("a small letter", HUNAN.replace(".Y", ".y")),
        ("another root", "1.2.156.3005.3." + HUNAN.split(".", 5)[5]),
    ],
)
def test_wrong_identifiers_do_not_hold(case: str, identifier: str) -> None:
    assert not rules.identifier_holds(identifier), case


def test_an_identifier_is_put_together_as_the_norm_says() -> None:
    made = rules.certificate_identifier(
        type_code="11100000000013338W011",
        issuer_code="11110000000021135M",
        serial="20230329701",
        version=3,
    )

    assert made == HUNAN


@pytest.mark.parametrize(
    ("stored", "valid_until", "state"),
    [
        (CertificateState.NORMAL, None, CertificateState.NORMAL),
        (CertificateState.NORMAL, date(2026, 11, 20), CertificateState.NORMAL),
        (CertificateState.NORMAL, date(2026, 11, 19), CertificateState.EXPIRED),
        (CertificateState.REVOKED, date(2026, 11, 19), CertificateState.REVOKED),
    ],
)
def test_a_certificate_expires_after_its_last_good_day(
    stored: CertificateState, valid_until: date | None, state: CertificateState
) -> None:
    assert rules.certificate_state(stored, valid_until, on=date(2026, 11, 20)) is state


def test_the_citizens_own_word_is_level_d_and_a_copy_is_level_c() -> None:
    assert rules.upload_trust("food_safety_commitment") is Trust.D
    assert rules.upload_trust("lease_contract") is Trust.C


def test_the_first_of_each_kind_is_the_best() -> None:
    first, second, other = (_holding(kind) for kind in ("photo", "photo", "lease_contract"))

    assert rules.best([first, second, other]) == {"photo": first, "lease_contract": other}


def _holding(kind: str) -> Holding:
    return Holding(
        source=Source.WALLET, id=new_id(), kind=kind, title=kind, trust=Trust.C, valid_until=None,
        electronic=True,
    )  # fmt: skip


def test_good_uploads_and_names_pass() -> None:
    rules.check_upload(
        kind="photo", title="证件照", media_type="image/jpeg", size=1, settings=WalletSettings()
    )
    rules.check_names(sha256="aB" * 32, idempotency_key="12345678")


def test_text_comes_back_without_outer_blanks() -> None:
    assert rules.bounded(" 原件一致 ", field="evidence", longest=4) == "原件一致"
    with pytest.raises(InvalidInput, match="evidence"):
        rules.bounded("原件一致!", field="evidence", longest=4)


def test_what_is_signed_does_not_depend_on_the_order_of_its_words() -> None:
    assert rules.signed_text({"b": "2", "a": "一"}) == '{"a":"一","b":"2"}'.encode()


def test_every_reason_is_explained_and_every_finding_is_a_reason() -> None:
    assert set(REASONS) == set(Reason)
    assert {finding.value for finding in Finding} <= {reason.value for reason in Reason}
