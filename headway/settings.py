"""All settings, from the environment. README.md lists the variables."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from .this_machine import elsewhere

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# DEMO=1 fills in everything that a new computer doesn't have. Without it, these are all required.
DEMO = env.bool("DEMO", False)
DEMO_DEFAULTS = {
    "SECRET_KEY": "demo-secret-key-that-protects-nothing-outside-of-this-machine",
    "FIELD_KEYS": "ZGVtby1maWVsZC1rZXktMzItYnl0ZXMtbG9uZy4uLi4=",
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "DATABASE_URL": f"sqlite:///{BASE_DIR}/var/demo.sqlite3",
    "REDIS_URL": "",
    "EMAIL_URL": f"filemail:///{BASE_DIR}/var/inbox",
}
if DEMO:
    for _name, _value in DEMO_DEFAULTS.items():
        if not env.str(_name, ""):
            environ.Env.ENVIRON[_name] = _value
    with suppress(OSError):  # if this fails, the database says that it can't be opened
        (BASE_DIR / "var").mkdir(exist_ok=True)
else:
    _missing = [name for name in DEMO_DEFAULTS if not env.str(name, "")]
    if _missing:
        raise ImproperlyConfigured(
            f"Set {', '.join(_missing)}. To look around without them, start with DEMO=1."
        )

SECRET_KEY = env.str("SECRET_KEY")
FIELD_KEYS = env.list("FIELD_KEYS")  # the first encrypts, all decrypt
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
SITE_URL = env.str(
    "SITE_URL",
    f"http://127.0.0.1:{env.str('PORT', '8000')}" if DEMO else f"https://{ALLOWED_HOSTS[0]}",
)
CSRF_TRUSTED_ORIGINS = [] if DEMO else [SITE_URL]

INSTALLED_APPS = [
    "headway.apps.HeadwayAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "accounts",
    "providers",
    "booking",
    "messaging",
    "support",
    "headway.apps.HeadwayConfig",
]
if DEMO:
    INSTALLED_APPS.append("demo")

MIDDLEWARE = [
    "headway.middleware.AccessLogMiddleware",
    "headway.middleware.HeadersMiddleware",
    "headway.middleware.DatabaseDownMiddleware",
    "headway.middleware.TooManyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "headway.middleware.PlainRequestMiddleware",
    "headway.middleware.ProbeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "headway.middleware.PrivatePagesMiddleware",
    "headway.middleware.SessionLimitMiddleware",
    "headway.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "headway.middleware.SeenMessagesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "headway.middleware.SecondFactorMiddleware",
    "accounts.unsent.UnsentMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "headway.middleware.MethodsMiddleware",
]

ROOT_URLCONF = "headway.urls"
WSGI_APPLICATION = "demo.wsgi.application" if DEMO else "headway.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "headway.context.site",
            ],
        },
    }
]
FORM_RENDERER = "accounts.unsent.Renderer"

DATABASE_POOL = env.int("DATABASE_POOL", 8)  # connections, and requests at once, in a process

# Database. SQLite takes its write lock at BEGIN and flushes each commit; PostgreSQL waits 3 s for a
# lock and 5 s for a statement, so that no request hangs on another. A command may take its time.
_is_command = Path(sys.argv[0]).name == "manage.py"
DATABASES = {"default": env.db("DATABASE_URL")}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    _database["TEST"] = {"NAME": str(BASE_DIR / "var" / f"test-{os.getpid()}.sqlite3")}
else:
    _database["ENGINE"] = "headway.postgresql"
    _database["HOST"] = unquote(_database["HOST"])  # for a socket: %2Fvar%2Frun%2Fpostgresql
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),  # from the URL, like ?sslmode=verify-full
        "options": f"-c lock_timeout=3000 -c statement_timeout={0 if _is_command else 5000}",
        "pool": {
            "min_size": 1,
            "max_size": DATABASE_POOL + 1,  # for the thread that may have to sweep
            # Seconds. While the server is away we soon say so, and the next request tries again.
            "timeout": 3,
            "reconnect_timeout": 3,
        },
    }
if DEMO and (_elsewhere := elsewhere(ALLOWED_HOSTS, _database, os.environ)):
    raise ImproperlyConfigured(
        "DEMO=1 only works on this computer: it has no TLS and no second factor. Leave it out, "
        f"or set ALLOWED_HOSTS and DATABASE_URL to this computer, not {', '.join(_elsewhere)}."
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Only allauth writes here, and nothing relies on it: limits have a table of their own. So a few
# hundred rows will do, which a write can afford to count.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

# People and their sessions.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LengthValidator"},
    {"NAME": "accounts.passwords.CommonValidator"},
]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "home"
SESSION_IDLE_MINUTES = 60
STAFF_SESSION_IDLE_MINUTES = 30
SESSION_HOURS = 24
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "headway.views.form_expired"

ACCOUNT_ADAPTER = "accounts.login.Adapter"
ACCOUNT_FORMS = {
    "request_login_code": "accounts.login.EmailForm",
    "confirm_login_code": "accounts.login.CodeForm",
    "confirm_email_verification_code": "accounts.login.EmailCodeForm",
    "login": "accounts.login.PasswordForm",
    "add_email": "accounts.login.NewEmailForm",
    "change_password": "accounts.password_forms.ChangeForm",
    "set_password": "accounts.password_forms.SetForm",
    "reset_password_from_key": "accounts.password_forms.ResetForm",
    "change_email": "accounts.login.CorrectEmailForm",
    "reset_password": "accounts.login.PasswordResetForm",
}
ACCOUNT_USER_DISPLAY = "accounts.login.display"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 99  # our limits end it sooner
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 99
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "start"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = False  # accounts/limits.py has ours
PASSWORD_RESET_TIMEOUT = 3600
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "accounts.login.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.second_factor_forms.ActivateForm",
    "authenticate": "accounts.second_factor_forms.AuthenticateForm",
    "reauthenticate": "accounts.second_factor_forms.ReauthenticateForm",
    "add_webauthn": "accounts.passkeys.AddForm",
    "authenticate_webauthn": "accounts.passkeys.AuthenticateForm",
    "login_webauthn": "accounts.passkeys.LoginForm",
    "reauthenticate_webauthn": "accounts.passkeys.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = False
MFA_TOTP_ISSUER = "Headway"
MFA_TOTP_TOLERANCE = 1  # a code that arrives one step late passes
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
USERSESSIONS_TRACK_ACTIVITY = False

# Words, times, files.
LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "headway.formats"
STATIC_URL = "/static/"
STATIC_ROOT = None if DEMO else BASE_DIR / "staticfiles"  # the demo serves them from static/
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO or DEBUG
        else "headway.static_storage.JoinedStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# With files. A photo can have 5 MB; for one up to 15 MB, the form still comes back with the error.
REQUEST_MAX_SIZE = 16 * 1024 * 1024
MEDIA_ROOT = env.str("MEDIA_ROOT", str(BASE_DIR / "var" / "media"))  # photos; our view serves them

# Mail goes through the outbox (accounts/outbox.py), which uses this as its mail server.
vars().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", "Headway <hello@headway.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Celery only nudges the outbox and runs the schedule, so nothing gets lost while Redis is down.
REDIS_URL = env.str("REDIS_URL", "")
CELERY_BROKER_URL = REDIS_URL or "memory://localhost"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_QUEUES = [Queue("celery"), Queue("codes")]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # what's next stays in the queue, for a worker that is free
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "retry_on_timeout": False,
    "max_retries": 0,
}

# Safety.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
if not DEMO:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    LANGUAGE_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "headway.errors.DiscreetFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # django.request logs paths, and some are secret: headway.access and .errors log instead.
    "loggers": {
        "django": {"level": "WARNING"},
        "django.request": {"level": "CRITICAL"},
        "django.security.csrf": {"level": "CRITICAL"},
        "_granian": {"level": "WARNING"},
    },
}
