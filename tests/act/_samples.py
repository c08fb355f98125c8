"""Fields for every action, so that the laws can do it twice: a function of the home and an empty folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyotp

from tests.act._samples_asking import ASKING
from tests.act._samples_inbox import INBOX
from touchstone.act._journey import connected
from touchstone.act._themes import known
from touchstone.rules.cases import STAGES
from touchstone.store import telling
from touchstone.store._live_cases import case as CASE

Sample = Callable[[Any, Path], dict[str, Any]]


def _listen(_: Any, folder: Path) -> dict[str, Any]:
    file = folder / "letters.csv"
    file.write_text("id,text,rating\n1,The service was friendly.,5\n2,Too long a wait.,2\n", "utf-8")
    return {"source": str(file)}


def _correct(home: Any, _: Path) -> dict[str, Any]:
    id = home.ask().lake("select id from interaction where text is not null order by id limit 1")["id"][0].as_py()
    change = {"touchpoint": home.store.taxonomy.names[0], "sentiment": -1.0}
    return {"table": "mention", "interaction": id, "change": change}


def _close(home: Any, _: Path, name: str = "leaver") -> dict[str, Any]:
    home.act("account.open", name=f"{name}@example", role="insider", existing=True)
    return {"name": f"{name}@example"}


def _key(home: Any) -> dict[str, Any]:
    owner = _close(home, Path(), "forgetful")
    return owner | {"key": home.act("key.make", label="passing", **owner)["id"]}


def _factor(home: Any) -> dict[str, Any]:
    owner = _close(home, Path(), "careful")
    secret = home.act("second_factor.begin", **owner)["secret"]
    return owner | {"code": pyotp.TOTP(secret).at(home.store.now)}


def _personal(home: Any, folder: Path) -> dict[str, Any]:
    return {**_close(home, folder, "shown"), "personal": False}


def _read(home: Any, _: Path) -> dict[str, Any]:
    mentions = [{"touchpoint": home.store.taxonomy.names[0], "polarity": "positive"}]
    return {"interaction": _correct(home, _)["interaction"], "mentions": mentions}


def _known(home: Any, id: str) -> str:
    home.store.put("person", [{"id": id, "name": f"{id} Sample"}])
    return id


def _customer(home: Any) -> dict[str, Any]:
    """A customer's account."""
    name = "ines@example"
    home.act("account.open", name=name, role="customer", person=_known(home, "ines"), existing=True)
    return {"name": name}


def _taught(home: Any, fields: dict[str, Any]) -> dict[str, Any]:
    home.act("example", touchpoint="parking", texts="No space.\nNowhere to park.", polarity="negative")
    home.act("model.teach", durable=False)
    return fields


def _two(home: Any, *, one: bool = False) -> dict[str, Any]:
    """Two persons, confirmed as one customer or not."""
    said = [{"source": "letters", "source_id": each, "person": each, "text": "Fine."} for each in ("kim", "sam")]
    home.store.append([said])
    home.store.derive()
    fields = {"person": "kim", "other": "sam"}
    return home.act("link.confirm", **fields) if one else fields


def _theme(home: Any, verb: str) -> dict[str, Any]:
    """The first of two themes that a run might have found, of words that only this verb's texts say."""
    texts = [f"{verb}al {verb}or" if n % 2 else f"{verb}um {verb}ix" for n in range(40)]
    said = [{"source": verb, "source_id": str(n), "text": text} for n, text in enumerate(texts)]
    home.store.append([said])
    home.store.derive()
    rows = home.ask().lake("select id, text from interaction where source = ? order by id", [verb]).to_pylist()
    ids = [sha256(f"{verb}{n}".encode()).hexdigest()[:12] for n in range(2)]
    links = []
    for row in rows:
        own = ids["al" not in row["text"]]
        about = {"id": row["id"], "layer": "theme", "left": row["id"], "right": own, "probability": 0.9}
        links.append(about | {"reason": f'{{"found": "{own}"}}', "about": [], "maker": "themes@1"})
    home.store.replace("link", "themes", links)
    connected(home.store, "themes", find=False)
    return {"theme": ids[0]}


def _initiative(home: Any, _: Path) -> dict[str, Any]:
    return {"touchpoint": home.store.taxonomy.names[0], "fixed_cost": 100.0, "lift": 0.2}


def _stated(home: Any) -> dict[str, Any]:
    return {"initiative": home.act("initiative.state", **_initiative(home, Path()), name="Passing")["initiatives"][0]}


def _drawn(home: Any) -> dict[str, Any]:
    """A customer who came once and allows offers."""
    home.store.put("person", [{"id": "dora", "consents": '{"offer": "granted"}'}])
    came = {"source": "door", "source_id": "dora", "person": "dora", "kind": "visit", "level": "end_customer"}
    home.store.append([[came | {"occurred_at": home.store.now - timedelta(days=9)}]])
    return {"campaign": ["spring"], "person": ["dora"]}


