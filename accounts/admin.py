"""The admin for people, the mail we owe them, and the access trail: view-only."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.models import Group
from django.core.exceptions import BadRequest
from django.db import connection, models
from django.db.models.constants import LOOKUP_SEP

from . import outbox, outbox_hold, trail
from .dates import DayField
from .models import AccessEvent, Notification, User
from .plain import number
from .refusals import Stale
from .text import LineField, ParagraphField, masked
from .versioned import MergingForm

# Editing these could take over an account, or grant what only a migration should.
admin.site.unregister([EmailAddress, Authenticator, UserSession, Group])


# Text and days are checked here like everywhere on the site, but the widgets stay the admin's.
FIELDS = {
    models.CharField: {"form_class": LineField},
    models.TextField: {"form_class": ParagraphField},
    models.SlugField: {"widget": AdminTextInputWidget},  # these two have checks of their own
    models.URLField: {"assume_scheme": "https"},
    models.DateField: {"form_class": DayField},
}


LEFT_ALONE = "only an email that failed can go out again, and people ask for new codes themselves."
HELD = "This database was restored, so no email goes out until someone runs release_outbox."
PARTS_OF_DATES, YEAR = {"year", "month", "day"}, 9999
LONGEST_KEY = 18  # digits of a row's number


class RowsField(forms.ModelMultipleChoiceField):
    """Rows by their numbers; one too long for a database gets the error of one that isn't there."""

    def _check_values(self, value):
        for key in value if isinstance(value, list | tuple) else ():
            if len(str(key)) > LONGEST_KEY:
                words = self.error_messages["invalid_choice"]
                raise forms.ValidationError(words, "invalid_choice", {"value": key})
        return super()._check_values(value)


class AdminForm(MergingForm, forms.ModelForm):
    """What staff change of a row with a version. SafeAdmin holds the row's lock while it is saved.

    The version that is saved is the next one.
    """

    def clean(self):
        data, stored = super().clean(), self.instance.version
        if self.instance.pk and self.changed_data and data.get("version") != stored:
            self.show_newer()
            self.add_error(None, Stale(f"This {self.instance._meta.verbose_name}").message)
        data["version"] = stored + 1
        return data


class SafeInline(admin.TabularInline):
    """Rows below the one they belong to. They can't be deleted."""

    form = AdminForm
    extra = 0
    can_delete = False
    formfield_overrides = FIELDS


class SafeAdmin(admin.ModelAdmin):
    """What all our admins share: no deleting, and a URL can only ask what a filter can ask.

    Django's own check lets people probe any column of the model from the address bar, even hidden
    ones. A NUL in the address gets a 400 before it gets here (headway/middleware.py).
    """

    form = AdminForm
    formfield_overrides = FIELDS
    COMPARISONS = {"", "exact", "isnull", "id__exact", "gte", "lt", "year", "month", "day"}

    def has_delete_permission(self, request, obj=None):
        return False

    def get_object(self, request, object_id, from_field=None):
        """The row, locked while its form is being saved."""
        found = super().get_object(request, object_id, from_field)
        if found and request.method == "POST" and connection.in_atomic_block:
            rows = self.model._base_manager.select_for_update(no_key=True)
            return rows.filter(pk=found.pk).first()
        return found

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs.setdefault("form_class", RowsField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def response_action(self, request, queryset, **location):
        """Act only on row numbers the list could have shown."""
        for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
            if not (key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY):
                raise BadRequest("No such row could have been checked.")
        return super().response_action(request, queryset, **location)

    def lookup_allowed(self, lookup, value, request):
        """Only what is in list_filter or date_hierarchy, compared the way their links do."""
        for name in self._filtered_by(request):
            if lookup == name or lookup.startswith(name + LOOKUP_SEP):
                comparison = lookup.removeprefix(name).removeprefix(LOOKUP_SEP)
                if comparison in PARTS_OF_DATES and number(value, most=YEAR) is None:
                    return False
                return comparison in self.COMPARISONS
        return False

    def _filtered_by(self, request):
        if self.date_hierarchy:
            yield self.date_hierarchy
        for item in self.get_list_filter(request):
            first = item[0] if isinstance(item, list | tuple) else item
            yield first if isinstance(first, str) else first.parameter_name


class ViewOnlyAdmin(SafeAdmin):
    """For rows that people or the site write, and staff only read."""

    form = forms.ModelForm

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(User)
class UserAdmin(ViewOnlyAdmin):
    """Who someone is and whether they can log in, nothing more. Each view goes on the trail."""

    list_display = ["email", "full_name", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email"]
    ordering = ["email"]
    fields = ["email", "full_name", "is_active", "date_joined", "last_login"]

    def change_view(self, request, object_id, *args, **kwargs):
        response = super().change_view(request, object_id, *args, **kwargs)
        self._record(request, object_id, "account viewed")
        return response

    def history_view(self, request, object_id, *args, **kwargs):
        response = super().history_view(request, object_id, *args, **kwargs)
        self._record(request, object_id, "account’s history viewed")
        return response

    def _record(self, request, object_id, what):
        if user := self.get_object(request, unquote(object_id)):
            trail.record(request, subject=user, what=what, record=user.pk)


@admin.register(Notification)
class NotificationAdmin(ViewOnlyAdmin):
    """What was sent, what is waiting, and what failed; never the code or the whole address."""

    # No due time or sent time: a reminder's would reveal when the appointment is.
    fields = ["kind", "masked_address", "state", "attempts", "last_error", "created_at"]
    list_display = fields
    list_filter = ["state", "kind"]
    ordering = ["-created_at"]
    list_select_related = ["recipient"]
    actions = ["send_again"]

    def changelist_view(self, request, extra_context=None):
        if outbox_hold.is_held():
            messages.warning(request, HELD)
        return super().changelist_view(request, extra_context)

    @admin.action(description="Send again", permissions=["view"])
    def send_again(self, request, queryset):
        """Codes aren't sent again; for those that are, the person's trail says so."""
        chosen = queryset.count()
        rows = outbox.send_again(queryset)
        for row in rows:
            if reader := row.recipient:
                trail.record(request, subject=reader, what="email sent again", record=row.uuid)
        left = chosen - len(rows)
        if rows:
            messages.success(request, f"We’re sending {len(rows)} again.")
        if left:
            messages.warning(request, f"We left {left} alone: {LEFT_ALONE}")

    @admin.display(description="to")
    def masked_address(self, notification):
        return masked(notification.address or notification.recipient.email)


@admin.register(AccessEvent)
class AccessEventAdmin(ViewOnlyAdmin):
    """The access trail, for superusers only."""

    list_display = ["at", "actor", "subject", "what", "record", "address"]
    date_hierarchy = "at"
    ordering = ["-at"]
    list_select_related = ["actor", "subject"]

    def has_module_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_active and request.user.is_superuser
