"""Motifs: always the same for a place, light, and told apart."""

from core.motif import MARKS, motif
from core.templatetags.tiwizi import cover


def test_same_place_same_motif():
    assert motif("09.581.01.05") == motif("09.581.01.05")


def test_places_differ():
    tiles = {motif(f"09.581.01.{number:02}").tile for number in range(40)}
    assert len(tiles) > 20
    assert {motif(str(number)).mark for number in range(200)} == set(MARKS)


def test_cover_is_light_and_hidden_from_screen_readers():
    drawn = cover("09.581.01.05")
    assert len(drawn) < 1500
    assert 'aria-hidden="true"' in drawn
    assert "<script" not in cover('"><script>')
