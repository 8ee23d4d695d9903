"""The authorization table of GraphQL: every root field, and what no answer in its world holds."""

from tests.api.authz_mutations import MUTATIONS
from tests.api.authz_queries import QUERIES

ROWS = QUERIES + MUTATIONS

NEVER_SHOWN = {
    "Faq": "the catalogue is open to everybody, and the item of the world has no such part",
    "Fee": "likewise",
    "Remedy": "likewise",
    "Step": "likewise",
    "Topic": "likewise: no topic has an item in the world",
}
"""Types of which no answer of the matrix holds one, and why that hides nothing of a party."""
