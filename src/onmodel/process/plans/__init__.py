"""Plans, written with the patient: what they consist of, their versions, and the page to take along."""
