"""Passkeys: they log people in, and garbage is refused like a wrong code."""

import json
from hashlib import sha256

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.tests.factories import UserFactory

LOGIN = "/accounts/2fa/webauthn/login/"
ADD = "/accounts/2fa/webauthn/add/"
REAUTHENTICATE = "/accounts/2fa/webauthn/reauthenticate/"
AUTHENTICATE = "/accounts/2fa/authenticate/"
PASSWORD = "four plain words here"
SITE = sha256(b"testserver").digest()
SEEN = AuthenticatorData.FLAG.USER_PRESENT | AuthenticatorData.FLAG.USER_VERIFIED


NONSENSE = [
    '{"id": 1}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": 5}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"userHandle": 7}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30", '
    '"authenticatorData": "YQ", "attestationObject": "YQ", "signature": "YQ", "userHandle": "YQ"}}',
    '{"id": "\\ud800"}',
    '{"response": {"userHandle": "\\u0000"}}',
    "{}",
    "null",
    "[]",
    '"\\ud800"',
    "1" * 5000,
    "[" * 100_000,
    "x",
    "",
]


class Device:
    """A device with a passkey for the site."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = {"id": websafe_encode(b"it"), "rawId": websafe_encode(b"it")}

    def words(self, kind, challenge):
        data = {"type": kind, "challenge": challenge, "origin": "https://testserver"}
        return websafe_encode(json.dumps(data).encode())

    def register(self, user):
        """Give the user this device's passkey, as if they had added it."""
        public = ES256.from_cryptography_key(self.key.public_key())
        made = AttestedCredentialData.create(bytes(16), b"it", public)
        data = AuthenticatorData.create(SITE, SEEN | AuthenticatorData.FLAG.ATTESTED, 0, made)
        response = {
            "clientDataJSON": self.words("webauthn.create", websafe_encode(b"then")),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        credential = {**self.name, "type": "public-key", "response": response}
        kept = {"name": "It", "credential": credential}
        Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=kept)

    def answer(self, challenge, user):
        """What the device says to the site's challenge."""
        words = self.words("webauthn.get", challenge)
        data = AuthenticatorData.create(SITE, SEEN, 1)
        signed = data + sha256(websafe_decode(words)).digest()
        signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": words,
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(user_pk_to_url_str(user).encode()),
        }
        return json.dumps({**self.name, "type": "public-key", "response": response})


@pytest.fixture
def guest(db):
    return Client(raise_request_exception=False)


@pytest.fixture
def holder(db):
    """Someone with a password, and with a passkey on `Device`."""
    user = UserFactory(password=PASSWORD)
    user.device = Device()
    user.device.register(user)
    return user


def challenge_for(guest):
    options = guest.get(LOGIN, HTTP_X_REQUESTED_WITH="XMLHttpRequest").json()
    return options["request_options"]["publicKey"]["challenge"]


def test_a_passkey_logs_in(guest, holder):
    credential = holder.device.answer(challenge_for(guest), holder)
    assert guest.post(LOGIN, {"credential": credential}).status_code == 302
    assert guest.session["_auth_user_id"] == str(holder.pk)


def test_a_forged_signature_does_not(guest, holder):
    credential = Device().answer(challenge_for(guest), holder)
    page = guest.post(LOGIN, {"credential": credential}, follow=True)
    assert "That didn’t work. Sign in with a code instead." in page.text
    assert "_auth_user_id" not in guest.session


@pytest.mark.parametrize("credential", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_does_not_log_in(guest, credential):
    challenge_for(guest)
    page = guest.post(LOGIN, {"credential": credential}, follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/login/"
    assert page.status_code == 200
    assert len(page.context["messages"]) == 1
    assert "_auth_user_id" not in guest.session


@pytest.mark.parametrize("credential", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_no_second_step(guest, holder, credential):
    asked = guest.post("/accounts/login/", {"login": holder.email, "password": PASSWORD})
    assert asked.url == AUTHENTICATE
    assert guest.get(AUTHENTICATE).status_code == 200
    assert guest.post(AUTHENTICATE, {"credential": credential}).status_code == 200
    assert "_auth_user_id" not in guest.session


@pytest.mark.parametrize("credential", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_proves_nobody_once_more(signed_in, holder, credential):
    person = signed_in(holder)
    person.raise_request_exception = False
    assert person.get(REAUTHENTICATE).status_code == 200
    assert person.post(REAUTHENTICATE, {"credential": credential}).url == "/accounts/login/"
    assert person.get(ADD).url.startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize("credential", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_not_added(just_logged_in, credential):
    person = just_logged_in(UserFactory())
    person.raise_request_exception = False
    assert person.get(ADD).status_code == 200
    assert person.post(ADD, {"credential": credential, "name": "x"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_a_passkey_is_renamed_and_removed(just_logged_in):
    user = UserFactory()
    person = just_logged_in(user)
    Device().register(user)
    key = Authenticator.objects.get()
    rename, remove = (f"/accounts/2fa/webauthn/keys/{key.pk}/{do}/" for do in ("edit", "remove"))
    assert "Rename the passkey" in person.get(rename).text
    assert person.post(rename, {"name": ""}).context["form"].errors
    assert "My old phone" in person.post(rename, {"name": "My old phone"}, follow=True).text
    assert "“My old phone” will no longer sign you in." in person.get(remove).text
    person.post(remove)
    assert not Authenticator.objects.exists()


def test_ten_passkeys_a_minute_from_one_address(guest):
    answers = [guest.post(LOGIN, {"credential": "{}"}).status_code for _ in range(11)]
    assert answers == [302] * 10 + [429]
