"""The environment that tests run in: the demo's, or a production site's with DEMO=0.

pytest.ini names this module. What the caller sets goes before.
"""

import os

PRODUCTION = {
    "SECRET_KEY": "a-long-random-key-" + "q7Vx2-Lm9_kTz4" * 4,
    "FIELD_KEYS": "dGVzdC1maWVsZC1rZXktMzItYnl0ZXMtbG9uZy4uLi4=",
    "ALLOWED_HOSTS": "headway.example",
    "DATABASE_URL": "postgres://headway@127.0.0.1/headway",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.headway.example:587",
}
BEHIND_A_PROXY = {"TRUSTED_PROXIES": "1"}

os.environ.setdefault("DEMO", "1")
if os.environ["DEMO"] == "0":
    for name, value in {**PRODUCTION, **BEHIND_A_PROXY}.items():
        os.environ.setdefault(name, value)
SITE = "http://testserver" if os.environ["DEMO"] == "1" else "https://testserver"
