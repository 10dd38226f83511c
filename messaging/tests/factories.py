"""Makes messages for tests, with the verb."""

from uuid import uuid4

from messaging import writing


def write(pair, by, body="Hello.", **more):
    """A message in the conversation of a relationship."""
    return writing.send(pair, by=by, uuid=uuid4(), body=body, **more)
