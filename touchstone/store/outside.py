"""Who accounts are elsewhere: the subject by which a provider of identity knows them, once they have come that way."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from touchstone.store import accounts
from touchstone.store._live_people import outside_identity as identities


def account(store: Any, *, issuer: str, subject: str, email: str) -> accounts.Account | None:
    """The open account that a provider's subject opens; None where there is none.

    The first time it is the one named by `email`, which the provider must have verified. An account that is tied to
    another subject of this provider stays so: addresses are given to newcomers, subjects are not.
    """
    with store.record.reading() as connection:
        own = sa.and_(identities.c.issuer == issuer, identities.c.subject == subject)
        id = connection.execute(sa.select(identities.c.account).where(own)).scalar()
    if id is not None:
        found = accounts.get(store, id=str(id))
        return found if found and not found.closed else None
    found = accounts.find(store, name=email) if email else None
    if found is None or found.closed or not _tie(store, issuer, subject, found.id):
        return None
    return found


def _tie(store: Any, issuer: str, subject: str, account: str) -> bool:
    """Whether the account is tied to the subject now; not where it is to another one of this issuer."""
    row = {"issuer": issuer, "subject": subject, "account": account, "created_at": store.now}
    mine = sa.and_(identities.c.issuer == issuer, identities.c.account == account)
    with store.record.writing() as connection:
        known = connection.execute(sa.select(identities.c.subject).where(mine)).scalar()
        if known is None:
            connection.execute(identities.insert().values(row))
    return known in (None, subject)
