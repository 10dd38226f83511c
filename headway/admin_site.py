"""The admin site: only for staff whose session passed the second factor."""

from django.contrib.admin import AdminSite


class HeadwayAdminSite(AdminSite):
    """Django's admin under our name."""

    site_header = site_title = "Headway support"
    index_title = "What is there to do"
