"""Providers in the admin: staff publish, pause and correct them; no client is to be seen here."""

from django.contrib import admin

from accounts.admin import SafeAdmin, SafeInline

from .models import License, Plan, Provider


class LicenseInline(SafeInline):
    """The licenses of a provider."""

    model = License


@admin.register(Provider)
class ProviderAdmin(SafeAdmin):
    """Providers."""

    list_display = ["name", "credentials", "first_visit", "accepting_new_clients", "published"]
    list_filter = ["first_visit", "accepting_new_clients", "published"]
    search_fields = ["name", "slug"]
    readonly_fields = ["user", "booking_link", "next_opening_at"]
    filter_horizontal = ["plans", "specialties", "methods", "languages", "client_groups"]
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
