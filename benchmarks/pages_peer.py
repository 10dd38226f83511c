"""django-appointment's side of pages.py: a tiny project that the peer's own Python runs."""

from datetime import time, timedelta

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

from .goes import answer
from .pages import MANY, ROOM, next_monday, visits

DATABASE = ROOM / "peer.sqlite3"
urlpatterns = []


def set_up():
    """The least that its documentation asks for, plus what Django gives a new project."""
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        STATIC_URL="/static/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.sessions",
            "django.contrib.staticfiles",
            "appointment",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        LOGGING_CONFIG=None,
        APPOINTMENT_BASE_TEMPLATE="base_templates/base.html",
    )
    DATABASE.unlink(missing_ok=True)
    django.setup()
    urlpatterns.append(path("", include("appointment.urls")))
    call_command("migrate", run_syncdb=True, verbosity=0)  # it ships no migrations


def staff_member(number):
    """Someone who works Monday to Friday, 9 to 5, with that many appointments, and a service."""
    from appointment.models import (
        Appointment,
        AppointmentRequest,
        Service,
        StaffMember,
        WorkingHours,
    )
    from django.contrib.auth.models import User

    service = Service.objects.create(name="Session", duration=timedelta(minutes=50), price=180)
    staff = StaffMember.objects.create(
        user=User.objects.create_user(f"dana{number}", first_name="Dana"),
        slot_duration=30,
        lead_time=time(9),
        finish_time=time(17),
    )
    staff.services_offered.add(service)
    for weekday in range(1, 6):  # 0 is Sunday here
        WorkingHours.objects.create(
            staff_member=staff, day_of_week=weekday, start_time=time(9), end_time=time(17)
        )
    requests = AppointmentRequest.objects.bulk_create(
        AppointmentRequest(
            date=day,
            start_time=time(hour),
            end_time=time(hour, 50),
            service=service,
            staff_member=staff,
            id_request=f"{number}-{day}-{hour}",
        )
        for day, hour in visits(number)
    )
    client = User.objects.create_user(f"jordan{number}")
    Appointment.objects.bulk_create(
        Appointment(client=client, appointment_request=each, id_request=each.id_request)
        for each in requests
    )
    return staff, service


def page(http, service):
    """The page where you choose a day; it doesn't show times yet."""
    found = http.get(f"/request/{service.pk}/")
    assert found.status_code == 200, found.status_code


def ask(http, staff, service, days):
    """The free times on these days, one request each."""
    for day in days:
        found = http.get(
            "/ajax/available_slots/",
            {
                "selected_date": day.isoformat(),
                "staff_member": staff.pk,
                "service_id": service.pk,
            },
            headers={"X-Requested-With": "XMLHttpRequest"},
        )
        assert found.status_code == 200 and found.json()["available_slots"], found.content


def works_for(http, number):
    """What pages.py asks for: just the times, and the page with the times."""
    staff, service = staff_member(number)
    monday = next_monday()
    week = [monday + timedelta(days=n) for n in range(5)]
    for span, days in {"day": week[:1], "week": week}.items():

        def times(days=days):
            ask(http, staff, service, days)

        def page_and_times(days=days):
            page(http, service)
            ask(http, staff, service, days)

        yield f"{span}-{number}", times
        yield f"page-{span}-{number}", page_and_times


def main():
    set_up()
    from django.test import Client

    http = Client()
    answer({name: work for number in (0, MANY) for name, work in works_for(http, number)})


if __name__ == "__main__":
    main()
