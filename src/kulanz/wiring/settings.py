"""Django's settings, derived from `infra.config`. Nothing here is read by rooms except through Django itself."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kulanz.infra import config as _config
from kulanz.infra import demo_marker as _demo_marker
from kulanz.infra import secrets as _secrets
from kulanz.infra.database import django_database

CONFIG = _config.load()
ROOT = Path(__file__).resolve().parents[1]

SECRET_KEY = _secrets.secret_key(CONFIG.data_dir)
DEBUG = CONFIG.debug
ALLOWED_HOSTS = list(CONFIG.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [CONFIG.public_url]

INSTALLED_APPS = [
    "kulanz.infra",
    "kulanz.ui",
    "kulanz.parties",
    "kulanz.ledger",
    "kulanz.contact",
    "kulanz.holds",
    "kulanz.shop",
    "kulanz.cases",
    "kulanz.dunning",
    "kulanz.machines",
    "kulanz.portal",
    "kulanz.desk",
    "kulanz.agency",
    "kulanz.api",
    "kulanz.wiring",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "pgtrigger",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kulanz.infra.web.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kulanz.wiring.brand.name_the_brand",
    "kulanz.ui.refusals.answer_refusals",
]

ROOT_URLCONF = "kulanz.wiring.urls"
WSGI_APPLICATION = "kulanz.wiring.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kulanz.ui.context.page_frame",
            ],
            "builtins": ["kulanz.ui.templatetags.kulanz"],
        },
    },
]

DATABASES = {"default": django_database(CONFIG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Wrong passwords and used one-time codes are counted here. The web server has several processes: a memory of its own
# in each would multiply what a guesser may try, and let a one-time code be used once per process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "infra_cache",
        # When there are more, what has expired goes first. Few entries would let a guesser push his own count out.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "portal:start"
ACCOUNT_ADAPTER = "kulanz.portal.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# The address is where letters, proofs and password links go: it changes through us, not on a page of one's own.
ACCOUNT_MAX_EMAIL_ADDRESSES = 1
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {
    # Five wrong passwords for one login in five minutes. Per internet address more: an office shares one, and so does
    # everybody behind a proxy.
    "login": "120/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    # Nobody is flooded with mails by a stranger who knows his address.
    "reset_password": "20/m/ip,3/15m/key",
}
# A password link has to survive a slow mail server, not a weekend.
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Kulanz"
# The library waits for a confirmed address because strangers may sign up elsewhere; here we know whom we let in.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# WebAuthn asks for https except on localhost, where the demo runs.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = CONFIG.public_url.startswith(("http://127.0.0.1", "http://localhost"))

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "ui" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
LANGUAGE_COOKIE_NAME = "kulanz_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# One working day, or until the browser is closed: a screen left alone in an office is nobody's the next morning.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.public_url.startswith("https://")
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Behind proxies of our own, the address of the visitor and https come from their headers; otherwise nobody is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = CONFIG.trusted_proxies
if CONFIG.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# Bank files may be large; everything above this goes to a temporary file.
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

DEFAULT_FROM_EMAIL = CONFIG.mail_from
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # rooms send through contact, never directly

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kulanz.infra.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"kulanz": {"level": "INFO"}},
}

# The demo offers its logins on the login page; in any other data directory there is no such file.
_demo = _demo_marker.read(CONFIG.data_dir)
KULANZ_DEMO_LOGINS = (
    [(f"{row['name']} ({row['role']})", row["email"], row["password"]) for row in _demo["logins"]] if _demo else []
)
