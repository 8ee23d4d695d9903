"""Refusals about cases.

DomainError
├── CaseNotFound            404  no such case, or not yours
├── MoveRefused             409  the case is not in a state where this can be done
├── ItemNotOffered          422  the item is not offered in this region
├── NotForThisParty         422  the item serves firms, or persons, and the party is none
├── BeneficiaryRefused      422  somebody for whom the applicant cannot be known to act
├── AnswersMissing          422  questions are open, so the materials are not known yet
├── FormInvalid             422  form fields are missing or wrong
├── MaterialsMissing        422  materials are needed and nothing satisfies them
├── WayNotOffered           422  a material may not be satisfied in the chosen way
├── CommitmentBarred        403  promises are not taken from this party at present
├── DeliveryNotOffered      422  the item does not deliver in this way
├── NotCompetent            403  another organ accepts and decides
├── NotApplicant            403  only the applicant's side may do this
├── PersonUnknown           422  nobody with this number has ever signed in
├── OwnMatter               403  a clerk may not handle a case of his own
├── TooLateToAsk            409  the days to ask or decline are over: silence has accepted
├── SecondCorrection        409  a second notice may name newly handed papers only
├── RightOrganMissing       422  a wrong-organ answer names the right one
├── MatterNotListed         422  the law lets only listed matters stop the clocks
├── ReasonMissing           422  this act needs its reason in writing
├── ExtensionRefused        409  the law allows no extension, or no further one
├── ForwardRefused          422  a case is reported to another organ, not to its own
└── PapersOutstanding       409  a paper that was to follow is still missing
"""

from banshi.errors import DomainError


class CaseNotFound(DomainError):
    """There is no such case, or it is somebody else's: the answer is the same."""

    code = "CASE_NOT_FOUND"
    status = 404
    text = "There is no case {case_id} that you may see."


class MoveRefused(DomainError):
    """The state of the case does not allow the act."""

    code = "CASE_MOVE_REFUSED"
    text = "A {state} case cannot answer to {verb}."


class ItemNotOffered(DomainError):
    """The item is published, but not for this region."""

    code = "CASE_ITEM_NOT_OFFERED"
    status = 422
    text = "The item {code} is not offered in {region}."


class NotForThisParty(DomainError):
    """The item serves persons or firms only (服务对象), and the party is of the other kind."""

    code = "CASE_NOT_FOR_THIS_PARTY"
    status = 422
    text = "The item {code} serves a {target}; the party of this case is none."


class BeneficiaryRefused(DomainError):
    """Online one may apply for oneself only; at a window for another person who is known here.

    Absent and unknown get the same answer.
    """

    code = "CASE_BENEFICIARY_REFUSED"
    status = 422
    text = "This beneficiary cannot be taken: online only yourself, at a window a person known here."


class AnswersMissing(DomainError):
    """`questions` lists the ids of the questions still to answer."""

    code = "CASE_ANSWERS_MISSING"
    status = 422
    text = "Answer these questions first: {questions}."


class FormInvalid(DomainError):
    """`problems` lists field and fault, separated by semicolons."""

    code = "CASE_FORM_INVALID"
    status = 422
    text = "The form is not complete: {problems}."


class MaterialsMissing(DomainError):
    """`kinds` lists the material kinds that nothing satisfies yet."""

    code = "CASE_MATERIALS_MISSING"
    status = 422
    text = "These materials are still needed: {kinds}."


class WayNotOffered(DomainError):
    """The item does not allow this way for this material, or the thing chosen is not held."""

    code = "CASE_WAY_NOT_OFFERED"
    status = 422
    text = "The material {kind} cannot be satisfied by {way} here."


class CommitmentBarred(DomainError):
    """After a false promise or serious bad credit no promise replaces proof until repaired.

    Source: 国办发〔2020〕42号.
    """

    code = "CASE_COMMITMENT_BARRED"
    status = 403
    text = "Promises are not taken in place of proof at present: {reason}."


class DeliveryNotOffered(DomainError):
    """The item does not deliver its result in this way."""

    code = "CASE_DELIVERY_NOT_OFFERED"
    status = 422
    text = "The result is not delivered by {delivery}."


class NotCompetent(DomainError):
    """A window elsewhere receives; it accepts or decides only under a recorded authorisation.

    Source: 国办发〔2020〕35号.
    """

    code = "CASE_NOT_COMPETENT"
    status = 403
    text = "Only the competent organ, or one it has authorised, may {verb} this case."


class NotApplicant(DomainError):
    """Taking back, changing or handing in an application is for the applicant's side."""

    code = "CASE_NOT_APPLICANT"
    status = 403
    text = "Only the applicant may {verb} this case."


class PersonUnknown(DomainError):
    """A window receives for persons whose identity the platform has once verified."""

    code = "CASE_PERSON_UNKNOWN"
    status = 422
    text = "Nobody with this number is known here: let the person sign in once."


class OwnMatter(DomainError):
    """Whoever is party to a matter keeps away from deciding it (回避)."""

    code = "CASE_OWN_MATTER"
    status = 403
    text = "You cannot handle a case that is your own."


class TooLateToAsk(DomainError):
    """The days for asking or declining ended on `due_on`: by silence the case is accepted.

    Source: 行政许可法 Art. 32.
    """

    code = "CASE_TOO_LATE_TO_ASK"
    text = "The days to ask or decline ended on {due_on}; the case counts as accepted."


class SecondCorrection(DomainError):
    """Everything missing is told once; a further notice may only name papers handed in since."""

    code = "CASE_SECOND_CORRECTION"
    text = "A further notice may only name newly handed papers, not {kinds}."


class RightOrganMissing(DomainError):
    """不予受理 for want of competence must name the organ to turn to."""

    code = "CASE_RIGHT_ORGAN_MISSING"
    status = 422
    text = "Name the organ that is competent."


class ReasonMissing(DomainError):
    """This act needs its reason (or the notice of the matter) in writing."""

    code = "CASE_REASON_MISSING"
    status = 422
    text = "Give the reason for {verb} in writing."


class MatterNotListed(DomainError):
    """Only matters that the law or the item lists stop the clocks.  Source: 行政许可法 Art. 45."""

    code = "CASE_MATTER_NOT_LISTED"
    status = 422
    text = "The matter {matter} does not stop the clocks of this item."


class ExtensionRefused(DomainError):
    """`why` says whether the law allows none, none more, or the time is over."""

    code = "CASE_EXTENSION_REFUSED"
    text = "The case cannot be extended: {why}."


class ForwardRefused(DomainError):
    """A case is reported to another organ."""

    code = "CASE_FORWARD_REFUSED"
    status = 422
    text = "Name another organ that exists."


class PapersOutstanding(DomainError):
    """A case closes only when the papers that were to follow are there."""

    code = "CASE_PAPERS_OUTSTANDING"
    text = "These papers were to follow and are missing: {kinds}."
