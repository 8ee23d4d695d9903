"""The page to try queries: whatever is installed, it comes from here."""

from api.http import trying

BROWSER = {"accept": "text/html"}


async def test_without_graphiql_a_page_of_our_own_serves(monkeypatch, tmp_path):
    monkeypatch.setitem(trying.FILES, "mount.js", (tmp_path / "gone.js", trying.SCRIPT))

    assert b"graphiql" not in trying.trying_page().lower()


async def test_with_graphiql_its_page_names_only_files_that_are_served(monkeypatch, tmp_path):
    for name, (_, media_type) in list(trying.FILES.items()):
        (tmp_path / name).write_text("// here")
        monkeypatch.setitem(trying.FILES, name, (tmp_path / name, media_type))

    page = trying.trying_page().decode()

    assert all(f"/graphiql/{name}" in page for name in trying.FILES)
    assert page.count("/graphiql/") == len(trying.FILES)


async def test_its_files_are_served_and_no_others(bare):
    mount = await bare.get("/graphiql/mount.js")
    other = await bare.get("/graphiql/package.json")

    assert mount.status_code == 200
    assert mount.headers["content-type"].startswith("text/javascript")
    assert other.status_code == 404
