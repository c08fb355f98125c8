"""Questions to pages, one file per page; never writes."""
