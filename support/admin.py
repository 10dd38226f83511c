"""Where the support team works: tickets to answer, articles to write."""

from django import forms
from django.contrib import admin
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.timesince import timesince

from accounts import trail
from accounts.admin import SafeAdmin
from accounts.text import LineField, ParagraphField

from . import tickets
from .forms import BODY_LENGTH, RowKeyField
from .models import Article, Ticket


class AnswerForm(forms.ModelForm):
    """An answer to a ticket, or a note; or neither, to close it or open it again."""

    key = RowKeyField()
    answer = ParagraphField(
        label="Your answer",
        max_length=BODY_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 10}),
        help_text="The sender is told by email that there is one, and reads it after signing in.",
    )
    internal = forms.BooleanField(label="This is a note that only the team sees", required=False)

    class Meta:
        model = Ticket
        fields = []


@admin.register(Ticket)
class TicketAdmin(SafeAdmin):
    """What people ask. One can answer and close; what was written stays as it is."""

    form = AnswerForm
    change_form_template = "support/admin/ticket.html"
    list_display = ["number", "topic", "status", "age"]
    list_filter = ["status", "topic"]
    search_fields = ["=number", "email"]
    ordering = ["-number"]
    actions = ["close", "reopen"]
    view_on_site = False  # that page is the sender's alone
    readonly_fields = ["number", "topic", "status", "age", "sender", "conversation"]
    fieldsets = [
        (None, {"fields": readonly_fields}),
        (None, {"fields": ["key", "answer", "internal"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).confirmed()

    def has_add_permission(self, request):
        return False

    @admin.display(ordering="confirmed_at")
    def age(self, ticket):
        return timesince(ticket.confirmed_at, timezone.now(), depth=1)

    def sender(self, ticket):
        return f"{ticket.name} <{ticket.email}>" if ticket.name else ticket.email

    def conversation(self, ticket):
        replies = ticket.replies.select_related("by")
        context = {"ticket": ticket, "replies": replies}
        return render_to_string("support/admin/conversation.html", context)

    def change_view(self, request, object_id, *args, **kwargs):
        response = super().change_view(request, object_id, *args, **kwargs)
        ticket = self.get_object(request, object_id)
        if ticket and ticket.user and request.method == "GET":
            trail.record(request, subject=ticket.user, what="question viewed", record=ticket.uuid)
        return response

    def save_model(self, request, ticket, form, change):
        said = form.cleaned_data
        if said["answer"]:
            tickets.answer(
                ticket,
                by=request.user,
                body=said["answer"],
                internal=said["internal"],
                uuid=said["key"],
            )
        if "_close" in request.POST:
            tickets.close(ticket)
        elif "_reopen" in request.POST:
            tickets.reopen(ticket)

    @admin.action(description="Close", permissions=["change"])
    def close(self, request, queryset):
        for ticket in queryset:
            tickets.close(ticket)

    @admin.action(description="Open again", permissions=["change"])
    def reopen(self, request, queryset):
        for ticket in queryset:
            tickets.reopen(ticket)


class ArticleForm(forms.ModelForm):
    """An article in Markdown."""

    title = LineField(max_length=120)
    summary = LineField(max_length=200, widget=forms.TextInput(attrs={"class": "vLargeTextField"}))
    body = ParagraphField(
        max_length=20000,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 30}),
        help_text="Markdown; HTML is shown as text. “## Heading” also stands in “On this page”.",
    )

    class Meta:
        model = Article
        fields = ["slug", "title", "summary", "audience", "body", "position", "published"]
        help_texts = {"published": "Unpublish what the site should no longer show."}


@admin.register(Article)
class ArticleAdmin(SafeAdmin):
    """The help articles. Links in mails and bookmarks go by the slug, so it stays."""

    form = ArticleForm
    list_display = ["title", "slug", "audience", "position", "published", "updated_at"]
    list_filter = ["published", "audience"]
    search_fields = ["title", "summary"]

    def get_readonly_fields(self, request, article=None):
        return ["slug"] if article else []

    def view_on_site(self, article):
        return article.get_absolute_url() if article.published else None
