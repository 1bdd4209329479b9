"""A new programme as a project: tasks in phases, whether it can be done, the decision, what others met."""
