"""Trusted documents: found by the hash of their text, made ready once, and all that a session may send."""

import hashlib
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import graphql as cli
from api.cli import naming
from api.cli.demo import documents as sent_by_the_demo
from api.graphql import cost, documents, engine, limits, operations, trusted
from api.graphql.documents import Entry
from api.graphql.trusted import Broken, Trusted
from banshi.cli import _documents as sdk
from tests.api.conftest import serving, some_settings

UNREAD = documents.named("unread")
LISTED = documents.listed()


@pytest.fixture
def a_folder(tmp_path):
    """Put documents into a folder with a manifest: `a_folder(home="query Home { … }")`."""

    def make(**texts: str) -> Path:
        for name, text in texts.items():
            (tmp_path / f"{name}.graphql").write_text(text)
        entries = documents.present(tmp_path)
        (tmp_path / "manifest.json").write_text(documents.written(entries))
        return tmp_path

    return make


class TestTheFolder:
    def test_the_manifest_lists_what_is_there_by_name(self):
        assert documents.present() == LISTED
        assert [entry.name for entry in LISTED] == sorted(entry.name for entry in LISTED)

    @pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry.name)
    def test_every_document_is_ready_and_found_by_its_hash(self, schema, entry):
        made = trusted.ready(schema.core, entry)

        text = (documents.FOLDER / entry.file).read_bytes()
        assert entry.id == f"sha256:{hashlib.sha256(text).hexdigest()}"
        assert (made.text, made.sha256) == (text.decode(), entry.sha256)

    def test_every_document_has_a_client_and_every_client_its_document(self):
        assert naming.faults(LISTED) == []

    def test_the_demonstration_sends_all_that_it_names(self):
        folder = Path(sent_by_the_demo.__file__).parent
        sources = "".join(file.read_text() for file in folder.glob("*.py"))

        for constant in (name for name in vars(sent_by_the_demo) if name.isupper()):
            assert f"documents.{constant}" in sources, constant

    def test_the_developer_s_command_carries_the_ids_of_today(self):
        sent = {name.lower(): value for name, value in vars(sdk).items() if name.isupper()}
        assert {name: documents.named(name) for name in sent} == sent


class TestMakingReady:
    def test_one_that_was_changed_since_is_refused(self, schema, a_folder):
        folder = a_folder(home="query Home { requestId }")
        (folder / "home.graphql").write_text("query Home { __typename }")

        with pytest.raises(Broken, match=r"home\.graphql: .*banshi graphql documents"):
            Trusted.load(schema.core, folder)

    def test_one_that_is_gone_is_refused(self, schema, a_folder):
        folder = a_folder(home="query Home { requestId }")
        (folder / "home.graphql").unlink()

        with pytest.raises(Broken):
            Trusted.load(schema.core, folder)

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("query Home { requestId", "Syntax Error"),
            ("query Home { gone }", "line 1: Cannot query field 'gone'"),
            ("query Home { __schema { queryType { name } } }", "introspection"),
            ("query Home { requestId } query Other { requestId }", "one operation"),
            ("{ requestId }", "call its operation Home"),
            ("query Other { requestId }", "call its operation Home"),
            ("query Home { " + "a: requestId " * 2 + "b: requestId " * 20 + "}", "aliases"),
            (
                "query Home($n: Int!) { miniApps(first: $n) { edges { node { versions { id } } } } }",
                "with the longest pages: The operation costs",
            ),
        ],
    )
    def test_one_that_cannot_run_is_named_with_what_is_wrong(self, schema, a_folder, text, why):
        with pytest.raises(Broken, match=re.escape(why)):
            Trusted.load(schema.core, a_folder(home=text))

    async def test_limits_are_checked_once_for_them_and_for_other_texts_at_first_sight(self, monkeypatch):
        counted: list[str] = []
        for module, name in ((limits, "check"), (operations, "parse"), (operations, "validate")):
            monkeypatch.setattr(module, name, noting(counted, getattr(module, name)))
        engine.compiled.cache_clear()  # as in a new process
        async with serving(some_settings(clock="system")) as bare:
            assert len(counted) == 3 * len(LISTED)
            counted.clear()

            for _ in range(3):
                await bare.post("/graphql", json={"documentId": UNREAD})
            assert counted == []
            await bare.post("/graphql", json={"query": "{ requestId again: requestId }"})
            assert sorted(counted) == ["check", "parse", "validate"]


def noting(counted, real):
    """Return `real`, noting each call."""

    def call(*given, **named):
        counted.append(real.__name__)
        return real(*given, **named)

    return call


class TestTheCheck:
    def test_a_document_that_nobody_names_and_a_name_of_nothing_are_told(self, tmp_path):
        entries = [Entry("home", "1" * 64, "home.graphql"), Entry("case", "2" * 64, "case.graphql")]
        (tmp_path / "page.ts").write_text(
            'ask(named("home")); ask(named("gone")); ask("sha256:' + "9" * 64 + '")'
        )

        unused, gone, stale = naming.faults(entries, [tmp_path])

        assert unused == "case.graphql: no client of ours names it; remove it"
        assert gone.endswith("page.ts: there is no document gone")
        assert stale.endswith("there is no document sha256:" + "9" * 64)

    def test_it_fails_and_says_how_to_mend(self, tmp_path, monkeypatch):
        monkeypatch.setattr(documents, "MANIFEST", tmp_path / "manifest.json")

        behind = CliRunner().invoke(cli.graphql, ["check"])
        CliRunner().invoke(cli.graphql, ["documents"], catch_exceptions=False)
        written = (tmp_path / "manifest.json").read_text()

        assert behind.exit_code == 1
        assert "manifest.json is behind the code: run `banshi graphql documents`" in behind.output
        assert written == documents.FOLDER.joinpath("manifest.json").read_text()


def test_a_price_that_was_checked_at_the_start_is_not_reckoned_again(schema):
    operation = Trusted.load(schema.core).find(documents.named("cases"))

    assert operation is not None
    assert operation.cost == cost.Cost()
