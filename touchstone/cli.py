"""The command line: data to standard output, talk to standard error; ends with 0, 65, 75, 77 or 78."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from touchstone import __version__
from touchstone.core import finder
from touchstone.core.errors import Refused, TouchstoneError
from touchstone.core.options import Parser, pairs

if TYPE_CHECKING:
    from touchstone.home import Home

VERBS = ("measure", "connect", "decide", "share")
SUMMARIES = {
    "demo": "a living example brand, through the whole journey, then the web application",
    "report": "one shot: files of feedback in, a report out",
    "init": "make a home",
    "listen": "bring a source's interactions into the home",
    "run": "understand, connect, measure, decide: whatever is new",
    "measure": "one measure by any mix of cuts",
    "connect": "what belongs together",
    "decide": "one optimiser",
    "share": "what crosses to a channel partner",
    "act": "one action",
    "tag": "one-shot understanding of {id, text} lines, no home needed",
    "teach": "learn a taxonomy from labelled examples",
    "export": "everything the home holds of a person, or at all, as JSON",
    "erase": "a person goes for good: record, lake, links, rejects, back-ups opened later",
    "serve": "the web application, on 127.0.0.1",
    "mcp": "tools for an assistant, by the Model Context Protocol on standard input and output",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = _parser(given).parse_args(given)
        options.command(options)
    except TouchstoneError as error:
        print(f"touchstone: {error}", file=sys.stderr)
        return error.exit_code
    except OverflowError:
        print("touchstone: a number is beyond what can be computed with. Give a smaller one.", file=sys.stderr)
        return Refused.exit_code
    except BrokenPipeError:  # the reader of our output went away: not our error
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("touchstone: stopped; nothing is lost, the same command goes on.", file=sys.stderr)
        return 75
    return 0


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = Parser(prog="touchstone", description="Customer experience, told from noise.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add: dict[str, argparse.ArgumentParser] = {}
    for name, summary in SUMMARIES.items():
        add[name] = commands.add_parser(name, help=summary, description=summary)
        add[name].set_defaults(command=globals()[f"_{name}"] if name not in VERBS else _verb, room=name)
        if name not in ("report", "tag", "teach"):
            add[name].add_argument("--home", default=os.environ.get("TOUCHSTONE_HOME", "."), help="the home's folder")
    _describe_journey(add)
    _describe_one_shots(add)
    for room in VERBS:
        if room in given:  # whose parts are looked for in every installed package
            _describe_verb(add[room], room)
    return parser


def _describe_journey(add: dict[str, argparse.ArgumentParser]) -> None:
    add["demo"].add_argument("--no-serve", action="store_true", help="stop when the journey is done")
    add["demo"].add_argument("--port", type=int, default=8000)
    add["init"].add_argument("home_path", metavar="HOME")
    add["init"].add_argument("--taxonomy", default="contact_centre", help="a ready-made name or a YAML file")
    add["listen"].add_argument("source", metavar="SOURCE", help="a source, or a file")
    add["listen"].add_argument("target", metavar="TARGET", nargs="?")
    add["act"].add_argument("name", metavar="NAME", nargs="?", help="an action; none lists them")
    add["demo"].add_argument("--set", **_PAIRS, help="a setting of the example source")
    for name in ("listen", "act"):
        add[name].add_argument("--set", **_PAIRS, help="a setting of its own")
    add["listen"].add_argument("--map", **_PAIRS, help="field=column: overrules what was recognised")
    add["export"].add_argument("person", metavar="PERSON", nargs="?", help="a person's id; none: the whole home")
    add["erase"].add_argument("person", metavar="PERSON", help="the person's id")
    for name in ("export", "erase"):
        add[name].add_argument("--together", action="store_true", help="and everyone who is the same customer")
    add["export"].add_argument("-o", "--output", metavar="FILE", help="write it there, readable by you alone")
    add["serve"].add_argument("--port", type=int, default=8000)
    add["mcp"].add_argument("--key", default=os.environ.get("TOUCHSTONE_KEY", ""), help="act as this key's account")


def _describe_one_shots(add: dict[str, argparse.ArgumentParser]) -> None:
    add["report"].add_argument("files", metavar="FILE", nargs="+")
    add["report"].add_argument("-o", "--output", default="report.html", help="report.html, .pdf or .json")
    add["report"].add_argument("--language", default="en", help="of a report in HTML or PDF: en, de")
    add["report"].add_argument("--map", **_PAIRS, help="field=column: overrules what was recognised")
    add["report"].add_argument("--set", **_PAIRS, help="best=10, worst=0, metric=nps, not_applicable=0 …")
    add["tag"].add_argument("source", metavar="IN.jsonl")
    add["tag"].add_argument("--model", help="a model that `teach` made")
    add["teach"].add_argument("source", metavar="EXAMPLES.jsonl")
    add["teach"].add_argument(
        "--encoder", nargs="?", const="", metavar="FOLDER",
        help="label texts without labels by a sentence encoder first (all-MiniLM-L6-v2, or the one in FOLDER)",
    )  # fmt: skip
    add["teach"].add_argument("--ask", metavar="FILE", help="write the unlabelled texts most worth labelling")
    for name in ("report", "tag", "teach"):
        add[name].add_argument("--taxonomy", help="a ready-made name or a YAML file")
    for name in ("tag", "teach"):
        add[name].add_argument("-o", "--output", required=True)


def _describe_verb(parser: argparse.ArgumentParser, room: str) -> None:
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help=f"one of: {', '.join(finder.names(room)) or 'none yet'}"
    )
    parser.add_argument("--in", dest="file", metavar="FILE", help="one shot on a CSV or Parquet file, no home needed")
    parser.add_argument("--map", **_PAIRS, help="field=column, with --in")
    parser.add_argument("--set", **_PAIRS, help="a setting of its own")
    parser.add_argument("--by", default="", help="columns to cut by, with commas")
    parser.add_argument("--where", help="column op value, with and, or, not, brackets")
    parser.add_argument("--since", help="from this day")
    parser.add_argument("--until", help="before this day")
    parser.add_argument("--format", choices=("table", "json", "csv"), default="table")


_PAIRS: dict[str, Any] = {"action": "append", "metavar": "name=value", "default": []}


def _home(options: argparse.Namespace, **settings: Any) -> Home:
    from touchstone.home import Home

    return Home(options.home, **{"create": False, **settings})


def _say(*words: object) -> None:
    print(*words, file=sys.stderr, flush=True)


def _stage(name: str, seconds: float) -> None:
    _say(f"  {name:<12}{seconds:7.1f} s")


def _timed(name: str, work: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    outcome = work()
    _stage(name, time.perf_counter() - began)
    return outcome


def _demo(options: argparse.Namespace) -> None:
    from touchstone.home.demo import build

    logins = build(options.home, settings=pairs(options.set), stage=_timed)
    for login in logins:
        _say(f"  sign in as {login.name} / {login.password}: {login.what}")
    if not options.no_serve:
        _serve(options)


def _report(options: argparse.Namespace) -> None:
    from touchstone.home.report import report

    _say(f"Reading {', '.join(options.files)}")
    read = report(
        options.files, output=options.output, map=pairs(options.map), set=pairs(options.set),
        taxonomy=options.taxonomy, language=options.language, progress=_stage,
    )  # fmt: skip
    for column in read["columns"]:
        scale = f", {column['scale']}" if column.get("scale") else ""
        _say(f"  {column['column']}: {column['taken_for']} ({column['confidence']:.2f}{scale})")
    _say(f"{read['interactions']} interactions of {read['rows']} rows, {read['rejected']} left out. {options.output}")


def _init(options: argparse.Namespace) -> None:
    options.home = options.home_path
    home = _home(options, taxonomy=options.taxonomy, create=True)
    _say(f"A home in {home.path}, with the taxonomy {home.store.taxonomy.name}.")


def _listen(options: argparse.Namespace) -> None:
    home = _home(options)
    settings = pairs(options.set)
    outcome = home.listen(options.source, options.target, map=pairs(options.map) or None, **settings)
    print(json.dumps(outcome, ensure_ascii=False, default=str))


def _run(options: argparse.Namespace) -> None:
    print(json.dumps(_home(options).run(progress=_stage), default=str))


def _verb(options: argparse.Namespace) -> None:
    if options.name is None:
        for name in finder.names(options.room):
            print(f"{name}\t{finder.summary(options.room, name)}")
        return
    from touchstone.home.rows import printed

    by = [each.strip() for each in options.by.split(",") if each.strip()]
    chosen = pairs(options.set) | {
        name: value for name in ("where", "since", "until") if (value := getattr(options, name)) is not None
    }
    if options.file:
        from touchstone.home.one_shot import one_shot

        rows = one_shot(options.room, options.name, file=options.file, map=pairs(options.map), set=chosen, by=by)
    else:
        rows = _home(options).rows(options.room, options.name, by=by, settings=chosen)
    print(printed(rows, form=options.format))


def _act(options: argparse.Namespace) -> None:
    if options.name is None:
        for name in finder.names("act"):
            print(f"{name}\t{finder.summary('act', name)}")
        return
    fields = finder.arguments("act", options.name, pairs(options.set))
    print(json.dumps(_home(options).act(options.name, **fields), ensure_ascii=False, default=str))


def _export(options: argparse.Namespace) -> None:
    if options.person is None:
        from touchstone.home.export import lines

        written = lines(_home(options))
    else:
        found = _home(options).act("person.export", person=options.person, together=options.together)
        _name_others(found["others"])
        written = iter([json.dumps(found, ensure_ascii=False, indent=1, default=str)])
    if options.output is None:
        for line in written:
            print(line)
        return
    descriptor = os.open(options.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in written)


def _erase(options: argparse.Namespace) -> None:
    gone = _home(options).act("person.erase", person=options.person, together=options.together)
    _name_others(gone["others"])
    print(json.dumps(gone))


def _name_others(ids: list[str]) -> None:
    if ids:
        _say(f"Not in it, though the same customer: {', '.join(ids)}. With --together they are.")


def _tag(options: argparse.Namespace) -> None:
    from touchstone.home.texts import tag_file

    tag_file(options.source, output=options.output, taxonomy=options.taxonomy, model=options.model)


def _teach(options: argparse.Namespace) -> None:
    from touchstone.home.texts import ask_file, teach_file

    expected = teach_file(options.source, output=options.output, taxonomy=options.taxonomy, encoder=options.encoder)
    for line in expected:
        _say(line)
    if options.ask:
        _say(f"{ask_file(options.source, model=options.output, output=options.ask)} texts to label in {options.ask}")


def _serve(options: argparse.Namespace) -> None:
    import uvicorn  # only where it is served

    home = _home(options)
    os.environ["TOUCHSTONE_HOME"] = options.home  # which the application opens; a door imports no other door
    with suppress(KeyboardInterrupt), home.serving():  # stopped while it still starts is stopped too
        _say(f"Touchstone is on http://127.0.0.1:{options.port} (stop with Ctrl-C)")
        uvicorn.run(
            "touchstone.web:serving", factory=True, host="127.0.0.1", port=options.port,
            log_level="warning", server_header=False, access_log=False,
            timeout_graceful_shutdown=3,  # pages that listen for news would keep it from ending
        )  # fmt: skip


def _mcp(options: argparse.Namespace) -> None:
    import_module("touchstone.mcp").serve(_home(options), key=options.key)  # by its name: no door imports another
