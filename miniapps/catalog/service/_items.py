"""The items that a manifest names are there."""

from banshi import manifest as manifests
from banshi.manifest import Manifest, ManifestRefused
from miniapps.items import queries as items


async def check(made: Manifest, text: str) -> None:
    """Check that every item in the manifest `text` is in the catalogue now.  One statement, or none.

    Raises: ManifestRefused, with each that is not.
    """
    if not made.items:
        return
    known = await items.offers(made.items)
    faults = [
        manifests.fault(
            text, ["items", place], f"the code of a published item, got {code!r}",
            "look it up in the catalogue of items; a withdrawn item is served no more",
        )
        for place, code in enumerate(made.items)
        if code not in known
    ]  # fmt: skip
    if faults:
        raise ManifestRefused(faults)
