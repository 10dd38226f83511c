"""Booking's addresses: the booking link, a client's appointments, a provider's workspace."""

from django.urls import path

from .appointments import views_change, views_client, views_outcome, views_provider
from .calendars import views as calendars
from .first_visit import views_choose, views_details, views_swap
from .hours import views as hours
from .hours import views_time_off_and_openings
from .workspace import calendar, clients, today

app_name = "booking"
urlpatterns = [
    path("book/<slug:link>/", views_choose.choose, name="choose"),
    path("book/<slug:link>/extend/", views_choose.extend, name="extend"),
    path("book/<slug:link>/release/", views_choose.release, name="release"),
    path("book/<slug:link>/details/", views_details.details, name="details"),
    path("appointments/", views_client.appointments, name="appointments"),
    path("appointments/feed/", calendars.feed, name="feed"),
    path("feeds/<slug:secret>.ics", calendars.feed_file, name="feed_file"),
    path("appointments/<uuid:uuid>/", views_client.appointment, name="appointment"),
    path("appointments/<uuid:uuid>/cancel/", views_client.cancel, name="cancel"),
    path("appointments/<uuid:uuid>/swap/", views_swap.swap, name="swap"),
    path("appointments/<uuid:uuid>/calendar.ics", views_client.calendar_file, name="calendar_file"),
    path("workspace/", today.workspace, name="workspace"),
    path("workspace/availability/", hours.week, name="availability"),
    path("workspace/availability/off/", views_time_off_and_openings.time_off, name="time_off"),
    path("workspace/availability/openings/", views_time_off_and_openings.openings, name="openings"),
    path("workspace/availability/rules/", hours.rules, name="rules"),
    path("workspace/availability/why/", hours.why, name="why"),
    path(
        "workspace/availability/preview/<slug:part>/",
        views_time_off_and_openings.preview_part,
        name="preview",
    ),
    path("workspace/calendar/", calendar.calendar, name="calendar"),
    path(
        "workspace/appointments/<uuid:uuid>/",
        views_provider.appointment,
        name="workspace_appointment",
    ),
    path(
        "workspace/appointments/<uuid:uuid>/calendar.ics",
        views_provider.calendar_file,
        name="workspace_calendar_file",
    ),
    path("workspace/clients/", clients.clients, name="clients"),
    path("workspace/clients/<uuid:uuid>/", clients.client, name="client"),
    path("workspace/clients/<uuid:uuid>/schedule/", views_change.schedule, name="schedule"),
    path("workspace/appointments/<uuid:uuid>/move/", views_change.move, name="move"),
    path(
        "workspace/appointments/<uuid:uuid>/cancel/", views_change.cancel, name="workspace_cancel"
    ),
    path("workspace/appointments/<uuid:uuid>/waive-fee/", views_change.waive_fee, name="waive_fee"),
    path("workspace/appointments/<uuid:uuid>/outcome/", views_outcome.outcome, name="outcome"),
    path("workspace/appointments/<uuid:uuid>/link/", views_provider.link, name="link"),
]
