"""`make bench`: runs all benchmarks and prints one JSON object per line.

To run only some, name them: `python -m benchmarks slots race`.
"""

import json
import sys

from . import codes, messages, mix, pages, race, slots, text

ALL = {
    "slots": slots,
    "pages": pages,
    "race": race,
    "text": text,
    "codes": codes,
    "messages": messages,
    "mix": mix,
}

for name in sys.argv[1:] or ALL:
    for row in ALL[name].rows():
        print(json.dumps(row), flush=True)
