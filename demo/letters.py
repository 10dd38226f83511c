"""What Jordan and Dana wrote to each other after their call in the demo."""

from datetime import timedelta

from booking.models import Relationship
from messaging.models import Conversation, Message

LETTERS = [  # who wrote, how long after the call, about what, and what
    ("provider", timedelta(hours=1), "", "It was good to talk today, Jordan. I’ll keep Thursday "
     "afternoons in mind for you; write to me here which of them suit you."),
    ("client", timedelta(hours=3), Message.Topic.CODING, "Thank you. My EAP wants to know the "
     "billing code and how long a session is. Do you know which one you use?"),
    ("provider", timedelta(hours=22), "", "Ours are 50 minutes, which is code 90834. The longer "
     "90837 begins at 53 minutes, and we don’t need it."),
]  # fmt: skip


def write(dana, jordan, *, uuid):
    """Insert the letters; Jordan hasn't read the last one yet. `uuid()` makes each uuid."""
    pair = Relationship.objects.get(provider=dana, client=jordan)
    met_at = pair.appointments.get().ends_at
    thread = Conversation.objects.create(relationship=pair, client=jordan, provider=dana)
    people = {"provider": dana.user, "client": jordan}
    rows = [
        Message.objects.create(
            uuid=uuid(),
            conversation=thread,
            author=people[who],
            topic=topic,
            body=body,
            sent_at=met_at + after,
        )
        for who, after, topic, body in LETTERS
    ]
    thread.latest = rows[-1]
    thread.provider_read_to, thread.client_read_to = rows[-1].pk, rows[-2].pk
    thread.save()
