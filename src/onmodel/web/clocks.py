"""After a page changed a record, the clocks of whom it is about are looked at again, not first at night."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from onmodel.audit.touched import noting
from onmodel.clocks.looking import look_again

log = logging.getLogger(__name__)


class ClocksMiddleware:
    """Nothing that fails here keeps the answer from the person; the nightly run looks at everything."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        with noting() as touched:
            response = self.get_response(request)
            patients, programmes = frozenset(touched.patients), frozenset(touched.programmes)
        if request.user.is_authenticated and (patients or programmes):
            try:
                look_again(patients=patients, programmes=programmes)
            except Exception:
                log.exception("The clocks could not be looked at after %s", request.path)
        return response
