"""No link is dead, whoever follows it."""

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from demo.named import CALLS, CLIENT, NEW, SESSIONS, SUPPORT

from .crawl import crawl

OWN = {  # where each person starts, besides the start page
    None: ["/accounts/login/", "/demo/inbox/"],
    NEW: ["/appointments/"],
    CLIENT: ["/appointments/"],
    CALLS: ["/workspace/"],
    SESSIONS: ["/workspace/"],
    SUPPORT: ["/admin/"],
}


@pytest.fixture
def demo(db, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "inbox")
    call_command("seed_demo", providers=8, seed=7, verbosity=0)


@pytest.mark.parametrize("email", OWN)
def test_every_link_leads_somewhere(demo, email):
    person = Client()
    if email:
        person.force_login(User.objects.get(email=email))
    pages = list(crawl(person, "/", *OWN[email]))
    broken = [(p.status, p.address, f"from {p.found_on}") for p in pages if p.status >= 400]
    dead_ends = [(p.address, p.dead_ends) for p in pages if p.dead_ends]
    assert len(pages) > 20
    assert not broken
    assert not dead_ends
