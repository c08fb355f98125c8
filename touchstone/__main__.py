"""`python -m touchstone` is the command line."""

import sys

from touchstone.cli import main

sys.exit(main())
