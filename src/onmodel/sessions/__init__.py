"""Sessions of therapy, who was there, and their recordings under the patients' consent."""