def _case(home: Any, *, verb: str = "open", stage: str = "received", **fields: Any) -> dict[str, Any]:
    """A case of a letter of its own, moved on to `stage`."""
    said = {"source": "cases", "source_id": verb, "text": "Too long a wait.", "person": f"{verb}-writer"}
    contacts = '{"email": "writer@example.com"}'
    home.store.put("person", [{"id": said["person"], "contacts": contacts, "consents": '{"survey": "granted"}'}])
    home.store.append([[said]])
    home.store.derive()
    found = home.ask().lake("select id from interaction where source = 'cases' and source_id = ?", [verb])
    opened: dict[str, Any] = {"interaction": found["id"][0].as_py()}
    if verb == "open":
        return opened
    case = home.act("case.open", **opened)["case"]
    for each in ("acknowledged", "assessed", "answered", "closed"):
        now = home.ask().record(CASE.select().where(CASE.c.id == case))[0]["stage"]
        if stage in STAGES[STAGES.index(each) :] and STAGES.index(now) < STAGES.index(each):
            home.act("case.move", case=case, stage=each)
    return {"case": case, **fields}


def _promise(home: Any) -> dict[str, Any]:
    case = _case(home, verb="keep")["case"]
    by_when = home.store.now + timedelta(days=9)
    return {"promise": home.act("case.promise", case=case, what="A call.", by_when=by_when)["promise"]}


def _fix(home: Any, name: str) -> dict[str, Any]:
    home.store.put("unit", [{"id": "sample-unit", "name": "Sample"}])
    return {"fix": home.act("fix.state", name=name, units=["sample-unit"])["fix"]}


def _merged(home: Any) -> dict[str, Any]:
    own = _theme(home, "merge")
    return own | {"into": next(id for id in known(home.store) if id != own["theme"])}


def _undone(home: Any) -> dict[str, Any]:
    return {"decision": home.act("theme.rename", **_theme(home, "undo"), name="Passing")["decision"]}


def _rule(_home: Any, _: Path) -> dict[str, Any]:
    return {"measure": "rating", "below": 2.0, "to": "chief@example"}


def _ruled(home: Any) -> dict[str, Any]:
    return {"rule": home.act("rule.make", **_rule(home, Path()), where="unit = 'north'")["rule"]}


def _alerted(home: Any) -> dict[str, Any]:
    """An alert of words that have just arrived."""
    row = {"id": "twice", "rule": _ruled(home)["rule"], "unit": None, "key": "twice", "by": {}, "figure": "rating"}
    row |= {"value": 1.0, "low": 0.9, "high": 1.1, "n": 9, "measured_in": "points", "why": "", "interactions": []}
    instants = {"since": home.store.now, "looked_at": home.store.now}
    row |= dict.fromkeys(("told_at", "over_at", "seen_at", "useful")) | instants
    telling.keep(home.store, "alert", row)
    return {"alert": "twice", "useful": False}


def _subscription(home: Any) -> dict[str, Any]:
    home.act("account.open", name="reader@example", role="executive", existing=True)
    return {"account": "reader@example"}


def _scheduled(home: Any) -> dict[str, Any]:
    return {"schedule": home.act("schedule.make", action="outbox.send", every="day")["schedule"]}


def _survey(home: Any, **fields: Any) -> str:
    """The id of an open survey."""
    id: str = home.act("survey.make", **fields)["surveys"][0]["id"]
    return id


def _invited(home: Any) -> dict[str, Any]:
    """A survey, and a person who may be invited."""
    home.store.put(
        "person", [{"id": "eve", "contacts": '{"email": "eve@example"}', "consents": '{"survey": "granted"}'}]
    )
    return {"survey": _survey(home, kind="csat"), "person": ["eve"]}


