"""What a sign-in is asked for: where to go afterwards, how strong, how fresh, and in which way."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple, Self

from api.http.asking import Asker
from api.pages import words
from api.pages.local import local, with_query
from identity import assurance, numbers

PATH = "/sign-in"
HINT_CHARACTERS = 40


class Asked(NamedTuple):
    """The parameters of /sign-in, in its address and again in its form."""

    next: str
    acr_values: str = ""
    max_age: int | None = None  # seconds
    login_hint: str = ""  # a name or a number to begin with; it is typed by the citizen all the same
    prompt: str = ""  # "login": sign in again, whoever is signed in

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """Read the parameters; what makes no sense counts as absent, for the asker checks again anyway."""
        age = given.get("max_age", "")
        known = [acr for acr in given.get("acr_values", "").split(" ") if assurance.level_of(acr)]
        return cls(
            next=local(given.get("next")),
            acr_values=" ".join(known),
            max_age=int(age) if age.isascii() and age.isdigit() and len(age) < 10 else None,
            login_hint=given.get("login_hint", "")[:HINT_CHARACTERS],
            prompt="login" if given.get("prompt") == "login" else "",
        )

    @property
    def level(self) -> int:
        """The real-name level that is enough: the lowest of those asked for."""
        levels = [assurance.level_of(acr) or 1 for acr in self.acr_values.split()]
        return min(levels, default=1)

    def address(self, method: str = "", path: str = PATH) -> str:
        """Return where the same can be had by GET."""
        return with_query(path, method=method, **self._asdict())

    def hidden(self) -> dict[str, str]:
        """Return what the form carries along."""
        return {name: str(value) for name, value in self._asdict().items() if value not in (None, "")}

    def suggested(self) -> dict[str, str]:
        """Return what the hint fills in beforehand."""
        hint = numbers.normal(self.login_hint)
        if not hint:
            return {}
        return {"id_number" if any(each.isdigit() for each in hint) else "name": self.login_hint.strip()}

    def is_met_by(self, asker: Asker) -> bool:
        """Say whether who is signed in need not sign in again."""
        actor = asker.actor
        age = None if self.max_age is None else timedelta(seconds=self.max_age)
        enough = assurance.suffices(
            actor.level, actor.authenticated_at, needed=self.level, max_age=age, now=asker.now
        )
        return enough and self.prompt != "login"

    def why(self, asker: Asker | None) -> str:
        """Return why somebody who is signed in is asked again; "" when nobody is."""
        if asker is None or self.is_met_by(asker):
            return ""
        if asker.actor.level < self.level:
            return f"办理此事需要{LEVEL_WORDS[self.level]}，请重新核验身份。"
        return (
            f"办理此事需要{_fresh(self.max_age)}，请再核验一次。"
            if self.max_age is not None
            else "请再核验一次身份。"
        )


LEVEL_WORDS = {1: "核实手机号", 2: "核实姓名和身份证号（二级实名）", 3: "刷脸核实是您本人（三级实名）"}


def _fresh(max_age: int) -> str:
    if not max_age:
        return "刚刚核验过身份"
    return f"在最近{words.span(timedelta(seconds=max_age))}内核验过身份"
