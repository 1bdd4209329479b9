"""What may stand in a reminder, and what an error says."""

import smtplib

import pytest
from django.core.exceptions import ValidationError

from onmodel import library
from onmodel.outreach.delivering import said_of
from onmodel.outreach.sms import SmsError
from onmodel.outreach.texts import MAY, Words, check_words


def check(body: str, subject: str = "Questions", kind: str = "reminder", channel: str = "mail") -> None:
    check_words(subject, body, kind=kind, channel=channel)


def test_the_words_of_the_pack_pass_their_own_check_and_fill_in():
    terms = library.load("generic").terms["reminder_texts"].terms
    assert len(terms) == 6
    for term in terms:
        kind, _, channel = term.id.rpartition("_")
        for language in ("en", "nl"):
            check(term.help.in_(language), term.label.in_(language), kind, channel)
            subject, body = Words(term.label.in_(language), term.help.in_(language), "1").filled(
                dict.fromkeys(MAY, "x")
            )
            assert "{" not in subject + body


def test_the_words_of_the_pack_name_no_treatment():
    for term in library.load("generic").terms["reminder_texts"].terms:
        for text in (term.label, term.help):
            for words in (text.en, text.nl):
                assert "{programme}" not in words
                assert "{organisation}" not in words
                assert "therap" not in words.lower()
                assert "behandel" not in words.lower()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{link} {stop} {name}", "{name}"),
        ("{link}", "{stop}"),
        ("{stop}", "{link}"),
        ("{link} {stop} {", "not closed"),
        ("{link.__class__} {stop}", "cannot be filled in"),
        ("{link!r} {stop}", "Only a name"),
        ("{link:>99} {stop}", "Only a name"),
        ("{} {stop}", "cannot be filled in"),
    ],
)
def test_words_that_are_refused(body, why):
    with pytest.raises(ValidationError) as refused:
        check(body)
    assert why in " ".join(refused.value.messages)


def test_a_mail_needs_a_subject_and_a_new_link_no_way_to_stop():
    with pytest.raises(ValidationError, match="subject"):
        check("{link} {stop}", subject=" ")
    check("{link}", kind="new_link")
    check("{link} {stop}", subject="", channel="sms")


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"pia@example.org": (550, b"no pia@example.org here")}),
        smtplib.SMTPDataError(554, b"pia@example.org is unknown"),
        smtplib.SMTPServerDisconnected("pia@example.org"),
        ConnectionRefusedError("pia@example.org"),
        SmsError("gateway answered 400"),
    ],
)
def test_what_is_kept_of_an_error_names_nobody(error):
    assert "pia" not in said_of(error)
    assert said_of(error)


def test_the_code_of_the_server_is_kept():
    assert "550" in said_of(smtplib.SMTPRecipientsRefused({"a@b.c": (550, b"")}))
    assert "554" in said_of(smtplib.SMTPDataError(554, b""))
