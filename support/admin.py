"""Where the support team works: tickets to answer, articles to write."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince

from accounts import trail
from accounts.admin import AdminForm, SafeAdmin
from accounts.refusals import Stale
from accounts.text import LineField, ParagraphField
from accounts.versioned import VersionedForm

from . import tickets
from .forms import BODY_LENGTH, RowKeyField
from .models import Article, Ticket, TicketReply

NOTHING_WRITTEN = "Nothing was sent: write something first."


class AnswerForm(VersionedForm, forms.ModelForm):
    """An answer to a ticket, or a note; or neither, to close it or open it again.

    SafeAdmin holds the ticket's lock while it is checked and saved.
    """

    key = RowKeyField()
    answer = ParagraphField(
        label="Your answer",
        max_length=BODY_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 10}),
        help_text="We email the sender that there’s a reply. They sign in to read it.",
    )
    internal = forms.BooleanField(label="This is a note that only the team sees", required=False)

    class Meta:
        model = Ticket
        fields = []

    def clean(self):
        data = super().clean()
        only_moved = {"_close", "_reopen"} & self.data.keys() and not data.get("internal")
        if data.get("answer") == "" and not only_moved:
            self.add_error("answer", NOTHING_WRITTEN)
        if data.get("version") != self.instance.version and not self._is_done(data):
            self.catch_up()
            self.add_error(None, Stale("This ticket").message)
        return data

    def _is_done(self, data):
        """Whether the first press of this form did what it asks for."""
        if data.get("answer"):
            return TicketReply.objects.filter(uuid=data.get("key")).exists()
        status = Ticket.Status
        return self.instance.status == (status.CLOSED if "_close" in self.data else status.OPEN)


@admin.register(Ticket)
class TicketAdmin(SafeAdmin):
    """What people ask. The team answers and closes; nobody changes what was written."""

    form = AnswerForm
    change_form_template = "support/admin/ticket.html"
    object_history_template = "support/admin/history.html"
    list_display = ["number", "name_given", "topic", "status", "age"]
    list_filter = ["status", "topic"]
    search_fields = ["=number", "email"]
    ordering = ["-number"]
    actions = ["close", "reopen"]
    view_on_site = False  # that page is the sender's alone
    readonly_fields = ["number", "topic", "status", "asked", "sender", "conversation"]
    fieldsets = [
        (None, {"fields": readonly_fields}),
        (None, {"fields": ["key", "version", "answer", "internal"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).confirmed()

    def has_add_permission(self, request):
        return False

    @admin.display(ordering="confirmed_at")
    def age(self, ticket):
        return timesince(ticket.confirmed_at, timezone.now(), depth=1)

    @admin.display(description="sender", ordering="name")
    def name_given(self, ticket):
        return ticket.name or "(no name)"

    def asked(self, ticket):
        return date_format(timezone.localtime(ticket.confirmed_at), "DATETIME_FORMAT")

    def sender(self, ticket):
        return f"{ticket.name} <{ticket.email}>" if ticket.name else ticket.email

    def conversation(self, ticket):
        replies = ticket.replies.select_related("by")
        context = {"ticket": ticket, "replies": replies}
        return render_to_string("support/admin/conversation.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        ticket = self.get_object(request, unquote(object_id))
        title = {"title": str(ticket), "subtitle": None}
        response = super().change_view(
            request, object_id, form_url, {**title, **(extra_context or {})}
        )
        if ticket and ticket.user and request.method == "GET":
            trail.record(request, subject=ticket.user, what="question viewed", record=ticket.uuid)
        return response

    def save_model(self, request, ticket, form, change):
        data = form.cleaned_data
        if data["answer"]:
            tickets.answer(
                ticket,
                by=request.user,
                body=data["answer"],
                internal=data["internal"],
                uuid=data["key"],
            )
        if "_close" in request.POST:
            tickets.close(ticket)
        elif "_reopen" in request.POST:
            tickets.reopen(ticket)
        messages.success(request, f"{ticket}: {_done(data, request.POST)}")

    def response_change(self, request, ticket):
        return self.response_post_save_change(request, ticket)

    @admin.action(description="Close", permissions=["change"])
    def close(self, request, queryset):
        for ticket in queryset:
            tickets.close(ticket)

    @admin.action(description="Open again", permissions=["change"])
    def reopen(self, request, queryset):
        for ticket in queryset:
            tickets.reopen(ticket)


def _done(data, pressed):
    """What the page's form did, in words."""
    if not data["answer"]:
        done = "nothing was sent."
    elif data["internal"]:
        done = "your note is saved. Only the team sees it."
    else:
        done = "your answer is saved. We told the sender by email."
    if "_close" in pressed:
        return f"{done} It is closed."
    return f"{done} It is open again." if "_reopen" in pressed else done


class ArticleForm(AdminForm):
    title = LineField(max_length=120)
    summary = LineField(max_length=200, widget=forms.TextInput(attrs={"class": "vLargeTextField"}))
    body = ParagraphField(
        max_length=20000,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 30}),
        help_text="Use Markdown. HTML shows up as text. “## Heading” is listed in “On this page”.",
    )
    position = forms.IntegerField(
        min_value=0, max_value=999, initial=0, help_text="From 0 to 999. The lowest comes first."
    )

    class Meta:
        model = Article
        fields = ["slug", "title", "summary", "audience", "body", "position", "published"]
        help_texts = {"published": "Uncheck this to take the article off the site."}


@admin.register(Article)
class ArticleAdmin(SafeAdmin):
    """The help articles. The slug never changes: bookmarks and links in mail have it."""

    form = ArticleForm
    list_display = ["title", "audience", "position", "published", "updated_at"]
    list_filter = ["published", "audience"]
    search_fields = ["title", "summary"]

    def get_readonly_fields(self, request, article=None):
        return ["slug"] if article else []

    def view_on_site(self, article):
        return article.get_absolute_url() if article.published else None
