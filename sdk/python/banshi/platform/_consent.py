"""What the citizen granted the mini-app: seen, and given back when it is not needed any more.

held = await platform.consent.mine()
held.scopes, held.since, held.until
await platform.consent.withdraw(["materials:read"])
"""

from collections.abc import Collection

from banshi.platform._part import Part
from banshi.platform._types import AppConsent, selection

MINE = f"query {{ appConsent {{ {selection(AppConsent)} }} }}"
GIVE_BACK = (
    f"mutation ($scopes: [String!]) {{ giveBackConsent(scopes: $scopes) {{ {selection(AppConsent)} }} }}"
)
DOCUMENTS = (MINE, GIVE_BACK)


class Consent(Part):
    """The citizen's consent to this mini-app; it needs no scope."""

    async def mine(self) -> AppConsent:
        """Return what he granted, since when and until when."""
        return await self._one(AppConsent, MINE, "appConsent")

    async def withdraw(self, scopes: Collection[str] | None = None) -> AppConsent:
        """Give back `scopes`, or all, in his place; return what is left.

        It stands in his record as the mini-app's own act.  Its tokens lose it at once; without any scope left
        they end, so trying again is refused with unidentified.NotSignedIn.  A version that still asks for
        what was given back asks him anew when he opens it next.
        Raises: invalid.InvalidInput for a word that is no scope.
        """
        wanted = None if scopes is None else sorted(scopes)
        return await self._one(AppConsent, GIVE_BACK, "giveBackConsent", scopes=wanted)
