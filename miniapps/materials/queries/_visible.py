"""What an actor may see of each table, as data.

Whoever acts by a mandate for some items only sees no wallet: just what those items need (`…_NEEDED`), and
what he uploaded himself.
"""

from piccolo.columns.combination import WhereRaw

from identity.roles import Role
from identity.visibility import Holds, Narrowed, Same, Visibility, Whole
from miniapps.materials.tables import Certificate, Material, MaterialUse, MaterialVersion, Upload

MATERIAL: Visibility = ((Whole(), Same(Material.party_id, "acting_for")),)
VERSION_NEEDED: Visibility = ((Same(MaterialVersion.party_id, "acting_for"),),)
VERSION: Visibility = ((Whole(), Same(MaterialVersion.party_id, "acting_for")),)
UPLOAD: Visibility = (
    (Whole(), Same(Upload.party_id, "acting_for")),
    (Narrowed(), Same(Upload.party_id, "acting_for"), Same(Upload.person_id, "person_id")),
)
CERTIFICATE_NEEDED: Visibility = ((Same(Certificate.party_id, "acting_for"),),)
CERTIFICATE: Visibility = (
    (Whole(), Same(Certificate.party_id, "acting_for")),
    (Holds(Role.CLERK), Same(Certificate.issuer_id, "acting_for")),
)
USE: Visibility = (
    (Whole(), Same(MaterialUse.party_id, "acting_for")),
    (Holds(Role.CLERK), Same(MaterialUse.department_id, "acting_for")),
)
USE_THROUGH_APP: Visibility = (
    (Whole(), Same(MaterialUse.party_id, "acting_for"), Same(MaterialUse.app_id, "app_id")),
)
"""A mini-app learns of the uses it caused, not of what else the citizen has applied for."""

IS_NEWEST = (
    "NOT EXISTS (SELECT FROM material_version newer WHERE newer.party_id = material_version.party_id"
    " AND newer.material = material_version.material AND newer.number > material_version.number)"
)
"""Only the last version of a material is offered; older ones live on in the cases that use them."""

NEWEST = WhereRaw(IS_NEWEST)
