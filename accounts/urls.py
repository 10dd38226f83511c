"""The account page, and our login pages, which replace allauth's under the same names."""

from django.urls import path

from . import views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("accounts/login/code/", views.LoginView.as_view(), name="account_request_login_code"),
    path(
        "accounts/login/code/confirm/",
        views.CodeView.as_view(),
        name="account_confirm_login_code",
    ),
    path(
        "accounts/confirm-email/",
        views.EmailCodeView.as_view(),
        name="account_email_verification_sent",
    ),
    path("accounts/sessions/", views.SessionsView.as_view(), name="usersessions_list"),
    path("accounts/login/", views.PasswordView.as_view(), name="account_login"),
    path("accounts/2fa/webauthn/login/", views.PasskeyView.as_view(), name="mfa_login_webauthn"),
    path("accounts/login/link/<str:token>/", views.sign_in_by_link, name="sign_in_by_link"),
    path(
        "accounts/password/reset/",
        views.PasswordResetView.as_view(),
        name="account_reset_password",
    ),
    path("accounts/signup/", views.sign_up, name="account_signup"),
    path("accounts/logout/", views.log_out, name="account_logout"),
    path("accounts/email/", views.change_email, name="account_email"),
    path("accounts/password/set/", views.set_password, name="account_set_password"),
    path("accounts/2fa/webauthn/add/", views.add_passkey, name="mfa_add_webauthn"),
    path(
        "accounts/reauthenticate/code/", views.reauthenticate_by_code, name="reauthenticate_by_code"
    ),
    path("accounts/2fa/totp/deactivate/", views.remove_totp, name="mfa_deactivate_totp"),
    path(
        "accounts/2fa/webauthn/keys/<int:pk>/remove/",
        views.remove_passkey,
        name="mfa_remove_webauthn",
    ),
    path("accounts/2fa/totp/activate/", views.activate_totp, name="mfa_activate_totp"),
    path(
        "accounts/2fa/recovery-codes/",
        views.see_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/download/",
        views.save_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