TWICE: dict[str, Sample] = {
    **ASKING,
    **INBOX,
    "account.change": lambda home, folder: {**_close(home, folder, "mover"), "role": "executive"},
    "account.close": _close,
    "account.end_session": lambda home, folder: _close(home, folder, "forgetful"),
    "account.invite": lambda home, _folder: {"person": _known(home, "ivy"), "name": "ivy@example"},
    "account.language": lambda home, folder: {**_close(home, folder, "reader"), "language": "de"},
    "account.open": lambda _home, _folder: {"name": "twice@example", "role": "insider"},
    "account.password": lambda home, folder: {**_close(home, folder, "forgetful"), "password": "ten quiet harbours"},
    "account.personal": _personal,
    "alert.look": lambda _home, _folder: {},
    "alert.mute": lambda home, _folder: {**_ruled(home), "reason": "It is known."},
    "alert.seen": lambda home, _folder: _alerted(home),
    "budget.plan": lambda _home, _folder: {"budget": 5000.0, "now": False},
    "correct": _correct,
    "digest.send": lambda _home, _folder: {},
    "example": lambda _home, _folder: {"touchpoint": "parking", "texts": "No space.", "polarity": "negative"},
    "initiative.state": _initiative,
    "case.ask_again": lambda home, _folder: _case(home, verb="ask_again", stage="answered"),
    "case.assign": lambda home, _folder: _case(home, verb="assign", owner=_close(home, Path(), "owner")["name"]),
    "case.calendar": lambda _home, _folder: {"zone": "Europe/Berlin", "country": "DE"},
    "case.escalate": lambda _home, _folder: {},
    "case.keep": lambda home, _folder: _promise(home),
    "case.move": lambda home, _folder: _case(home, verb="move") | {"stage": "acknowledged"},
    "case.open": lambda home, _folder: _case(home),
    "case.promise": lambda home, _folder: _case(
        home, verb="promise", what="A call.", by_when=home.store.now + timedelta(days=9)
    ),
    "case.reopen": lambda home, _folder: _case(home, verb="reopen", stage="closed"),
    "case.terms": lambda _home, _folder: {"urgency": "low", "acknowledge": 9.0, "answer": 90.0, "close": 90.0},
    "case.turn": lambda home, _folder: _case(home, verb="turn"),
    "fix.begin": lambda home, _folder: _fix(home, "Begun"),
    "fix.end": lambda home, _folder: _fix(home, "Ended"),
    "fix.state": lambda _home, _folder: {"name": "Shade over the waiting cars", "touchpoint": "parking"},
    "initiative.withdraw": lambda home, _folder: _stated(home),
    "key.end": lambda home, _folder: _key(home),
    "key.make": lambda home, folder: {**_close(home, folder, "forgetful"), "label": "twice"},
    "link.confirm": lambda home, _folder: _two(home),
    "link.merge": lambda home, _folder: _two(home),
    "link.reject": lambda home, _folder: _two(home),
    "link.split": lambda home, _folder: {"person": _two(home, one=True)["customer"][0]},
    "link.undo": lambda home, _folder: {"decision": _two(home, one=True)["decision"]},
    "listen": _listen,
    "model.apply": lambda home, _folder: _taught(home, {}),
    "model.discard": lambda home, _folder: _taught(home, {}),
    "model.teach": lambda home, _folder: _taught(home, {"durable": False}),
    "offer.draw": lambda home, _folder: _drawn(home),
    "outbox.send": lambda _home, _folder: {},
    "passkey.remove": lambda home, folder: {**_close(home, folder, "careful"), "passkey": "none"},
    "passkey.rename": lambda home, folder: {**_close(home, folder, "careful"), "passkey": "none", "label": "Phone"},
    "person.consent": lambda home, _folder: {"person": _known(home, "ann"), "state": "revoked"},
    "person.erase": lambda home, _folder: {"person": _known(home, "ben")},
    "person.export": lambda home, _folder: {"person": _known(home, "cleo")},
    "read": _read,
    "say": lambda home, _folder: {"text": "Nowhere to park.", **_customer(home)},
    "receive": lambda _home, _folder: {"interactions": [{"source": "letters", "source_id": "x", "text": "Fine."}]},
    "rule.end": lambda home, _folder: _ruled(home),
    "rule.make": _rule,
    "schedule.do": lambda _home, _folder: {},
    "schedule.end": lambda home, _folder: _scheduled(home),
    "schedule.make": lambda _home, _folder: {"action": "outbox.send", "every": "day"},
    "subscription.end": lambda home, _folder: {
        "subscription": home.act("subscription.make", **_subscription(home))["subscription"]
    },
    "subscription.make": lambda home, _folder: _subscription(home),
    "second_factor.begin": lambda home, folder: _close(home, folder, "beginner"),
    "second_factor.confirm": lambda home, _folder: _factor(home),
    "second_factor.remove": lambda home, folder: _close(home, folder, "forgetful"),
    "survey.answer": lambda home, _folder: {"survey": _survey(home), "answers": {"score": "9"}, "key": "one"},
    "survey.close": lambda home, _folder: {"survey": _survey(home, kind="ces")},
    "survey.gather": lambda _home, _folder: {},
    "mail.gather": lambda _home, _folder: {},
    "survey.invite": lambda home, _folder: _invited(home),
    "survey.make": lambda _home, _folder: {"kind": "rating", "touchpoint": ["parking"], "unit": ["south"]},
    "survey.unanswered": lambda _home, _folder: {},
    "theme.dismiss": lambda home, _folder: _theme(home, "dismiss"),
    "theme.merge": lambda home, _folder: _merged(home),
    "theme.promote": lambda home, _folder: _theme(home, "promote") | {"touchpoint": "parking"},
    "theme.rename": lambda home, _folder: _theme(home, "rename") | {"name": "Renamed"},
    "theme.split": lambda home, _folder: _theme(home, "split") | {"words": "splital"},
    "theme.undo": lambda home, _folder: _undone(home),
    "run": lambda _home, _folder: {"durable": False},
}
