"""Surveys, and who was invited to them."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint

from touchstone.store.tables import Instant, metadata

survey = Table(
    "survey",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # nps, csat, ces, rating; own: questions of one's own
    Column("questions", JSON, nullable=False),
    Column("languages", JSON, nullable=False),  # the first is asked in where a browser says nothing
    Column("touchpoint", Text),
    Column("unit", Text),
    Column("level", Text, nullable=False),  # of whoever answers without an invitation
    Column("hosts", JSON, nullable=False),  # sites that may show it in a frame
    Column("anyone", Boolean, nullable=False),  # whether it is answered without an invitation
    Column("address", Text, nullable=False),  # where this home is reached: what its code leads to
    Column("answers", Integer, nullable=False),  # responses kept
    Column("state", Text, nullable=False),  # open, closed
    Column("made_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("version", Integer, nullable=False),
    info={"live": True},
)
invitation = Table(
    "invitation",
    metadata,
    Column("id", Text, primary_key=True),  # what their link says: nobody guesses it
    Column("survey", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("unit", Text),
    Column("language", Text, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("silent_at", Instant),  # when it was held for unanswered
    Column("returned_at", Instant),  # when its mail came back: it reached nobody, so that nobody kept silent
    Column("about", Text, nullable=False),  # the case it asks again of, and after which answer; empty: none
    UniqueConstraint("survey", "person", "about"),
    info={"live": True},
)
Index("invitation_person", invitation.c.person)
Index("invitation_survey", invitation.c.survey, invitation.c.answered_at)
