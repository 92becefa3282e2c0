"""UNIPEN: numbers, lines of numbers, signs, words and further digits, each with the person who wrote it.

They are read from cuts of UNIPEN's archive, `root/unipen/{numbers,lines,signs,words,more_digits}.jsonl.gz`,
with a line of JSON for each drawing: `label` ("$45,000"), `writer` ("apd:Jon_Klein": the donor and the
person), `strokes` ([[[x, y], …], …], y downward).

Persons are held out for tests, never single drawings: `HELD_OUT`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lenet.datasets import unipen
from lenet.datasets.sources import Source, Stroke

Kind = Literal["numbers", "lines", "signs", "words", "more_digits"]
"""What a cut holds: numbers, lines of several numbers, signs that are no digits, words, single digits."""

_HELD_OUT = """
0 1007 1012 1042 2024 2032 2044 3011 3054 anita_2956 bill bm4618 corrie d1_ww000052 d1_ww000092
d1_ww000094 d1_ww000128 d1_ww000140 d1_ww000144 deborah_bray defne_5672 dgalli dick_7659 dsk ehrls1
eng_0003 eng_0017 esther_3731 fsr_0099 g9304 ghr greg_6630 hpb0-cb hpb0-ckb hpb0-etb hpb0-ksc
hpb0-mmm hpb0-pm hpb0-rv hpb0-sbc hpb0-yuko hpb2-an hpb2-ma hpb2-mg hpb2-st hpb3ct0 hpb3ek0 hpb3je0
hpb3rdc hpb3vh0 hpb5-jcb hpb5-ngb hpb5-swd jh2707 jlb_0006 jspark kate kclee kg3114 kp3843 kr5042
lackc1 loretta_0039 ly3245 manubo mark mbk_0039 mfz_0007 mgarreau mgm_0009 michel mjd_0014 mmn_0068
paillard pc_0009 phil-writer-ber phil-writer-rii piero pk7440 ramesh_2761 richard_1732 sap_2241
sgiroval sp4120 sr3070 sv3771 tgr th3375 tp5791 wd150.dat wd172.dat wd175.dat wd180.dat wd183.dat
wes xueyan
"""

HELD_OUT = frozenset(_HELD_OUT.split())
"""The persons held out, as `PenText.person` names them.

The rule, set before anything was read: of all persons of the five cuts, those

- who cannot be among the donors of `digits.jsonl.gz` and `letters.jsonl.gz`, which name no person. No donor
  of theirs occurs there, nor shares a person in the five cuts with a donor that does (apd and ape share
  persons with apb, cee with ced). 256 of 400 persons are left; and
- whose SHA-256 of the name, UTF-8, read as a number, lies in the lowest 40 % of its range.

              held out            for training
              persons  drawings   persons  drawings
    numbers        29       228        65       764
    lines          19       105        88       306
    signs          11       168       147      2797
    words          75       298       170       749
    more_digits    35       813        53       860
"""


_CONFIDENCE_SHARE = 0.4
"""Share of the persons for training who are kept for the model of confidence; chosen."""


def is_for_confidence(person: str) -> bool:
    """Tell whether a person for training is kept for the model of confidence.

    A network is surer of rows that it learnt from, so confidence is fitted on numbers of persons of whom it
    learnt no row. These are the persons whose SHA-256 of "confidence:" and the name, UTF-8, read as a number,
    lies in the lowest 40 % of its range. The set "numbers" has 31 such persons with 349 drawings, and 34 with
    415 drawings to learn from; "lines" has 105 and 201 drawings.
    """
    digest = hashlib.sha256(f"confidence:{person}".encode()).hexdigest()
    return int(digest, 16) < _CONFIDENCE_SHARE * 2**256


class PenText(NamedTuple):
    """A drawing of a number, a line, a sign, a word or a digit.

    Attributes:
        strokes: each float64 (points, 2): x, and y growing downward, in the unit of the tablet, which differs
            within a set.
        label: what is written, with its signs and spaces.
        person: who wrote it, in lower case. Some persons wrote for two donors.
    """

    strokes: list[Stroke]
    label: str
    person: str


class PenTexts(NamedTuple):
    """Drawings, and where they come from."""

    texts: list[PenText]
    source: Source


def load(root: Path, kind: Kind) -> PenTexts:
    """Load a cut of UNIPEN whose drawings name the person who wrote them.

    Args:
        root: the data folder; the files lie in `root/unipen`.
        kind: which cut.

    Raises:
        FileNotFoundError: the cut is missing.
        OSError: its file is broken.
    """
    path = Path(root) / "unipen" / f"{kind}.jsonl.gz"
    if not path.exists():
        raise FileNotFoundError(
            f"UNIPEN's {kind} are not in {path.parent}. Put the ready-made {path.name} there"
        )
    contents = f"{kind.replace('_', ' ')} with their writers"
    remedy = "; put an intact copy there"
    return PenTexts(*unipen.read_cut(path, contents, "label, writer and strokes", _pen_text, remedy))


def _pen_text(row: dict[str, Any]) -> PenText:
    """A drawing from JSON; raises ValueError, KeyError, TypeError or AttributeError on another form."""
    label, (donor, colon, person) = row["label"].strip(), row["writer"].partition(":")
    if not label or not (donor and colon and person):
        raise ValueError(f"label {row['label']!r} by writer {row['writer']!r}")
    return PenText(unipen.strokes_of(row), label, person.casefold())
