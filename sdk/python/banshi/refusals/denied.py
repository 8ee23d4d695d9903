"""Denied: who asks may not do this."""

from banshi.refusals._base import ConsentWanted, Denied


class AppAgreementSameHand(Denied):
    """One person may not sign for both sides."""

    code, status, retryable = "APP_AGREEMENT_SAME_HAND", 403, False


class AppConsentMissing(Denied):
    """The citizen has not agreed to what the mini-app needs; `scopes` lists what is missing."""

    code, status, retryable = "APP_CONSENT_MISSING", 403, False


class AppConsentNeeded(ConsentWanted):
    """The citizen has not agreed to `scope`; he can be asked by opening the mini-app anew."""

    code, status, retryable = "APP_CONSENT_NEEDED", 403, False


class AppItemNotServed(Denied):
    """The version of the mini-app that asks does not name this item in the `items` of its manifest."""

    code, status, retryable = "APP_ITEM_NOT_SERVED", 403, False


class AppNotServedHere(Denied):
    """The mini-app does not serve the citizen's region, or the one he chose; `places` says where it …"""

    code, status, retryable = "APP_NOT_SERVED_HERE", 403, False


class AppOwnRelease(Denied):
    """Who hands a version in may not review it."""

    code, status, retryable = "APP_OWN_RELEASE", 403, False


class CaseCommitmentBarred(Denied):
    """After a false promise or serious bad credit no promise replaces proof until repaired."""

    code, status, retryable = "CASE_COMMITMENT_BARRED", 403, False


class CaseNotApplicant(Denied):
    """Taking back, changing or handing in an application is for the applicant's side."""

    code, status, retryable = "CASE_NOT_APPLICANT", 403, False


class CaseNotCompetent(Denied):
    """A window elsewhere receives; it accepts or decides only under a recorded authorisation."""

    code, status, retryable = "CASE_NOT_COMPETENT", 403, False


class CaseOwnMatter(Denied):
    """Whoever is party to a matter keeps away from deciding it (回避)."""

    code, status, retryable = "CASE_OWN_MATTER", 403, False


class CertificateNotIssuer(Denied):
    """Only a department issues certificates, and only the one that issued it revokes it."""

    code, status, retryable = "CERTIFICATE_NOT_ISSUER", 403, False


class ClockFixed(Denied):
    """The clock of this installation is the machine's own and cannot be moved."""

    code, status, retryable = "CLOCK_FIXED", 403, False


class ConnectionRefused(Denied):
    """The platform does not take this connection: the credential is wrong, or no longer good."""

    code, status, retryable = "CONNECTION_REFUSED", 403, False


class ConsentNeeded(Denied):
    """The citizen has granted the mini-app nothing of what it asks, or has withdrawn it."""

    code, status, retryable = "CONSENT_NEEDED", 403, False


class DefectOwnApp(Denied):
    """Who belongs to the team of a mini-app does not report on it as a tester."""

    code, status, retryable = "DEFECT_OWN_APP", 403, False


class FormExpired(Denied):
    """The form is of another browser or session, or of another site: load the page again."""

    code, status, retryable = "FORM_EXPIRED", 403, False


class GuardianHandsIn(Denied):
    """Under eighteen, and not living on his own labour: he may prepare, his guardian hands in."""

    code, status, retryable = "GUARDIAN_HANDS_IN", 403, False


class GuardianNeeded(Denied):
    """Verified, but under fourteen: a parent or other guardian acts for the child."""

    code, status, retryable = "GUARDIAN_NEEDED", 403, False


class ItemOwnPublication(Denied):
    """Who wrote a version cannot put it in force (三权分立): somebody else must."""

    code, status, retryable = "ITEM_OWN_PUBLICATION", 403, False


class MandateNotHeld(Denied):
    """No mandate in force: unknown, somebody else's, ended and run out are answered alike."""

    code, status, retryable = "MANDATE_NOT_HELD", 403, False


class MandateNotPassedOn(Denied):
    """Whoever acts for another cannot let a third one do it, nor take on mandates meanwhile."""

    code, status, retryable = "MANDATE_NOT_PASSED_ON", 403, False


