"""Reads of the wallet.  Every query for somebody starts from what he may see (`_visible`)."""

from miniapps.materials.queries._holdings import IDENTITY_TITLE, holdings
from miniapps.materials.queries._inside import (
    certificate_of_case,
    lock_object,
    lock_object_by_fingerprint,
    newest_version,
    object_of,
    shown_objects,
    under_way,
    upload,
    upload_by_key,
    use_of,
)
from miniapps.materials.queries._visible import CERTIFICATE, MATERIAL, UPLOAD, USE, VERSION
from miniapps.materials.queries._wallet import (
    certificate,
    certificates_page,
    material,
    materials_page,
    newest_versions,
    readable,
    readable_certificate,
    uses_page,
    version,
    versions_by_ids,
)

__all__ = [
    "CERTIFICATE",
    "IDENTITY_TITLE",
    "MATERIAL",
    "UPLOAD",
    "USE",
    "VERSION",
    "certificate",
    "certificate_of_case",
    "certificates_page",
    "holdings",
    "lock_object",
    "lock_object_by_fingerprint",
    "material",
    "materials_page",
    "newest_version",
    "newest_versions",
    "object_of",
    "readable",
    "readable_certificate",
    "shown_objects",
    "under_way",
    "upload",
    "upload_by_key",
    "use_of",
    "uses_page",
    "version",
    "versions_by_ids",
]
