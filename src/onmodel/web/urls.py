"""The addresses of the pages; `tests/integration/test_permissions.py` holds a row for each."""

urlpatterns: list = []
