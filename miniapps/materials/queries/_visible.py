"""What an actor may see of each table, as data."""

from piccolo.columns.combination import WhereRaw

from identity.roles import Role
from identity.visibility import Holds, Same, Visibility
from miniapps.materials.tables import Certificate, Material, MaterialUse, MaterialVersion, Upload

MATERIAL: Visibility = ((Same(Material.party_id, "acting_for"),),)
VERSION: Visibility = ((Same(MaterialVersion.party_id, "acting_for"),),)
UPLOAD: Visibility = ((Same(Upload.party_id, "acting_for"),),)
CERTIFICATE: Visibility = (
    (Same(Certificate.party_id, "acting_for"),),
    (Holds(Role.CLERK), Same(Certificate.issuer_id, "acting_for")),
)
USE: Visibility = (
    (Same(MaterialUse.party_id, "acting_for"),),
    (Holds(Role.CLERK), Same(MaterialUse.department_id, "acting_for")),
)
USE_THROUGH_APP: Visibility = (
    (Same(MaterialUse.party_id, "acting_for"), Same(MaterialUse.app_id, "app_id")),
)
"""A mini-app learns of the uses it caused, not of what else the citizen has applied for."""

IS_NEWEST = (
    "NOT EXISTS (SELECT FROM material_version newer WHERE newer.party_id = material_version.party_id"
    " AND newer.material = material_version.material AND newer.number > material_version.number)"
)
"""Only the last version of a material is offered; older ones live on in the cases that use them."""

NEWEST = WhereRaw(IS_NEWEST)
