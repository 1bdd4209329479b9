"""The addresses of signing in: of django-allauth's only those that we use, under its names."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as institution
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import path

from onmodel.web.signing_in import idle, patient

urlpatterns = [
    path("sign-in/", account.login, name="sign-in"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/second-step/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/inactive/", account.account_inactive, name="account_inactive"),
    path("sign-in/cancelled/", institution.login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-in/by/<slug:provider_id>/", openid_connect.login, name="openid_connect_login"),
    path("sign-in/by/<slug:provider_id>/back/", openid_connect.callback, name="openid_connect_callback"),
    path("sign-out/", patient.sign_out, name="sign-out"),
    path("my/treatment/", patient.my_treatment, name="my-treatment"),
    path("my/progress/", patient.my_progress, name="my-progress"),
    path("my/letters/<uuid:letter_pk>/", patient.my_letter, name="my-letter"),
    path("my/plans/", patient.my_plans, name="my-plans"),
    path("my/plans/<int:plan_pk>/", patient.my_plan, name="my-plan"),
    path("my/plans/<int:plan_pk>/pdf/", patient.my_plan_file, name="my-plan-file"),
    path("my/reviews/", patient.my_reviews, name="my-reviews"),
    path("my/access-log/", patient.my_access_log, name="my-access-log"),
    path("my/access-log.pdf", patient.my_access_log_file, name="my-access-log-file"),
    path("my/consent/<slug:purpose>/", patient.my_consent, name="my-consent"),
    path("my/copy/<slug:kind>/", patient.my_copy, name="my-copy"),
    path("my/code/", patient.patient_sign_in, name="patient-sign-in"),
    path("session/", idle.session_keep, name="session-keep"),
    path("session/again/", idle.signed_in_again, name="signed-in-again"),
    path("account/", mfa.index, name="mfa_index"),
    path("account/", mfa.index, name="mfa_list_webauthn"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
]
