"""What the tests of cases ask over the wire."""

from tests.miniapps.cases.factories import CODE

ANSWERS = [{"id": "marital", "text": "未婚"}]
FORM = [{"id": "address", "text": "西湖区文三路1号"}]
DRAFT = {"code": CODE, "answers": ANSWERS, "form": FORM}

PREPARE = """query ($code: String!, $answers: [Answer!]!) { preparation(code: $code, answers: $answers) {
  name unknown uploads problems { field code } maybe barred
  materials { kind required settled way ways promise holding { source kind trust } } } }"""
START = """mutation ($draft: CaseDraft!, $key: String!) {
  startCase(draft: $draft, idempotencyKey: $key) { id state number appId } }"""
EDIT = """mutation ($id: UUID!, $edit: CaseEdit!) {
  editCase(id: $id, edit: $edit) { state delivery filledIn { form { id text } } } }"""
SUBMIT = """mutation ($id: UUID!, $key: String!) {
  submitCase(id: $id, idempotencyKey: $key) { id state number outcome certificateId department } }"""
SUBMIT_AND_SEE = """mutation ($id: UUID!, $key: String!) {
  submitCase(id: $id, idempotencyKey: $key) { id number state materials { kind name way dueOn } } }"""
WHOLE = """query ($id: UUID!) { case(id: $id) { id number state outcome
  clocks { kind days dueOn basis overdueAt metAt } stops { matter notice startedOn endedOn }
  materials { kind way electronic trust promise handedAt } corrections { number repeated defects { kind } }
  timeline { verb fromState toState byRule reason effects } decision { outcome reason review evidence }
  filledIn { answers { id text } form { id text } } } }"""
LIST = """query ($first: Int!, $after: String) { cases(first: $first, after: $after) {
  edges { node { number state department clocks { kind dueOn } materials { kind way } timeline { verb } } }
  pageInfo { hasNextPage endCursor } } }"""
DESK = """query ($states: [CaseState!], $overdue: Boolean!) {
  deskCases(states: $states, overdue: $overdue, first: 50) { edges { node { id state } } } }"""


def code_of(answer):
    return answer["errors"][0]["extensions"]["code"]


def act(name, arguments="", types=""):
    """A mutation on one case."""
    return f"mutation ($id: UUID!{types}) {{ {name}(id: $id{arguments}) {{ id state outcome decline }} }}"
