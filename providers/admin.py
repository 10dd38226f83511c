"""Providers in the admin: staff publish, pause and correct them, and see no clients here."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.html import format_html

from accounts.admin import AdminForm, SafeAdmin, SafeInline
from accounts.text import PhoneField

from . import portraits
from .forms_profile import OFFICE, check_office
from .models import License, Plan, Provider
from .pause import check_return


class LicenseForm(AdminForm):
    """A license, checked for typos in the year."""

    def clean_expires(self):
        day = self.cleaned_data["expires"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError("Check the year. It should be between 2000 and 2100.")
        return day


class LicenseInline(SafeInline):
    model = License
    form = LicenseForm


class ProviderForm(AdminForm):
    """A provider, with the same checks as their own forms, and whether to remove their photo."""

    phone = PhoneField(
        required=False,
        widget=AdminTextInputWidget,
        help_text="The practice’s number. Clients see it, and calls come from it.",
    )
    remove_photo = forms.BooleanField(
        required=False,
        label="Remove this photo",
        help_text="If it isn’t suitable. Their initials replace it, and we delete the file.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        if not self.instance.portrait:
            del self.fields["remove_photo"]

    def clean(self):
        data = super().clean()
        moved = set(OFFICE) & set(self.changed_data)
        check_office(self, data, in_person=bool(moved) and self.instance.offers_in_person)
        check_return(self, data, no_pause="They’re taking new clients, so leave this empty.")
        return data


@admin.register(Provider)
class ProviderAdmin(SafeAdmin):
    form = ProviderForm
    list_display = ["name", "credentials", "first_visit", "accepting_new_clients", "published"]
    list_filter = ["first_visit", "accepting_new_clients", "published"]
    search_fields = ["name", "slug"]
    readonly_fields = ["user", "booking_link", "next_opening_at", "photo"]
    filter_horizontal = ["plans", "specialties", "methods", "languages", "client_groups"]
    inlines = [LicenseInline]

    def has_add_permission(self, request):
        """Providers apply; staff don't add them here."""
        return False

    def get_fields(self, request, obj=None):
        """The photo first, with the box to remove it if there is one."""
        fields = super().get_fields(request, obj)
        others = [name for name in fields if name not in ("photo", "remove_photo")]
        return ["photo", *(["remove_photo"] if obj.portrait else []), *others]

    @admin.display(description="photo")
    def photo(self, provider):
        if not provider.portrait:
            return "None"
        return format_html(
            '<img src="{}" width="100" height="120" alt="Their photo">', provider.portrait_url
        )

    def save_model(self, request, provider, form, change):
        if form.has_changed():
            provider.profile_version += 1
            provider.rules_version += 1
            provider.hours_version += "time_zone" in form.changed_data
        super().save_model(request, provider, form, change)
        if form.cleaned_data.get("remove_photo"):
            portraits.replace(provider, photo=None)


@admin.register(Plan)
class PlanAdmin(SafeAdmin):
    list_display = ["carrier", "name", "covers_telehealth"]
    list_filter = ["covers_telehealth"]
    search_fields = ["carrier", "name"]
