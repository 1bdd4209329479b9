"""Packs: the definitions of a treatment model, as frozen typed objects.

Pure: text in, objects out. Reading folders is the work of `onmodel.library`.
"""
