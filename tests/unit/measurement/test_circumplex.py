import numpy as np
import pytest

from onmodel.measurement.circumplex import structural_summary

OCTANTS = np.array([90.0, 135, 180, 225, 270, 315, 0, 45])


def cosine(elevation, amplitude, displacement):
    return elevation + amplitude * np.cos(np.deg2rad(OCTANTS - displacement))


@pytest.mark.parametrize(
    ("elevation", "amplitude", "displacement"),
    [(1.5, 0.8, 0), (2.0, 1.0, 45), (0.7, 0.3, 90), (1.2, 1.1, 200), (1.0, 0.01, 359.5)],
)
def test_a_perfect_cosine_is_recovered(elevation, amplitude, displacement):
    found = structural_summary(cosine(elevation, amplitude, displacement)[None, :], OCTANTS)
    assert found.elevation == pytest.approx(elevation)
    assert found.amplitude == pytest.approx(amplitude)
    assert found.displacement == pytest.approx(displacement)
    assert found.fit == pytest.approx(1)
    assert found.affiliation == pytest.approx(amplitude * np.cos(np.deg2rad(displacement)))
    assert found.dominance == pytest.approx(amplitude * np.sin(np.deg2rad(displacement)))


def test_a_flat_profile_has_no_direction_and_no_fit():
    found = structural_summary(np.full((1, 8), 1.7), OCTANTS)
    assert found.elevation == pytest.approx(1.7)
    assert found.amplitude == pytest.approx(0)
    assert np.isnan([found.displacement[0], found.fit[0]]).all()


def test_a_missing_octant_leaves_the_respondent_unknown_and_nobody_else():
    profiles = np.vstack([cosine(1, 1, 30), cosine(1, 1, 30)])
    profiles[0, 3] = np.nan
    found = structural_summary(profiles, OCTANTS)
    for index in (found.elevation, found.dominance, found.amplitude, found.displacement, found.fit):
        assert np.isnan(index).tolist() == [True, False]


def test_a_second_wave_lowers_the_fit():
    wobble = 0.5 * np.cos(2 * np.deg2rad(OCTANTS))  # sums of squares 8/2 x 1 and 8/2 x 0.25
    found = structural_summary((cosine(1, 1, 30) + wobble)[None, :], OCTANTS)
    assert found.fit == pytest.approx(1 - 0.25 / 1.25)
    assert found.displacement == pytest.approx(30)


def test_a_direction_is_never_360():
    profile = cosine(1, 1, 0)
    profile[OCTANTS == 270] += 1e-15
    found = structural_summary(profile[None, :], OCTANTS)
    assert 0 <= found.displacement[0] < 360


@pytest.mark.parametrize("angles", [[0.0, 90], [0.0, 10, 20, 30], [0.0, 180, 90]])
def test_uneven_angles_are_refused(angles):
    with pytest.raises(ValueError, match="evenly"):
        structural_summary(np.ones((1, len(angles))), np.array(angles))
