"""Driven by the environment (`docs/operations.md` has a row for each). What apps plug in:
`registries.py`; which task runs when and where: `background.py`."""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

# Settings of their own, without the environment.
from crm.background import *  # noqa: F403
from crm.registries import *  # noqa: F403

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".data")))

DEBUG = env.bool("DEBUG", False)
_OPEN_SECRET = "not-secret-development-only-key-0123456789abcdef"  # noqa: S105 - refused below
SECRET_KEY = env.str("SECRET_KEY", _OPEN_SECRET)
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
PORT = env.int("PORT", 8000)
BASE_URL = env.str("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
ALLOW_PRIVATE_HOSTS = env.bool("ALLOW_PRIVATE_HOSTS", False)
DEMO = env.bool("DEMO", False)
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "anymail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crm",
    "talentpools",
    "journeys",
    "integrations",
    "analytics",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "crm.middleware.FileHostMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "crm.middleware.WorkspaceMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

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
                "crm.context_processors.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.contrib.humanize.templatetags.humanize",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "crm.templatetags.components",
                "crm.templatetags.dates",
            ],
        },
    }
]


# --- database -----------------------------------------------------------------------------------

DATABASE_APP_PASSWORD = env.str(
    "DATABASE_APP_PASSWORD", hmac.new(SECRET_KEY.encode(), b"database app role", hashlib.sha256).hexdigest()
)


def _database() -> dict[str, Any]:
    """The connection this process may use.

    DATABASE_URL names the owner of the schema. Only provisioning and migrations connect as the owner
    (DATABASE_ROLE=owner, set by manage.py); everything else connects as `<database>_app`, which owns
    nothing and is bound by row-level security. DATABASE_APP_PASSWORD replaces the derived password.
    """
    config: dict[str, Any] = env.db_url(
        "DATABASE_URL", default="postgresql://postgres@127.0.0.1:5432/rekindle"
    )
    if env.str("DATABASE_ROLE", "app") == "app":
        config["USER"] = env.str("DATABASE_APP_USER", f"{config['NAME']}_app")
        config["PASSWORD"] = DATABASE_APP_PASSWORD
    else:
        # A migration must not queue behind, or in front of, a busy table.
        config.setdefault("OPTIONS", {})["options"] = "-c lock_timeout=4s -c statement_timeout=300s"
    return config | {
        "ENGINE": "crm.kernel.postgres",
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
# Row-level security binds the first; the second (NOLOGIN) owns the search views.
DATABASE_APP_ROLE = env.str("DATABASE_APP_USER", f"{DATABASES['default']['NAME']}_app")
DATABASE_SEARCH_ROLE = env.str("DATABASE_SEARCH_ROLE", f"{DATABASES['default']['NAME']}_search")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "crm.User"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "rekindle",
    }
}

# --- mail ---------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="smtp://127.0.0.1:2525"))
EMAIL_TIMEOUT = 20
if vars()["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "crm.providers.smtp.ComposedBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Rekindle <no-reply@rekindle.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Replies go to r+<token>@INBOUND_DOMAIN; whoever receives mail for it posts the raw message to /hooks/mail/.
INBOUND_DOMAIN = env.str("INBOUND_DOMAIN", "in.rekindle.example")
# Mail leaves as <workspace>@MAIL_DOMAIN; its SPF, DKIM and DMARC records are the operator's.
MAIL_DOMAIN = env.str("MAIL_DOMAIN", INBOUND_DOMAIN.removeprefix("in."))
# Who is asked about a sender's SPF, DKIM and DMARC; empty: this machine's own name servers.
NAME_SERVERS = env.list("NAME_SERVERS", default=[])
INBOUND_SECRET = env.str(
    "INBOUND_SECRET", hmac.new(SECRET_KEY.encode(), b"inbound mail", "sha256").hexdigest()
)

# --- sign-in ------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "crm.views.accounts.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = BASE_URL.startswith("http://")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# --- browser security ---------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "frame-src": [SELF],  # a mail as it will look, in a sandbox of its own
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
_HTTPS = BASE_URL.startswith("https://")
if _HTTPS and SECRET_KEY == _OPEN_SECRET:
    raise ImproperlyConfigured("Set SECRET_KEY: the default one is known to everybody.")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_NAME = "__Host-session" if _HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

# --- words, time, files -------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# Another host name of this same server, which then hands out files and nothing else.
FILES_URL = env.str("FILES_URL", "").rstrip("/")
ALLOWED_HOSTS += [urlsplit(FILES_URL).hostname] if FILES_URL else []
# clamd, as tcp://host:3310 or unix:///path; empty: files are not looked at for viruses.
CLAMAV_URL = env.str("CLAMAV_URL", "")
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000

# --- the public API -----------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["crm.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["crm.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crm.api.parsing.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "crm.api.schema.Schema",
    "EXCEPTION_HANDLER": "crm.api.errors.answer",
}
API_MAX_BODY = 5_000_000
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", 6_000)
SPECTACULAR_SETTINGS = {
    "TITLE": "Rekindle API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["crm.api.schema.once_per_address"],
}

# --- background work (docs/operations.md, "Background work") -------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_VISIBILITY_TIMEOUT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        # httpx logs every address it asks for, and those can hold a person's; the other two are chatter.
        "httpx": {"level": "WARNING"},
        "mail.log": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}

os.makedirs(DATA_DIR, exist_ok=True)
