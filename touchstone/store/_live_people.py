"""How accounts come in: sessions, keys of programs, second factors, invitations, and who they are elsewhere."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    LargeBinary,
    Table,
    Text,
    delete,
    select,
    true,
)

from touchstone.store.tables import Instant, account, metadata

session = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),  # at most a minute late
    Column("agent", Text, nullable=False),  # browser and system, in words
    Column("ended_at", Instant),
    info={"live": True},
)
Index("session_account", session.c.account)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),  # SHA-256 of the secret, which is random: no salt is needed
    Column("scopes", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),  # at most a minute late
    Column("ended_at", Instant),
    info={"live": True},
)
Index("api_key_account", api_key.c.account)

second_factor = Table(
    "second_factor",
    metadata,
    Column("account", Text, primary_key=True),
    Column("secret", Text, nullable=False),  # sealed with the home's secret
    Column("created_at", Instant, nullable=False),
    Column("confirmed_at", Instant),  # until then nobody is asked for it
    Column("step", BigInteger, nullable=False),  # of the last code taken: each is taken once
    Column("codes", JSON, nullable=False),  # SHA-256 of the recovery codes that are left
    Column("waits", Boolean, nullable=False, server_default=true()),  # whether a program's secret is to be confirmed
    info={"live": True},
)

passkey = Table(
    "passkey",
    metadata,
    Column("id", Text, primary_key=True),  # the credential's own
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),  # as COSE
    Column("sign_count", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
    info={"live": True},
)
Index("passkey_account", passkey.c.account)

passkey_challenge = Table(
    "passkey_challenge",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("purpose", Text, nullable=False),  # add, sign_in
    Column("challenge", LargeBinary, nullable=False),
    Column("expires_at", Instant, nullable=False),
    info={"live": True},
)

outside_identity = Table(
    "outside_identity",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    info={"live": True},
)
Index("outside_identity_account", outside_identity.c.account)

welcome = Table(
    "welcome",
    metadata,
    Column("digest", Text, primary_key=True),  # SHA-256 of what the link says
    Column("account", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    info={"live": True},
)
Index("welcome_account", welcome.c.account)


def forget(connection: Connection, who: str) -> None:
    """Takes out the accounts of a person, and every way in to them."""
    own = select(account.c.id).where(account.c.person == who).scalar_subquery()
    for each in (session, api_key, second_factor, passkey, passkey_challenge, outside_identity, welcome):
        connection.execute(delete(each).where(each.c.account.in_(own)))
    connection.execute(delete(account).where(account.c.person == who))
