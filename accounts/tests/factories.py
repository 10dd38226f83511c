"""Makes people for tests."""

import factory
from allauth.account.models import EmailAddress

from accounts.models import User

NAMES = ("Jordan Ellis", "Amara Diallo", "Luis Ortega", "Noor Haddad", "Kiran Patel")


class UserFactory(factory.django.DjangoModelFactory):
    """A client whose email is verified, unless `verified=False`; `password="…"` sets one."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    full_name = factory.Iterator(NAMES)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        EmailAddress.objects.create(
            user=self, email=self.email, primary=True, verified=extracted is not False
        )
