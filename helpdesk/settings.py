"""Settings, all from the environment; `docs/settings.md` describes each name.

`bin/run`, `bin/manage` and `bin/test` start PostgreSQL and Valkey and set `DATABASE_URL`, `REDIS_URL`,
`SECRET_KEY` and `CREDENTIALS_KEYS` where they are missing.
"""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

SECRET_KEY = env.str("SECRET_KEY")
# Fernet keys for credentials at rest, newest first; the older ones still decrypt (see docs/backup.md).
CREDENTIALS_KEYS = env.list("CREDENTIALS_KEYS")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000")
ORGANISATION = env.str("ORGANISATION", default="Northwind Air")
# The demo brand shows its made-up logins on the sign-in page; a real installation never does.
DEMO = env.bool("DEMO", default=False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "helpdesk",
    "accounts",
    "tickets",
    "channels_social",
    "channels_email",
    "channels_phone",
    "metrics",
    "live",
]

# The one list a new channel is added to (docs/adding-a-channel.md).
CHANNEL_ADAPTERS = [
    "channels_social.x.adapter.XAdapter",
    "channels_email.adapter.EmailAdapter",
    "channels_phone.adapter.PhoneAdapter",
]

# When work begins, for tickets that are put off until then: `f(moments) -> list[datetime | None]`.
NEXT_OPENINGS = "metrics.queries.rules.next_openings"

MIDDLEWARE = [
    "tickets.api.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.FirstRunMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
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
                "helpdesk.context.site",
                "tickets.views.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "accounts.templatetags.ui",
                "tickets.templatetags.tickets",
            ],
        },
    }
]

# Every form is drawn by templates/django/forms/, in the look of the product.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.throttling.OnePlace",
    "accounts.backends.SessionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())

AXES_VERBOSE = False
# What Django's sign-in form calls the address; axes would look for the model's field and count for nobody.
AXES_USERNAME_FORM_FIELD = "username"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.throttling.locked_out"
AXES_CLIENT_IP_CALLABLE = "accounts.throttling.address_of"
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
# The reverse proxy redirects to https and promises it for the future (deploy/Caddyfile).
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]
X_FRAME_OPTIONS = "DENY"
# The port of the live updates where no reverse proxy brings them to /live/ of the same origin.
LIVE_PORT = env.int("LIVE_PORT", default=0)
# A policy knows neither wildcards of hosts nor IPv6 addresses.
_LIVE_ORIGINS = [f"http://{host}:{LIVE_PORT}" for host in ALLOWED_HOSTS if LIVE_PORT and host[:1] not in "[*"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "connect-src": [SELF, *_LIVE_ORIGINS],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "en"
TIME_ZONE = env.str("TIME_ZONE", default="Europe/London")
USE_I18N = True
USE_TZ = True

FILE_UPLOAD_HANDLERS = [
    "helpdesk.uploads.WholeRequest",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = REDIS_URL
# State lives in PostgreSQL: results and acknowledgements carry nothing that a lost broker could lose.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    # A tick that waits longer than its interval is worth nothing: the next one finds the same work.
    "tick": {"task": "tickets.tasks.tick", "schedule": 1.0, "options": {"expires": 2}},
    "sweep": {"task": "tickets.tasks.sweep", "schedule": 30.0, "options": {"expires": 30}},
    "measure": {"task": "metrics.tasks.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "forget": {"task": "tickets.tasks.forget", "schedule": 86400.0},
}

# Numbers written without their country are read as numbers of this one (ISO 3166, two letters).
PHONE_REGION = env.str("PHONE_REGION", default="GB")

# Webhooks may lead to addresses in our own network, and without TLS.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False)
# How long an agent may take an answer back; nothing leaves before.
UNDO_SECONDS = env.int("UNDO_SECONDS", default=10)
# How long the raw payload is kept of what was read and deliberately made no message (reposts, automatic mail, …).
KEEP_IGNORED_DAYS = env.int("KEEP_IGNORED_DAYS", default=30)
# How many mails that nobody wrote one person gets within an hour: two programs that answer each other come to an end.
AUTOMATIC_PER_HOUR = env.int("AUTOMATIC_PER_HOUR", default=3)

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Parley <parley@localhost>")

# Of one token, of one person's sessions, or of one address where nobody is signed in.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)
REST_FRAMEWORK = {
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tickets.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "tickets.api.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "tickets.api.pagination.Keyset",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tickets.api.parsers.BoundedJSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_THROTTLE_CLASSES": ["tickets.api.throttling.RateLimit"],
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "tickets.api.problems.handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Parley API",
    "DESCRIPTION": "The helpdesk for programs. docs/api.md tells how to begin.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # What is sent and what comes back are different things.
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tickets.api.schema.add_problem",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "TicketStatus": "tickets.models.Ticket.Status",
        "TicketVisibility": "tickets.models.Ticket.Visibility",
        "MessageVisibility": "tickets.models.Message.Visibility",
        "DeliveryState": "tickets.models.Delivery.State",
        "AttachmentState": "tickets.models.Attachment.State",
        "SlaState": "tickets.models.Ticket.SlaState",
        "HealthLevel": "tickets.api.views.health.LEVELS",
        "CallDirection": "tickets.api.serializers.call.DIRECTIONS",
        "MessageDirection": "tickets.models.Message.Direction",
        "CallOutcome": "tickets.models.Call.Outcome",
        "UserState": "tickets.api.serializers.people.STATES",
        "ChannelState": "tickets.models.Channel.State",
        "InboundItemState": "tickets.models.InboundItem.State",
        "WebhookDeliveryState": "tickets.models.WebhookDelivery.State",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s"}},
    "filters": {"request_id": {"()": "tickets.api.middleware.RequestIdFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # tweepy and urllib3 log request headers, bearer tokens among them, at DEBUG.
    "loggers": {"tweepy": {"level": "INFO"}, "urllib3": {"level": "INFO"}, "requests_oauthlib": {"level": "INFO"}},
}
