"""The next sensible step towards one customer, by rule, with its reason in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from touchstone.rules.consent import NO


@dataclass(frozen=True)
class Known:
    """What is known of a customer: days on which something was said, empty where nothing was."""

    consents: tuple[str, ...] = ()  # what their persons said of being contacted
    asked_promise: str = ""  # a promise was asked for, and nothing shows that it was kept
    leaving: str = ""  # they said that they may leave, and have not spoken well since
    problem: str = ""  # a problem is open
    about: str = ""  # what the problem is about
    wish: str = ""  # a wish or question stands
    unsure: int = 0  # links that nobody has looked at
    praise: str = ""  # the last thing they said was praise


@dataclass(frozen=True)
class Step:
    """What to do next, and why."""

    text: str
    reason: str


NOTHING = Step("Nothing is due.", "Nothing of theirs is open.")


def next_step(known: Known) -> Step:
    """The first that holds: a promise to keep, a customer about to leave, a problem, a wish, a link, thanks.

    Who does not want to be contacted is answered only where they write.
    """
    due = next(_due(known), None)
    step = due or next(_pleasant(known), NOTHING)
    if not any(each.lower() in NO for each in known.consents):
        return step
    if due is None:
        reason = "They do not want to be contacted, and nothing of theirs is open."
        return step if known.unsure else Step("Do not contact them.", reason)
    why = f"{step.reason} They do not want to be contacted otherwise."
    return Step(f"{step.text} Only in the place where they wrote.", why)


def _due(known: Known) -> Iterator[Step]:
    """What is owed to them, the most pressing first."""
    if known.asked_promise:
        why = f"They asked for it on {known.asked_promise}, and nothing they said since shows that it was done."
        yield Step("Do what they asked to be promised, and say when.", why)
    if known.leaving:
        why = f"On {known.leaving} they said they may leave, and no word was better since."
        yield Step("Call them yourself.", why)
    if known.problem:
        why = f"They spoke of it on {known.problem} and have not spoken well of it since."
        about = f"Mend their problem with {known.about}, and tell them so."
        yield Step(about if known.about else "Mend their problem, and tell them so.", why)
    if known.wish:
        why = f"They wished for something on {known.wish}; nothing they said since shows an answer."
        yield Step("Answer what they asked for.", why)


def _pleasant(known: Known) -> Iterator[Step]:
    """What may be done where nothing is owed."""
    if known.unsure:
        links = "one link" if known.unsure == 1 else f"{known.unsure} links"
        yield Step("Look at who else this may be.", f"The machine is not sure of {links}, and nobody decided yet.")
    if known.praise:
        why = f"The last they said, on {known.praise}, was praise, and nothing of theirs is open."
        yield Step("Thank them.", why)
