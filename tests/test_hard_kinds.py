"""The hard kinds made anew: the same for a seed, labelled as they are written, by two sets of hands."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from benchmarks.hard_kinds import hands, marks, papers
from benchmarks.hard_kinds.__main__ import Outcome, outcome, print_row, read_by
from benchmarks.hard_kinds.controls import CONTROLS
from benchmarks.hard_kinds.hands import DONORS, HALVES, WRITERS, Characters
from benchmarks.hard_kinds.kinds import KINDS, Case, case
from benchmarks.items import Answer
from lenet.ui import examples

WITHOUT_NUMBER = ("words",)


def _characters() -> Characters:
    """The page's own digits, and crosses for letters, as if one writer of each half had drawn them."""
    drawn = [(str(one.label), [np.array(stroke, float) for stroke in one.strokes]) for one in examples.load()]
    cross = [np.array([[0, 0], [60, 100.0]]), np.array([[60, 0], [0, 100.0]])]
    drawn += [(letter, cross) for letter in hands.LETTERS]
    labels = np.array([label for label, _ in drawn] * 2)
    names = ["pendigits:1"] * len(drawn) + ["unipen:ced"] * len(drawn)
    return Characters([drawing for _, drawing in drawn] * 2, labels, np.array(names))


@pytest.fixture(scope="module")
def characters() -> Characters:
    return _characters()


@pytest.fixture(scope="module")
def cases(characters: Characters) -> list[Case]:
    return [case(kind, seed, "tune", characters) for kind in KINDS for seed in range(3)]


def test_there_are_the_36_kinds_of_which_15_are_controls() -> None:
    assert len(KINDS) == 36
    assert len(CONTROLS) == 15
    assert CONTROLS.keys() <= KINDS.keys()


def test_the_same_seed_makes_the_same_picture(cases: list[Case], characters: Characters) -> None:
    for one in cases:
        again = case(one.kind, one.seed, "tune", characters)
        assert again.written == one.written
        assert np.array_equal(np.asarray(again.image), np.asarray(one.image))


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_and_another_half_make_another_picture(kind: str, characters: Characters) -> None:
    made = [(0, "tune"), (1, "tune"), (0, "held-out")]
    pixels = [np.asarray(case(kind, seed, half, characters).image) for seed, half in made]
    assert not np.array_equal(pixels[0], pixels[1])
    assert not np.array_equal(pixels[0], pixels[2])


def test_every_picture_has_ink_and_its_label(cases: list[Case]) -> None:
    for one in cases:
        assert np.asarray(one.image).std() > 0, one.kind
        assert max(one.image.size) <= 1300, one.kind
        assert (one.expected == "") == (one.kind in WITHOUT_NUMBER), one.kind


def test_the_expected_digits_are_those_that_are_written(cases: list[Case]) -> None:
    for one in cases:
        assert one.expected == "".join(c for c in one.written if c.isdigit())
        assert set(one.written) <= set("0123456789 .,-/+x()")


def test_signs_stand_in_the_text_of_the_kinds_that_have_them(characters: Characters) -> None:
    signs = {"date_slash": "/", "sum_plus": "+", "brackets": "(", "c_minus": "-", "date_dash": "-"}
    for kind, sign in signs.items():
        assert all(sign in case(kind, seed, "tune", characters).written for seed in range(5)), kind


def test_pictures_have_the_modes_of_their_kind(cases: list[Case]) -> None:
    modes = {"c_16bit": "I;16", "c_transparent": "RGBA", "transparent_white_pen": "RGBA"}
    assert all(one.image.mode == modes.get(one.kind, "RGB") for one in cases)


def test_the_halves_share_no_hand() -> None:
    assert not set(WRITERS["tune"]) & set(WRITERS["held-out"])
    assert not set(DONORS["tune"]) & set(DONORS["held-out"])
    parts = [set(hands.of_half(_characters(), half).hands) for half in HALVES]
    assert parts == [{"pendigits:1"}, {"unipen:ced"}]


