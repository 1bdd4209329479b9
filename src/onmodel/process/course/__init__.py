"""The course of one patient through a programme, from referral to follow-up and return."""
