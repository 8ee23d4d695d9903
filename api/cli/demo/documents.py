"""The trusted documents that the demonstration sends: it is a first-party client, and sends no other."""

from api.graphql.documents import named

HOME = named("home")
CASE = named("case")
CASES = named("cases")
SEARCH = named("search")
SHELF = named("shelf")
FIND = named("find")
WALLET = named("wallet")
NOTICES = named("notices")
UNREAD = named("unread")

PREPARATION = named("preparation")
REQUEST_UPLOAD = named("request_upload")
COMPLETE_UPLOAD = named("complete_upload")
UPLOAD = named("upload")
START_CASE = named("start_case")
SUBMIT_CASE = named("submit_case")
CONFIRM_VERDICT = named("confirm_verdict")
VISITS = named("visits")
OPEN_MINI_APP = named("open_mini_app")

DESK_CASES = named("desk_cases")
ACCEPT_CASE = named("accept_case")
REVIEW_CASE = named("review_case")
DECIDE_CASE = named("decide_case")
COMPLETE_CASE = named("complete_case")
DELIVER_CASE = named("deliver_case")
RECORD_VISIT = named("record_visit")

MINI_APP = named("mini_app")
AGREEMENT_TEXT = named("agreement_text")
SIGN_AGREEMENT = named("sign_agreement")
RELEASE_MINI_APP = named("release_mini_app")
