"""The environment that tests run in: the demo's, unless the caller says otherwise (pytest.ini)."""

import os

os.environ.setdefault("DEMO", "1")
