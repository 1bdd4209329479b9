"""Invented names; any likeness to a living person is chance."""

from __future__ import annotations

import itertools

import numpy as np

_GIVEN = (
    "Aisha Anouk Bas Bram Carlijn Chiara Daan Demi Eline Emre Esther Fatima Femke Floor Freek Gijs Giulia "
    "Hafsa Hanneke Hugo Ilse Imane Iris Ivo Jasper Jelle Jip Joost Judith Kadir Karin Khadija Koen Lars "
    "Layla Leon Lieke Lotte Maaike Malika Marit Mees Mehmet Merel Milan Nadia Naomi Niels Nina Noor Olaf "
    "Omar Pieter Pleun Quirine Rachid Renske Robin Roos Rosa Ruben Samira Sander Sanne Selma Sophie Stijn "
    "Suze Sven Teun Tess Thijs Tirza Vera Wessel Willemijn Wout Yara Yusuf Zoe"
)
_FAMILY = (
    "Aarts|Achterberg|Amrani|van den Akker|Bakker|Baldewsingh|van Beek|Bhagwandas|Bosman|Bouzidi|Brouwer|"
    "Chen|Claassen|Coenen|van Dam|Dijkstra|Demir|Dorsman|El Idrissi|van Es|Faber|Ferreira|Geerts|de Graaf|"
    "Haanstra|Hagenaar|ter Horst|Hussein|Ilic|Jansma|de Jager|Kaya|Kerkhof|Kuipers|van Laar|Lodewijk|"
    "Martina|Meijering|Mulder|Nguyen|Noordam|van Ooijen|Oosterhof|Overbeek|Pinas|Pietersma|van Putten|"
    "Rademaker|Ramdin|Rietveld|van Rijn|Rozema|Sahin|Schepers|Silva|Smeets|Tahiri|Terpstra|Tuinstra|"
    "Uiterwaal|Veenstra|van der Velde|Vermeulen|Visser|van Vliet|de Waal|Wijaya|Wolthuis|Yilmaz|Zandstra|"
    "Zijlstra|Zwart"
)
GIVEN, FAMILY = tuple(_GIVEN.split()), tuple(_FAMILY.split("|"))


def people(rng: np.random.Generator, n: int, *, different: bool = True) -> list[str]:
    """n full names, all different unless that is not asked; ValueError for more than there are."""
    pairs = list(itertools.product(GIVEN, FAMILY))
    if different and n > len(pairs):
        raise ValueError(f"There are {len(pairs)} names, not {n}.")
    chosen = rng.choice(len(pairs), size=n, replace=not different)
    return [" ".join(pairs[index]) for index in chosen]
