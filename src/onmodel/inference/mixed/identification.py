"""Which variances the data can tell apart, before anything is fitted."""

from __future__ import annotations

import numpy as np

from onmodel.inference.cautions import Caution
from onmodel.inference.mixed.criterion import DIRECTIONS
from onmodel.inference.mixed.crossproducts import Floats
from onmodel.inference.mixed.model import Structure
from onmodel.inference.mixed.optimise import FREE

#: Fewer patients than this are too few to say how patients differ.
FEW_PATIENTS = 10
#: What is fitted where a structure cannot be.
SIMPLER: dict[Structure, Structure] = {"slope": "intercept", "uncorrelated": "intercept", "intercept": "none"}


def identified(a: Floats, n: int, wanted: Structure, cautions: list[Caution]) -> Structure:
    """The richest structure, from `wanted` down, whose variances these data can tell apart.

    a: (3, m), the entries of Z'Z of each patient; n: observations.
    """
    structure = wanted
    if a[0].max() < 2:
        cautions.append(
            Caution(
                "one_observation",
                "Every patient was measured once, so that differences between patients cannot be told from "
                "measurement error: fitted without random effects.",
            )
        )
        return "none"
    if a.shape[1] < 2:
        cautions.append(
            Caution(
                "one_patient", "There is one patient only: fitted without random effects; no wider meaning."
            )
        )
        return "none"
    while structure != "none" and not _can_tell_apart(a, n, structure):
        structure = SIMPLER[structure]
    if structure != wanted:
        cautions.append(
            Caution(
                "unidentified",
                f"These data cannot carry random '{wanted}' (too few moments a patient, or time counted from "
                f"long before the first of them): fitted with '{structure}' instead.",
            )
        )
    if a.shape[1] < FEW_PATIENTS:
        cautions.append(
            Caution(
                "few_patients",
                f"Only {a.shape[1]} patients: variances between patients, and intervals, are rough.",
            )
        )
    return structure


def _can_tell_apart(a: Floats, n: int, structure: Structure) -> bool:
    """Whether the matrices Z E Z' (E a free direction of D) and I, stacked over patients, are independent.

    Their Gram matrix has tr(E A G A), tr(E A) and n as entries, summed over patients.
    """
    products = a @ a.T
    index = np.array([[0, 1], [1, 2]])
    full = products[index][:, :, index]
    gram = np.empty((4, 4))
    gram[:3, :3] = np.einsum("exa,gbc,abcx->eg", DIRECTIONS, DIRECTIONS, full)
    gram[3, :3] = gram[:3, 3] = np.einsum("eab,ab->e", DIRECTIONS, a.sum(axis=1)[index])
    gram[3, 3] = n
    chosen = [*FREE[structure], 3]
    gram = gram[np.ix_(chosen, chosen)]
    size = np.sqrt(np.diag(gram))
    if np.any(size == 0):
        return False
    return float(np.linalg.eigvalsh(gram / np.outer(size, size))[0]) > 1e-9
