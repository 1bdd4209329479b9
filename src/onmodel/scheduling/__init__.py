"""Which schedules of the pack a programme and its patients follow, and the forms that follow from them."""
