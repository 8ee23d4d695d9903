"""The operations the demonstration sends, as any client could."""

PREPARE = """
query ($code: String!, $answers: [Answer!]!, $form: [Answer!]) {
  preparation(code: $code, answers: $answers, form: $form) {
    name uploads unknown problems { field text } materials { kind name settled way }
  }
}
"""

REQUEST_UPLOAD = """
mutation (
  $kind: String!, $title: String!, $mediaType: String!, $size: Int!, $sha256: String!, $key: String!
) {
  requestUpload(
    kind: $kind, title: $title, mediaType: $mediaType, size: $size, sha256: $sha256, idempotencyKey: $key
  ) { upload { id } url fields { name value } }
}
"""

COMPLETE_UPLOAD = "mutation ($id: UUID!) { completeUpload(uploadId: $id) { id state } }"

UPLOAD = "query ($id: UUID!) { upload(id: $id) { state reason } }"

START = """
mutation ($draft: CaseDraft!, $key: String!) {
  startCase(draft: $draft, idempotencyKey: $key) { id }
}
"""

SUBMIT = """
mutation ($id: UUID!, $key: String!) {
  submitCase(id: $id, idempotencyKey: $key) { id number state materials { kind way } }
}
"""

DESK = {
    verb: f"mutation ($id: UUID!) {{ {verb}(id: $id) {{ id state }} }}"
    for verb in ("acceptCase", "reviewCase", "completeCase")
}

GRANT = "mutation ($id: UUID!) { decideCase(id: $id, outcome: GRANTED) { id state } }"

DELIVER = """
mutation ($id: UUID!, $tracking: String!) { deliverCase(id: $id, tracking: $tracking) { id state } }
"""

DESK_QUEUE = """
query ($after: String) {
  deskCases(overdue: true, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } }
}
"""

CASE = """
query ($id: UUID!) {
  case(id: $id) { state number title materials { kind way } clocks { kind dueOn overdueAt basis } }
}
"""

CERTIFICATES = "{ certificates(first: 20) { edges { node { kind title number } } } }"

VERDICT = """
query ($caseId: UUID!) {
  verdict(caseId: $caseId) { verdict trips promise version reasons { rule bearing text } }
}
"""

CONFIRM = """
mutation ($caseId: UUID!, $key: String!) {
  confirmVerdict(caseId: $caseId, agrees: true, idempotencyKey: $key) { id }
}
"""

VISIT = """
mutation ($caseId: UUID!, $visit: VisitInput!, $key: String!) {
  recordVisit(caseId: $caseId, visit: $visit, idempotencyKey: $key) { id cause place }
}
"""

VISITS = "query ($caseId: UUID!) { visits(caseId: $caseId) { edges { node { cause place } } } }"

RELEASE = "mutation ($id: UUID!) { releaseMiniApp(versionId: $id) { state } }"

APP_VERSIONS = "query ($appId: String!) { miniApp(appId: $appId) { versions { id version state } } }"

OPEN_APP = """
mutation ($appId: String!, $scopes: [String!]) {
  openMiniApp(appId: $appId, scopes: $scopes) { entry token sub scopes }
}
"""
