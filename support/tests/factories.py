"""Makes tickets, articles and team members for tests."""

import factory
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.tests.factories import UserFactory
from support.models import Article, Ticket, TicketReply
from support.roles import TEAM


class MemberFactory(UserFactory):
    """Someone on the support team."""

    email = factory.Sequence(lambda n: f"team{n}@example.com")
    is_staff = True

    @factory.post_generation
    def team(self, create, extracted, **kwargs):
        self.groups.add(Group.objects.get(name=TEAM))


class ArticleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Article

    slug = factory.Sequence(lambda n: f"article-{n}")
    title = factory.Sequence(lambda n: f"Article {n}")
    summary = "What it is about."
    body = "## A part\n\nWords."


class TicketFactory(factory.django.DjangoModelFactory):
    """A user's confirmed ticket."""

    class Meta:
        model = Ticket

    number = factory.Sequence(lambda n: 2001 + n)
    user = factory.SubFactory(UserFactory)
    email = factory.LazyAttribute(lambda ticket: ticket.user.email)
    topic = Ticket.Topic.BOOKING
    body = "The page stays empty."
    confirmed_at = factory.LazyFunction(timezone.now)


class TicketReplyFactory(factory.django.DjangoModelFactory):
    """An answer from the team."""

    class Meta:
        model = TicketReply

    ticket = factory.SubFactory(TicketFactory)
    by = factory.SubFactory(MemberFactory)
    body = "Please try it again."
