"""Sessions and a tiny recording for tests: a tone that is made here, of nobody's voice."""

import datetime
import io
import math
import struct
import wave

from django.core.files.base import ContentFile

from onmodel.adherence.actions import ask_rating, keep_ratings, submit_rating
from onmodel.adherence.models import Draw, Rating
from onmodel.consent.models import Consent
from onmodel.forms.actions import Given
from onmodel.sessions.actions import add_recording
from onmodel.sessions.models import Session

DAY = datetime.date(2025, 6, 1)


def tone(seconds: float = 0.25, name: str = "tone.wav") -> ContentFile:
    """A wave of 440 Hz, 8 bits, 8 kHz."""
    rate, out = 8000, io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 1, rate, 0, "NONE", ""))
        samples = (int(128 + 60 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(rate * seconds)))
        file.writeframes(b"".join(struct.pack("B", sample) for sample in samples))
    return ContentFile(out.getvalue(), name=name)


def allow_recording(treatment, decision: str = "given", day: datetime.date = DAY) -> Consent:
    return Consent.objects.create(
        patient=treatment.patient,
        purpose="session_recording",
        decision=decision,
        decided_on=day,
        method="paper",
        text_source="generic",
        text_version="1.0.0",
    )


def held_session(cast, day: datetime.date = DAY, therapist=None, treatment=None) -> Session:
    """An individual session of the cast's therapist with the cast's patient."""
    treatment = treatment or cast.treatment
    session = Session.objects.create(
        programme=treatment.programme,
        team=treatment.team,
        kind="individual",
        component="individual",
        held_on=day,
    )
    session.given_by.create(therapist=therapist or cast.therapist)
    session.attendances.create(treatment=treatment)
    return session


def recorded_session(cast, day: datetime.date = DAY, **named) -> Session:
    """The same with a recording that the patient allows; needs a MEDIA_ROOT of the test's own."""
    session = held_session(cast, day, **named)
    treatment = session.attendances.get().treatment
    if not treatment.patient.consents.filter(purpose="session_recording").exists():
        allow_recording(treatment)
    add_recording(session=session, file=tone(), by=session.given_by.get().therapist)
    return Session.objects.get(pk=session.pk)


def drawn(cast) -> Draw:
    """The cast's therapist's only session, drawn once."""
    if earlier := Draw.objects.filter(programme=cast.programme, therapist=cast.therapist).first():
        return earlier
    session = recorded_session(cast)
    return Draw.objects.create(
        programme=cast.programme,
        therapist=cast.therapist,
        kind="individual",
        starts_on=datetime.date(2025, 4, 1),
        ends_on=datetime.date(2025, 6, 30),
        session=session,
        held=1,
        eligible=1,
    )


def asked_rating(cast, rater=None, purpose: str = "rating", session: Session | None = None) -> Rating:
    """A rating of the cast's therapist, asked of the supervisor unless somebody else is named."""
    return ask_rating(
        session=session or recorded_session(cast),
        therapist=cast.therapist,
        rater=rater or cast.supervisor,
        purpose=purpose,
        by=cast.supervisor,
    )


def rated(rating: Rating, value: int = 5, **more: object) -> Rating:
    """The same, with its overall ratings and some items, submitted."""
    answers = {"c1": value, "c4": value, "c5": value, "a10": value, "overall_adherence": value}
    answers |= {"overall_competence": value, **more}
    given = [Given(item=item, value=answer) for item, answer in answers.items()]
    keep_ratings(rating=rating, given=given, by=rating.rater)
    return submit_rating(rating=rating, by=rating.rater)
