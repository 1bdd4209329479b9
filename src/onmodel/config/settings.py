"""Settings, all of them; what may differ between installations comes from the environment.

`docs/settings.md` explains each variable, and a test keeps the two in step.
"""

from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _
from environs import Env
from marshmallow.validate import OneOf

from onmodel.config.keys import keys
from onmodel.config.production import require_own_values

PACKAGE = Path(__file__).resolve().parent.parent

env = Env()

# --- the installation ---
DATA_DIR = Path(env.str("ONMODEL_DATA", "var"))
DEBUG = env.bool("DEBUG", False)
PRODUCTION = env.bool("PRODUCTION", False)
HTTPS_ONLY = env.bool("HTTPS_ONLY", PRODUCTION)
KEY_FOR_TRYING_OUT = "only-for-trying-out-on-this-machine"
SECRET_KEY = env.str("SECRET_KEY", KEY_FOR_TRYING_OUT)
SECRET_KEY_FALLBACKS = env.list("OLD_SECRET_KEYS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])
IDENTITY_KEYS = keys(env, "IDENTITY_KEYS", "0" * 43 + "=")  # the first encrypts, all decrypt
INDEX_KEY = keys(env, "INDEX_KEY", KEY_FOR_TRYING_OUT)[0]  # finds an identity by name
AUDIT_KEYS = keys(env, "AUDIT_KEYS", KEY_FOR_TRYING_OUT)  # the first signs, all verify
BACKUP_KEYS = keys(env, "BACKUP_KEYS", None)  # age identities; the first encrypts, all decrypt
ONMODEL_PACKS = [Path(path) for path in env.list("ONMODEL_PACKS", [])]
SHOW_GALLERY = env.bool("SHOW_GALLERY", DEBUG)

# --- the database ---
# A cursor kept by the server is closed when its unfinished iterator is collected as garbage, perhaps in the
# middle of another query: psycopg then waits for its own lock, for ever. So all rows are fetched at once.
DATABASES = {
    "default": dj_database_url.parse(
        env.str("DATABASE_URL", f"sqlite:///{DATA_DIR / 'onmodel.sqlite3'}"),
        conn_max_age=60,
        disable_server_side_cursors=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- the apps, lowest layer first ---
INSTALLED_APPS = [
    "onmodel.accounts",
    "onmodel.access",
    "onmodel.audit",
    "onmodel.programmes",
    "onmodel.patients",
    "onmodel.patient_access",
    "onmodel.consent",
    "onmodel.sharing",
    "onmodel.sessions",
    "onmodel.assessments",
    "onmodel.signals",
    "onmodel.followup",
    "onmodel.forms",
    "onmodel.adherence",
    "onmodel.supervision",
    "onmodel.supervisors",
    "onmodel.agreements",
    "onmodel.teams",
    "onmodel.selfcheck",
    "onmodel.scheduling",
    "onmodel.outcomes",
    "onmodel.outreach",
    "onmodel.nightly",
    "onmodel.process",
    "onmodel.requirements",
    "onmodel.feedback",
    "onmodel.questions",
    "onmodel.implementing",
    "onmodel.checklists",
    "onmodel.staffing",
    "onmodel.criteria",
    "onmodel.reports",
    "onmodel.pirs",
    "onmodel.rights",
    "onmodel.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "onmodel.web.seen.OriginMiddleware",
    "onmodel.web.clocks.ClocksMiddleware",
    "onmodel.web.devices.DeviceMiddleware",
    "onmodel.web.signing_in.patient.PatientMiddleware",
    "onmodel.web.signing_in.idle.IdleMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "onmodel.web.signing_in.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "onmodel.web.security.ContentSecurityPolicyMiddleware",
]
ROOT_URLCONF = "onmodel.config.urls"
WSGI_APPLICATION = "onmodel.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["onmodel.web.templatetags.components"],
        },
    }
]

# --- signing in ---
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "onmodel.web.signing_in.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "onmodel.web.signing_in.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"patient_code": "20/10m/ip,6/10m/key", "new_link": "20/h/ip,3/h/key"}
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)  # each adds one address to X-Forwarded-For
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# --- a second factor ---
REQUIRE_MFA = env.bool("REQUIRE_MFA", HTTPS_ONLY)
MFA_ADAPTER = "onmodel.web.signing_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS_ONLY  # browsers allow it at http://localhost only
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "OnModel"
MFA_TOTP_TOLERANCE = 1

# --- signing in by the institution (OpenID Connect) ---
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", "")
OIDC_ALSO_AT = env.list("OIDC_ALSO_AT", [])  # further origins that its sign-in leads through
OIDC_BRINGS_SECOND_FACTOR = env.bool("OIDC_BRINGS_SECOND_FACTOR", False)
SOCIALACCOUNT_ADAPTER = "onmodel.web.signing_in.adapters.InstitutionAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "institution",
                "name": env.str("OIDC_NAME", "your institution"),
                "client_id": env.str("OIDC_CLIENT_ID", ""),
                "secret": env.str("OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": OIDC_SERVER_URL},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}

# --- the session and its cookies ---
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS_ONLY
SESSION_ENGINE = "onmodel.web.signing_in.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_SECONDS = 60 * env.float("SESSION_IDLE_MINUTES", 30.0)
PATIENT_IDLE_SECONDS = 60 * env.float("PATIENT_IDLE_MINUTES", 60.0)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", HTTPS_ONLY)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None

# --- language and time ---
LANGUAGES = [("en", _("English")), ("nl", _("Dutch"))]
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en", validate=OneOf(["en", "nl"]))
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = env.str("TIME_ZONE", "Europe/Amsterdam")
USE_I18N = USE_TZ = True

# --- files ---
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # SQLite and WhiteNoise want their folders to be there
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "onmodel.web.assets.PackageFilesFinder",
]
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "onmodel.web.uploads.LimitingHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
MAX_RECORDING_BYTES = env.int("MAX_RECORDING_BYTES", 2 * 1024 * 1024 * 1024)
MAX_IMPORT_BYTES = env.int("MAX_IMPORT_BYTES", 200 * 1024 * 1024)

# --- jobs ---
TASKS = {
    "default": {
        "BACKEND": env.str("TASKS_BACKEND", "django_tasks_db.DatabaseBackend"),
    }
}

# --- what all processes share: tries at sign-in in the database, figures computed once in files ---
CACHES = {
    "default": {"BACKEND": "onmodel.accounts.shared.SharedCache"},  # tries at sign-in
    "figures": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": (DATA_DIR / "figures").resolve(),
        "TIMEOUT": 7 * 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

# --- messages to patients ---
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")  # stands in links
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_PORT = env.int("EMAIL_PORT", 587 if PRODUCTION else 25)
EMAIL_HOST_USER = env.str("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_STARTTLS", EMAIL_PORT == 587)
EMAIL_USE_SSL = env.bool("EMAIL_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "onmodel@localhost")
SMS_BACKEND = env.str(
    "SMS_BACKEND",
    "onmodel.outreach.sms.GatewaySender" if PRODUCTION else "onmodel.outreach.sms.FileSender",
)
SMS_FILE_PATH = DATA_DIR / "sms"
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", "")
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", "")
SMS_FROM = env.str("SMS_FROM", "OnModel")

# --- logging ---
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}

if PRODUCTION or HTTPS_ONLY:
    require_own_values(globals())
