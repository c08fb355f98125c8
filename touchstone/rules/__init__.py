"""Pure rules of work: who may, stages, calendars, agreements. Knows no table of ours."""
