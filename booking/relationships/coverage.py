"""How a client pays a provider."""

from ..models import Coverage


def cover(relationship, details):
    Coverage.objects.update_or_create(
        relationship=relationship,
        defaults={
            "kind": details.coverage,
            "plan": details.plan,
            "member_id": details.member_id,
            "copay": details.copay,
        },
    )
