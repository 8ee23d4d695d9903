"""The verbs of the wallet: one function, one transaction each."""

from miniapps.materials.service._certificates import (
    Sealed,
    facts_of,
    issue_certificate,
    revoke_certificate,
    seen,
)
from miniapps.materials.service._checking import admit, begin_check, lapse, refuse, release_check, reserve
from miniapps.materials.service._erasing import ObjectReading, erase_all_of, read_object
from miniapps.materials.service._files import FileReading, download_link, erase_object, open_here, open_link
from miniapps.materials.service._uploads import (
    UploadForm,
    complete_upload,
    configure,
    fingerprint,
    quarantine_key,
    request_upload,
)
from miniapps.materials.service._uses import record_use
from miniapps.materials.service._wallet import remove_material, verify_original

__all__ = [
    "FileReading",
    "ObjectReading",
    "Sealed",
    "UploadForm",
    "admit",
    "begin_check",
    "complete_upload",
    "configure",
    "download_link",
    "erase_all_of",
    "erase_object",
    "facts_of",
    "fingerprint",
    "issue_certificate",
    "lapse",
    "open_here",
    "open_link",
    "quarantine_key",
    "read_object",
    "record_use",
    "refuse",
    "release_check",
    "remove_material",
    "request_upload",
    "reserve",
    "revoke_certificate",
    "seen",
    "verify_original",
]
