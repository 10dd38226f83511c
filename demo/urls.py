"""The demo's addresses: the inbox for the mail it doesn't send."""

from django.urls import path

from . import inbox

urlpatterns = [
    path("demo/inbox/", inbox.inbox, name="demo-inbox"),
    path("demo/inbox/<str:name>/", inbox.mail, name="demo-mail"),
    path("demo/inbox/<str:name>/html/", inbox.mail_html, name="demo-mail-html"),
    path("demo/inbox/<str:name>/<int:number>/", inbox.mail_file, name="demo-mail-file"),
]
