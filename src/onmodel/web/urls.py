"""The addresses of the pages; `tests/integration/test_permissions.py` holds a row for each."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.generic import TemplateView
from django.views.i18n import set_language

from onmodel.web.views import gallery

urlpatterns: list = [
    path("", TemplateView.as_view(template_name="home.html"), name="home"),
    path("sign-in/", LoginView.as_view(redirect_authenticated_user=True), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("language/", login_not_required(set_language), name="language"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/progress/", gallery.gallery_progress, name="gallery-progress"),
]