class MaterialIsYourOwn(Denied):
    """Nobody compares his own upload with its original: a colleague does."""

    code, status, retryable = "MATERIAL_IS_YOUR_OWN", 403, False


class MaterialSessionNeeded(Denied):
    """A download link is made for a person's own session, never for a mini-app."""

    code, status, retryable = "MATERIAL_SESSION_NEEDED", 403, False


class NodNeeded(Denied):
    """A village agent does nothing the villager has not accepted, as it is now."""

    code, status, retryable = "NOD_NEEDED", 403, False


class NotGuardian(Denied):
    """No record says so: unknown, wrong and somebody else's ward are answered alike."""

    code, status, retryable = "NOT_GUARDIAN", 403, False


class NotRepresentative(Denied):
    """The register knows no such firm, or somebody else represents it: the answer is the same."""

    code, status, retryable = "NOT_REPRESENTATIVE", 403, False


class NotSelfSupporting(Denied):
    """Under sixteen, or no record says that he lives on his own labour (民法典 18)."""

    code, status, retryable = "NOT_SELF_SUPPORTING", 403, False


class OnlyOneself(Denied):
    """These rights are a person's own: neither a post, nor a mandate, nor a mini-app exercises them."""

    code, status, retryable = "ONLY_ONESELF", 403, False


class OutsideMandate(Denied):
    """The mandate is narrowed to other items."""

    code, status, retryable = "OUTSIDE_MANDATE", 403, False


class OwnConsentNeeded(Denied):
    """An agent, and the guardian of one who is fourteen, cannot agree in his place (PIPL 31)."""

    code, status, retryable = "OWN_CONSENT_NEEDED", 403, False


class OwnLook(Denied):
    """Nobody judges his own look at somebody's data: a colleague or the security administrator does."""

    code, status, retryable = "OWN_LOOK", 403, False


class OwnPost(Denied):
    """Nobody gives himself a post, or takes one of his own away: another security administrator does."""

    code, status, retryable = "OWN_POST", 403, False


class PlaintextNeeded(Denied):
    """This cannot be done under a pseudonym: `basis` says which rule or consent asks for name and …"""

    code, status, retryable = "PLAINTEXT_NEEDED", 403, False


class PostNotHeld(Denied):
    """The person holds no such post now, or several and did not say which."""

    code, status, retryable = "POST_NOT_HELD", 403, False


class RelayRefused(Denied):
    """The relay does not take this connection: `problem` says why."""

    code, status, retryable = "RELAY_REFUSED", 403, False


class ReviewNotForYou(Denied):
    """Who handed a version in, or decided on it before, leaves it to another person."""

    code, status, retryable = "REVIEW_NOT_FOR_YOU", 403, False


class ScopeMissing(ConsentWanted):
    """The caller's roles or grants do not include `scope`."""

    code, status, retryable = "SCOPE_MISSING", 403, False


class SecondFactorNeeded(Denied):
    """Staff act in a post only after proving who they are and showing a passkey, in the same session."""

    code, status, retryable = "SECOND_FACTOR_NEEDED", 403, False


class TeamOwnerNeeded(Denied):
    """Only an owner of the team may bind it."""

    code, status, retryable = "TEAM_OWNER_NEEDED", 403, False


class TesterNeeded(Denied):
    """Defects are reported by testers whose time has not ended."""

    code, status, retryable = "TESTER_NEEDED", 403, False


class TripAnswerNotYours(Denied):
    """Staff and mini-apps may read a verdict; they may not answer for the citizen."""

    code, status, retryable = "TRIP_ANSWER_NOT_YOURS", 403, False


class WireConsentNeeded(Denied):
    """The citizen has not consented to what the client gets over the old wires."""

    code, status, retryable = "WIRE_CONSENT_NEEDED", 403, False


class WireForCitizens(Denied):
    """The wire is for natural persons: change to your own acting context."""

    code, status, retryable = "WIRE_FOR_CITIZENS", 403, False


class WireForFirms(Denied):
    """The wire is for legal persons: act for a firm first."""

    code, status, retryable = "WIRE_FOR_FIRMS", 403, False


class WirePaused(Denied):
    """An operator switched off the scope `profile:read`, which is what the old wires give."""

    code, status, retryable = "WIRE_PAUSED", 403, False
