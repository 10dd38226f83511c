"""Providers in the admin: staff publish, pause and correct them; no client is to be seen here."""

from django.contrib import admin
from django.db import models

from accounts.admin import SafeAdmin

from .models import License, Plan, Provider


class LicenseInline(admin.TabularInline):
    """The licenses of a provider."""

    model = License
    extra = 0
    can_delete = False


@admin.register(Provider)
class ProviderAdmin(SafeAdmin):
    """Providers."""

    list_display = ["name", "credentials", "first_visit", "accepting_new_clients", "published"]
    list_filter = ["first_visit", "accepting_new_clients", "published"]
    search_fields = ["name", "slug"]
    readonly_fields = ["user", "booking_link", "next_opening_at"]
    filter_horizontal = ["plans", "specialties", "methods", "languages", "client_groups"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = [LicenseInline]

    def has_add_permission(self, request):
        """A provider applies; nobody is made one here."""
        return False


@admin.register(Plan)
class PlanAdmin(SafeAdmin):
    """Insurance plans."""

    list_display = ["carrier", "name", "covers_telehealth"]
    list_filter = ["covers_telehealth"]
    search_fields = ["carrier", "name"]
