"""House-wide settings: name, default and help in one place; from `TOUCHSTONE_…` or a home's `touchstone.toml`."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from touchstone.core.errors import Stop


def _setting(default: Any, help_text: str, *, told: bool = True) -> Any:
    return field(default=default, metadata={"help": help_text}, repr=told)


@dataclass(frozen=True)
class Settings:
    """What holds for a whole home."""

    database: str = _setting("", "SQLAlchemy address of a shared PostgreSQL record; empty: SQLite inside the home")
    taxonomy: str = _setting("", "taxonomy of the home: a ready-made name or a YAML file; empty: the one given at init")
    model: str = _setting("", "model file made by `teach`; empty: the model that ships with the package")
    kernel: str = _setting("", "`numpy`: read texts without the C kernel (the same answers, slower); empty: with it")
    engine: str = _setting("duckdb", "engine of the lake: duckdb, or spark for precomputing")
    spark_master: str = _setting("", "address of a Spark cluster, spark://host:port")
    hosts: str = _setting("", "further host names the web application answers to, with commas, behind a TLS proxy")
    address: str = _setting("", "where people reach this home, https://cx.example.com; empty: mail carries no links")
    smtp: str = _setting("", "mail server: smtp://user:password@host:587 or smtps://…; empty: mail waits in the outbox")
    mail_from: str = _setting("", "who mail comes from: Name <name@host>")
    imap: str = _setting(
        "", "mailbox that is read: imaps://user:password@host/FOLDER; empty: none is; never shown", told=False
    )
    attachment_types: str = _setting(
        "pdf, png, jpeg, gif, webp, heic, txt, csv, docx, xlsx, pptx, odt, ods, odp",
        "kinds of files taken, with commas",
    )
    attachment_megabytes: int = _setting(10, "size of all files that go with one answer; 11 is the most a door takes")
    outgoing_hosts: str = _setting("", "hosts of our own network that may be reached from here, with commas")
    oidc_issuer: str = _setting("", "provider of identity people may sign in through: its issuer, https://…")
    oidc_client_id: str = _setting("", "what this home is called at the provider of identity")
    oidc_client_secret: str = _setting("", "the secret this home shares with it; never shown", told=False)
    now: str = _setting("", "a fixed clock (ISO instant), for repeatable runs")
    seed: int = _setting(20261121, "seed of everything random")
    test_data: str = _setting("../shared/data", "folder of real data for tests")

    @property
    def own_hosts(self) -> list[str]:
        """The host names in `hosts`, one by one."""
        return [each.strip() for each in self.hosts.split(",") if each.strip()]

    @property
    def reachable_hosts(self) -> list[str]:
        """The host names in `outgoing_hosts`, one by one."""
        return [each.strip() for each in self.outgoing_hosts.split(",") if each.strip()]

    def clock(self) -> datetime:
        """Now in UTC, or the fixed instant `now`."""
        if not self.now:
            return datetime.now(UTC)
        instant = datetime.fromisoformat(self.now)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def load(home: Path | None = None, **given: Any) -> Settings:
    """The settings in force: those given, else `TOUCHSTONE_…`, else the home's `touchstone.toml`, else defaults."""
    written: dict[str, Any] = {}
    if home is not None and (path := home / "touchstone.toml").exists():
        import tomllib  # dear to import, and few homes have the file

        try:
            written = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise Stop(f"not valid TOML ({error}).", where=str(path), todo="Mend that line.") from error
    known = {each.name: each for each in fields(Settings)}
    if stray := set(written) - set(known):
        raise Stop(f"unknown settings {sorted(stray)}.", where="touchstone.toml", todo=f"Known: {', '.join(known)}.")
    chosen = dict(written)
    for name in known:
        if (value := os.environ.get(f"TOUCHSTONE_{name.upper()}")) is not None:
            chosen[name] = value
    chosen.update({name: value for name, value in given.items() if value is not None})
    for name, value in chosen.items():
        if known[name].type == "int":
            chosen[name] = int(value)
    return Settings(**chosen)