def test_the_halves_share_no_colour_and_no_word() -> None:
    one, other = papers.PALETTES.values()
    for name in ("papers", "pens", "prints", "rules", "boards", "darks", "chalks", "words"):
        assert not set(getattr(one, name)) & set(getattr(other, name)), name
    assert one.light[1] <= other.light[0]
    assert all(set(word) <= set(hands.LETTERS) for word in one.words + other.words)


def test_a_hand_draws_only_what_its_writer_drew(characters: Characters) -> None:
    for seed in range(10):
        own = hands.hand(characters, np.random.default_rng(seed)).characters
        assert len(set(own.hands)) == 1


def test_drawings_with_a_wrong_label_are_left_out(characters: Characters) -> None:
    cross, ring = characters.drawings[-1], [marks.ellipse(60, 100, np.random.default_rng(0))]
    drawings = [*[cross] * 8, *[ring] * 8]
    labels = np.array(["x"] * 8 + ["0"] * 8)
    labels[3] = "5"
    kept = hands.credible(Characters(drawings, labels, labels), 1)
    assert kept.tolist() == [index != 3 for index in range(16)]


def test_a_letter_that_lost_its_stem_is_not_whole() -> None:
    bar = [np.array([[0, 0], [60, 2.0]])]
    letters = Characters(
        [bar, [*bar, np.array([[30, 0], [31, 90.0]])]], np.array(["T", "T"]), np.array(["a", "a"])
    )
    assert hands.whole(letters).tolist() == [False, True]


def test_what_the_paper_does_not_reach_is_cut_off() -> None:
    line = [np.array([[-20, 10], [60, 10.0]])]
    ink = papers.ink((20, 30), line, 4.0)
    assert ink.shape == (20, 30)
    assert ink[10].min() > 0.9
    assert ink[:6].max() == 0


@pytest.mark.parametrize(
    ("written", "text", "status", "wanted"),
    [
        ("12/5", "12/5", "ok", Outcome(True, True, False)),
        ("12/5", "125", "ok", Outcome(True, False, False)),
        ("12/5", "1215", "ok", Outcome(False, False, True)),
        ("12/5", "1215", "unsure", Outcome(False, False, False)),
        ("20 5", "20\n5", "ok", Outcome(True, True, False)),
        ("", "14", "unsure", Outcome(True, False, False)),
        ("", "14", "ok", Outcome(False, False, True)),
        ("", "", "empty", Outcome(True, True, False)),
    ],
)
def test_readings_are_judged_by_digits_signs_and_sureness(
    cases: list[Case], written: str, text: str, status: str, wanted: Outcome
) -> None:
    assert outcome(Case("brackets", 0, cases[0].image, written), text, status) == wanted


class _Peer:
    """A reader that reads what it is told to, and keeps the grey levels of the file that it was given."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self._text, self.range = name, text, (0, 0)

    def read(self, picture: object) -> Answer:
        with Image.open(str(picture)) as image:
            pixels = np.asarray(image)
        self.range = int(pixels.min()), int(pixels.max())
        return Answer(self._text, None)


def test_other_readers_are_judged_by_their_digits_and_are_always_sure(
    cases: list[Case], capsys: pytest.CaptureFixture[str]
) -> None:
    peers = [_Peer("one", "12\n5"), _Peer("other", "")]
    number, words = (Case("brackets", 0, cases[0].image, written) for written in ("(125)", ""))
    assert read_by(peers, number) == [True, False]
    assert read_by(peers, words) == [False, True]
    assert read_by([], number) == []
    by_peers = [read_by(peers, one) for one in (number, words, words)]
    print_row("brackets", [Outcome(True, True, False)] * 3, peers, by_peers)
    assert capsys.readouterr().out.endswith("sure but wrong    0  one    1  other    2\n")


def test_other_readers_see_all_levels_of_16_bits(characters: Characters) -> None:
    one, reader = case("c_16bit", 0, "tune", characters), _Peer("one", "")
    read_by([reader], one)
    levels = np.asarray(one.image) / 257
    assert reader.range == (round(levels.min()), round(levels.max()))
    assert 0 < reader.range[0] < reader.range[1] < 255
