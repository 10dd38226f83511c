"""Passwords: long, not common, any characters; and the pages to set, change and reset one."""

import re

import pytest

from accounts.tests.factories import UserFactory
from accounts.tests.steps import code_in, with_app

SET, CHANGE, RESET = (f"/accounts/password/{verb}/" for verb in ("set", "change", "reset"))
LONG = "four plain words here"
LOGIN = "/accounts/login/code/"


def twice(password, **more):
    return {"password1": password, "password2": password, **more}


def test_the_password_form_lets_in_who_set_one_and_keeps_next(visitor, db):
    UserFactory(email="ada@mail.example", password=LONG)
    page = visitor.get("/accounts/login/?next=/account/").text
    assert f'href="{LOGIN}?next=%2Faccount%2F"' in page
    sent = {"login": "Ada@mail.example", "password": LONG, "next": "/account/"}
    assert visitor.post("/accounts/login/", sent).url == "/account/"


def test_the_password_form_says_the_same_of_a_wrong_password_and_of_a_stranger(visitor, db):
    UserFactory(email="ada@mail.example", password=LONG)
    UserFactory(email="bo@mail.example")
    for email in ("ada@mail.example", "bo@mail.example", "nobody@mail.example"):
        page = visitor.post("/accounts/login/", {"login": email, "password": "wrong"})
        assert "This email and password don’t match" in page.text
        assert 'value="wrong"' not in page.text


def test_an_unverified_email_still_needs_its_code(visitor, mailbox):
    UserFactory(email="ada@mail.example", password=LONG, verified=False)
    sent = {"login": "ada@mail.example", "password": LONG, "next": "/account/"}
    asked = visitor.post("/accounts/login/", sent)
    assert "_auth_user_id" not in visitor.session
    code = code_in(mailbox[-1])
    assert code not in visitor.get(asked.url).text
    assert visitor.post(asked.url, {"code": code}).url == "/account/"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("x" * 14, "Use at least 15 characters"),
        ("1234567890", "Use at least 15 characters"),
        ("passwordpassword", "Many people use this password"),
        ("1q2w3e4r5t6y7u8i", "Many people use this password"),
        ("abcabcabcabcabc", "This repeats one short piece"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(just_logged_in, password, reason):
    user = UserFactory()
    page = just_logged_in(user).post(SET, twice(password))
    assert reason in page.text
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_a_long_password_of_any_kind_is_set_and_confirmed_by_email(just_logged_in, mailbox):
    user = UserFactory()
    assert just_logged_in(user).post(SET, twice("itrainsagaintoday")).url == "/account/"
    user.refresh_from_db()
    assert user.check_password("itrainsagaintoday")
    assert mailbox.to(user.email)[-1].subject == "A change to your account"


def test_eight_characters_do_beside_a_second_factor(signed_in):
    user = UserFactory()
    with_app(user)
    person = signed_in(user)
    assert person.post(SET, twice("short 8")).status_code == 200
    assert person.post(SET, twice("plainly8")).url == "/account/"


def test_changing_asks_for_the_old_one(signed_in):
    user = UserFactory(password=LONG)
    person = signed_in(user)
    new = "another few words"
    assert "aria-invalid" in person.post(CHANGE, twice(new, oldpassword="wrong")).text
    assert person.post(CHANGE, twice(new, oldpassword=LONG)).url == "/account/"
    assert person.get("/account/").status_code == 200


def test_the_labels_of_passwords_read_like_all_others(signed_in, just_logged_in):
    pages = (
        signed_in(UserFactory(password=LONG)).get(CHANGE),
        just_logged_in(UserFactory()).get(SET),
    )
    change, first = (re.findall(r"<label[^>]*>\s*([^<]+?)\s*</label>", page.text) for page in pages)
    assert change == ["Current password", "New password", "New password again"]
    assert first == change[1:]
    assert "placeholder" not in pages[0].text


def test_a_reset_link_sets_a_new_one_and_lets_nobody_in_by_itself(visitor, mailbox):
    user = UserFactory(email="ada@mail.example", password=LONG)
    assert visitor.post(RESET, {"email": "ada@mail.example"}).status_code == 302
    link = re.search(r"https?://\S+/accounts/password/reset/key/\S+", mailbox[-1].body)[0]
    form = visitor.get("/accounts/" + link.partition("/accounts/")[2], follow=True)
    assert "Use at least 15" in visitor.post(form.request["PATH_INFO"], twice("short")).text
    visitor.post(form.request["PATH_INFO"], twice("another few words"))
    user.refresh_from_db()
    assert user.check_password("another few words")
    assert "_auth_user_id" not in visitor.session


def test_a_reset_for_a_stranger_shows_the_same_page(visitor, db):
    UserFactory(email="ada@mail.example", password=LONG)
    answers = {
        visitor.post(RESET, {"email": email}).url
        for email in ("ada@mail.example", "nobody@mail.example")
    }
    assert len(answers) == 1
