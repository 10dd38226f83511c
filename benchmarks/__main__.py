"""`make bench`: runs all benchmarks and prints a JSON object a line.

Name some (`python -m benchmarks slots race`) to run only those.
"""

import json
import sys

from . import pages, race, slots

ALL = {"slots": slots, "pages": pages, "race": race}

for name in sys.argv[1:] or ALL:
    for row in ALL[name].rows():
        print(json.dumps(row), flush=True)
