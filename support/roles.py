"""The support team: a group that migrate makes, and what its members can do in the admin."""

from django.contrib.auth.models import Group, Permission

from accounts.models import User

TEAM = "Support"
PERMISSIONS = {  # app: what they can do there; nothing that holds what clients wrote
    "support": (
        "view_ticket",
        "change_ticket",
        "view_ticketreply",
        "add_ticketreply",
        "view_article",
        "add_article",
        "change_article",
    ),
    "providers": ("view_provider", "change_provider"),
    "accounts": ("view_user", "view_notification"),
}


def make(**kwargs):
    """Make the group, or update its permissions (receiver of post_migrate)."""
    team, _ = Group.objects.get_or_create(name=TEAM)
    allowed = Permission.objects.none()
    for app, codenames in PERMISSIONS.items():
        allowed |= Permission.objects.filter(content_type__app_label=app, codename__in=codenames)
    team.permissions.set(allowed)


def members():
    """Who answers: active staff in the group."""
    return User.objects.filter(groups__name=TEAM, is_active=True, is_staff=True)
