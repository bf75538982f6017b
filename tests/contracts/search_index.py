"""What every SearchIndex must do. An adapter's tests bring the fixture `address`: the URL of a new index.

The oracle is a brute-force scan by archive.domain.query.matches over the same entries.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from archive.adapters.search import from_url
from archive.domain.normal_form import MAX_TEXT
from archive.domain.query import matches, relevance
from archive.ports.search import Hits, IndexEntry, InHouse, Phrase, Query, SearchIndex, Word

SIMPLIFIED = "业户车务资装饰单证违规区电话产权记录档维护费开关门灯线回访"
TRADITIONAL = "業戶車務資裝飾單證違規區電話產權記錄檔維護費開關門燈線回訪"
RARE = "𠮷𡋾𪚥𬺰喆堃"
LATIN = ("DG", "dangan", "Ａ", "kf", "12", "１３", "3", "13800000001", "2026", "v2", "é", "ß", "Дом")
SIGNS = (
    "，",
    "。",
    "、",
    "-",
    "/",
    ".",
    "《",
    "》",
    " ",
    "\n",
    "\t",
    "\u3000",
    "😀",
    "☑",
    "\u200b",
    '"',
    "*",
)
CLASSES = ("public", "internal", "confidential", "secret")
TYPES = ("callback_form", "violation_register", "manual")
HOUSES = ("3-2-1203", "13-2-1203", "A-905", "")


def made_text(rng: random.Random, length: int) -> str:
    """Text as scans and Word files have it: both scripts, words, numbers, rare characters, signs, breaks."""
    kinds = [*"业户资装记录回访", *SIMPLIFIED, *TRADITIONAL, *RARE[:2], *LATIN, *SIGNS]
    return "".join(rng.choice(kinds) for _ in range(length))


def made_entry(rng: random.Random, record: str, change: int = 1) -> IndexEntry:
    day = date(2026, 1, 1) + timedelta(days=rng.randrange(20)) if rng.random() < 0.8 else None
    return IndexEntry(
        record=record,
        change=change,
        type=rng.choice(TYPES),
        title=made_text(rng, rng.randrange(12)),
        text=made_text(rng, rng.randrange(120)),
        access_class=rng.choice(CLASSES),
        house=rng.choice(HOUSES),
        dossier=rng.choice(("d1", "d2", "")),
        date=day,
        numbers=tuple(rng.choice(("DG-KF-12", "13800000001", "990101")) for _ in range(rng.randrange(3))),
    )


def made_terms(rng: random.Random, entries: Sequence[IndexEntry]) -> tuple[Phrase | Word | InHouse, ...]:
    """One to three terms, mostly cut from entries, in either script, some that are nowhere."""
    other = str.maketrans(SIMPLIFIED + TRADITIONAL, TRADITIONAL + SIMPLIFIED)
    terms: list[Phrase | Word | InHouse] = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        kind = rng.random()
        if kind < 0.1:
            terms.append(InHouse(rng.choice(HOUSES[:3])))
        elif kind < 0.25:
            word = rng.choice(LATIN)
            terms.append(Word(word[: rng.randint(1, len(word))]))
        elif kind < 0.3:
            terms.append(Phrase(made_text(rng, rng.randint(1, 4))))
        else:
            entry = rng.choice(entries)
            text = rng.choice((entry.text, entry.text, entry.title, *entry.numbers)) or "业"
            start = rng.randrange(len(text))
            piece = text[start : start + rng.randint(1, 8)]
            terms.append(Phrase(piece.translate(other) if rng.random() < 0.5 else piece))
    return tuple(terms)


def made_query(rng: random.Random, entries: Sequence[IndexEntry]) -> Query:
    def some(values: Sequence[str]) -> tuple[str, ...]:
        return tuple(rng.sample(values, rng.randint(1, len(values)))) if rng.random() < 0.2 else ()

    def day() -> date | None:
        return date(2026, 1, 1) + timedelta(days=rng.randrange(20)) if rng.random() < 0.2 else None

    return Query(
        terms=made_terms(rng, entries) if rng.random() < 0.95 else (),
        types=some(TYPES),
        houses=some(HOUSES[:3]),
        date_from=day(),
        date_to=day(),
        classes=some(CLASSES) or None if rng.random() < 0.9 else (),
        dossiers=some(("d1", "d2")),
        sort=rng.choice(("date", "relevance")),
        offset=rng.choice((0, 0, 0, 1, 7)),
        limit=rng.choice((20, 5, 1, 1000)),
    )


def scanned(query: Query, entries: Iterable[IndexEntry]) -> Hits:
    """What `query` has to answer, by looking at every entry."""
    found = [e for e in entries if matches(query.terms, e) and _kept(query, e)]
    found.sort(key=lambda e: (e.date is None, -(e.date or date.min).toordinal(), e.record))
    if query.sort == "relevance":
        found.sort(key=lambda e: -relevance(query.terms, e))
    page = found[query.offset : query.offset + query.limit]
    return Hits(len(found), tuple(e.record for e in page), dict(Counter(e.type for e in found)))


def _kept(query: Query, entry: IndexEntry) -> bool:
    limited = query.date_from or query.date_to
    return (
        (not query.types or entry.type in query.types)
        and (not query.houses or bool({entry.house, *entry.houses} & set(query.houses)))
        and (not query.dossiers or entry.dossier in query.dossiers)
        and (query.classes is None or entry.access_class in query.classes)
        and (not limited or entry.date is not None)
        and (not query.date_from or (entry.date or date.min) >= query.date_from)
        and (not query.date_to or (entry.date or date.max) <= query.date_to)
    )


def an_entry(record: str = "r1", change: int = 1, text: str = "回访记录", **more: object) -> IndexEntry:
    given = {"type": "callback_form", "title": "", "access_class": "internal", **more}
    return IndexEntry(record=record, change=change, text=text, **given)  # type: ignore[arg-type]


def ask(index: SearchIndex, *terms: Phrase | Word | InHouse, **more: object) -> tuple[str, ...]:
    return index.search(Query(terms=terms, **more)).records  # type: ignore[arg-type]


class SearchIndexContract:
    @pytest.fixture
    def index(self, address: str) -> SearchIndex:
        return from_url(address)

    # -- answers

    @pytest.mark.slow
    @pytest.mark.parametrize("seed", range(4))
    def test_every_answer_equals_a_scan(self, index: SearchIndex, seed: int) -> None:
        rng = random.Random(seed)
        entries = {f"r{i:03}": made_entry(rng, f"r{i:03}") for i in range(150)}
        index.write(list(entries.values())[:100])
        index.write(list(entries.values())[100:])
        for record in rng.sample(sorted(entries), 20):
            entries[record] = made_entry(rng, record, change=2)
        index.write([e for e in entries.values() if e.change == 2])
        gone = rng.sample(sorted(entries), 10)
        index.write([], [(record, 3) for record in gone])
        left = [e for r, e in entries.items() if r not in gone]
        assert index.count() == len(left)
        found = 0
        for _ in range(250):
            query = made_query(rng, left)
            expected = scanned(query, left)
            found += expected.total
            assert index.search(query) == expected, query
        assert found > 500

    @pytest.mark.parametrize(
        ("text", "phrase", "there"),
        [
            ("業主回訪記錄表", "回访记录", True),
            ("业主回访记录表", "回訪記錄", True),
            ("回 访\n记　录", "回访记录", True),
            ("回访，记录", "回访记录", False),
            ("回访、记录", "回访、记录", True),
            ("回访的记录", "回访记录", False),
            ("记录回访", "回访记录", False),
            ("业", "业", True),
            ("𠮷野家", "𠮷", True),
            ("𠮷野家", "𠮷野", True),
            ("13栋", "3栋", False),
            ("３棟", "3栋", True),
            ("第12号", "第1", True),
            ("第12号", "2号", False),
            ("DG-KF-12", "dg-kf-12", True),
            ("DG-KF-120", "dg-kf-12", True),
            ("DG-KF12", "dg-kf-12", False),
            ("foo bar", "foobar", False),
            ("foo  bar", "foo bar", True),
            ("已阅☑", "阅☑", True),
            ("帳單著落", "账单着落", True),
        ],
    )
    def test_phrase(self, index: SearchIndex, text: str, phrase: str, there: bool) -> None:
        index.write([an_entry(text=text), an_entry("other", text="无")])
        assert ask(index, Phrase(phrase)) == (("r1",) if there else ())
        assert matches([Phrase(phrase)], an_entry(text=text)) == there

    @pytest.mark.parametrize(
        ("text", "word", "there"),
        [
            ("Dangan档案", "DANG", True),
            ("Dangan档案", "angan", False),
            ("电话13800000001。", "138", True),
            ("电话13800000001。", "800000001", False),
            ("版次 Ａ", "a", True),
        ],
    )
    def test_word(self, index: SearchIndex, text: str, word: str, there: bool) -> None:
        index.write([an_entry(text=text)])
        assert bool(ask(index, Word(word))) == there

    def test_numbers_and_title_are_searched_and_kept_apart(self, index: SearchIndex) -> None:
        index.write([an_entry(title="回访", text="记录", numbers=("DG-KF-12", "13800000001"))])
        assert ask(index, Word("13800000001"))
        assert ask(index, Phrase("DG-KF-12"))
        assert ask(index, Phrase("回访"), Phrase("记录"))
        assert not ask(index, Phrase("回访记录"))

    def test_house_is_compared_whole(self, index: SearchIndex) -> None:
        index.write([an_entry("a", house="3-2-1203"), an_entry("b", house="13-2-1203")])
        assert ask(index, InHouse("3-2-1203")) == ("a",)
        assert ask(index, Phrase("回访"), houses=("13-2-1203",)) == ("b",)

    def test_a_register_is_found_by_each_house_in_its_rows(self, index: SearchIndex) -> None:
        index.write([an_entry("a", houses=("3-2-1203", "5-602")), an_entry("b", house="13-2-1203")])
        assert ask(index, InHouse("5-602")) == ("a",)
        assert ask(index, InHouse("3-2-1203")) == ("a",)
        assert ask(index, Phrase("回访"), houses=("3-2-1203",)) == ("a",)

    def test_newest_day_first_then_undated_then_by_id(self, index: SearchIndex) -> None:
        days = {"a": None, "b": date(2026, 1, 5), "c": date(2026, 2, 1), "d": date(2026, 1, 5), "e": None}
        index.write([an_entry(record, date=day) for record, day in reversed(days.items())])
        assert ask(index) == ("c", "b", "d", "a", "e")
        assert ask(index, date_from=date(2026, 1, 1)) == ("c", "b", "d")
        assert index.search(Query(offset=3, limit=1)) == Hits(5, ("a",), {"callback_form": 5})
        assert index.search(Query(offset=10**9)).records == ()
        assert index.search(Query(limit=0)).total == 5

    def test_days_at_the_ends_of_time(self, index: SearchIndex) -> None:
        index.write([an_entry("a", date=date.min), an_entry("b", date=date.max), an_entry("c")])
        assert ask(index) == ("b", "a", "c")
        assert ask(index, date_to=date(2026, 1, 1)) == ("a",)

    def test_relevance_puts_titles_first(self, index: SearchIndex) -> None:
        index.write(
            [
                an_entry("a", date=date(2026, 3, 1)),
                an_entry("b", title="回访", text="记录", date=date(2020, 1, 1)),
                an_entry("c", title="回访记录"),
            ]
        )
        assert ask(index, Phrase("回访"), Phrase("记录"), sort="relevance") == ("c", "b", "a")

    @pytest.mark.parametrize("text", ["", " ", "\n", "\x00", "\u200b", "\ud800", "\x01", "\x02"])
    def test_nothing_to_look_for_finds_nothing(self, index: SearchIndex, text: str) -> None:
        index.write([an_entry()])
        assert index.search(Query(terms=(Phrase(text),))) == Hits(0, (), {})
        assert index.search(Query(terms=(Word(text), Phrase("回访")), sort="relevance")) == Hits(0, (), {})

    @pytest.mark.parametrize(
        "text",
        ['"', "*", "回*", "a AND b", "(", "body:业", "业~2", "\\", "{!a}", "/.*/", "业" * 400, "a" * 400],
    )
    def test_query_syntax_is_only_text(self, index: SearchIndex, text: str) -> None:
        index.write([an_entry(), an_entry("odd", text=f"甲{text}乙")])
        assert ask(index, Phrase(text)) in (("odd",), ("odd", "r1"))
        assert ask(index, Phrase(f"甲{text}乙")) == ("odd",)

    def test_hostile_and_long_texts_are_kept(self, index: SearchIndex) -> None:
        index.write(
            [an_entry(text="\ud800回\x00访\x01记\x02录"), an_entry("long", text="业主" * 300_000 + "末")]
        )
        assert ask(index, Phrase("回访记录")) == ("r1",)
        assert ask(index, Phrase("业主末")) == ("long",)

    def test_a_text_beyond_the_bound_is_taken_and_found_by_its_beginning(self, index: SearchIndex) -> None:
        index.write([an_entry(text="始" + "𠮷野" * MAX_TEXT + "末")])
        assert ask(index, Phrase("始𠮷野")) == ("r1",)
        assert not ask(index, Phrase("末"))

    def test_an_empty_index_answers(self, index: SearchIndex) -> None:
        index.ping()
        assert index.search(Query(terms=(Phrase("回访"),))) == Hits(0, (), {})
        assert index.count() == 0
        index.write([])

    # -- changes

    def test_an_older_change_never_overwrites(self, index: SearchIndex) -> None:
        index.write([an_entry(change=5, text="新的状态")])
        index.write([an_entry(change=4, text="旧的状态")], [("r1", 3)])
        assert ask(index, Phrase("新的")) == ("r1",)
        assert not ask(index, Phrase("旧的"))
        index.write([an_entry(change=5, text="同一状态")])
        assert ask(index, Phrase("同一")) == ("r1",)

    def test_a_removed_record_does_not_come_back(self, index: SearchIndex, address: str) -> None:
        index.write([an_entry(change=5)])
        index.write([], [("r1", 6), ("never", 7)])
        index.write([an_entry(change=5), an_entry("never", change=7 - 1)])
        assert index.count() == 0
        index.rebuild([an_entry("kept"), an_entry(change=5)])
        from_url(address).write([an_entry(change=5)])
        assert ask(index) == ("kept",)
        index.write([an_entry(change=7)])
        assert ask(index) == ("kept", "r1")

    def test_one_record_twice_in_a_batch(self, index: SearchIndex) -> None:
        index.write([an_entry(change=2, text="后来"), an_entry(change=1, text="先前")])
        assert index.search(Query()) == Hits(1, ("r1",), {"callback_form": 1})
        assert ask(index, Phrase("后来")) == ("r1",)

    # -- several at once

    def test_what_was_written_is_seen_by_others_at_once(self, index: SearchIndex, address: str) -> None:
        other = from_url(address)
        for number in range(1, 15):
            index.write([an_entry(f"r{number:02}")])
            assert other.count() == number

    @pytest.mark.slow
    def test_writers_and_readers_at_once(self, address: str) -> None:
        def write(name: str) -> None:
            index = from_url(address)
            for number in range(12):
                index.write([an_entry(f"{name}{number}")], [(f"{name}{number - 1}", 2)])

        with _threads(*(lambda n=n: write(n) for n in "abc")) as running:
            reader = from_url(address)
            while running():
                assert reader.search(Query(terms=(Phrase("回访记录"),))).total <= 6
        assert set(ask(from_url(address))) == {"a11", "b11", "c11"}

    @pytest.mark.slow
    def test_several_processes_write_at_once(self, index: SearchIndex, address: str) -> None:
        script = (
            "import sys\n"
            "from archive.adapters.search import from_url\n"
            "from archive.ports.search import IndexEntry\n"
            "index = from_url(sys.argv[1])\n"
            "for i in range(15):\n"
            "    own = f'{sys.argv[2]}{i}'\n"
            "    for record, change in ((own, 1), ('shared', i)):\n"
            "        index.write([IndexEntry(record, change, 't', '', f'回访第{change}次', 'internal')])\n"
        )
        writers = [subprocess.Popen([sys.executable, "-c", script, address, name]) for name in "ab"]
        seen = 0
        while any(writer.poll() is None for writer in writers):
            total = index.count()
            assert total >= seen
            seen = total
        assert [writer.wait() for writer in writers] == [0, 0]
        assert index.count() == 31
        assert ask(index, Phrase("第14次")) == ("shared",)

    def test_rebuild_replaces_everything(self, index: SearchIndex) -> None:
        index.write([an_entry("old")])
        new = [an_entry(f"n{i}", text=f"第{i}件") for i in range(1200)]
        assert index.rebuild(iter(new)) == 1200
        assert index.count() == 1200
        assert ask(index, Phrase("第77件")) == ("n77",)
        assert not ask(index, Phrase("回访"))

    def test_rebuild_that_breaks_off_changes_nothing(self, index: SearchIndex) -> None:
        def breaking() -> Iterator[IndexEntry]:
            yield an_entry("new")
            raise RuntimeError("the database went away")

        index.write([an_entry("old")])
        with pytest.raises(RuntimeError):
            index.rebuild(breaking())
        assert ask(index) == ("old",)
        index.write([an_entry("later")])
        assert index.rebuild([an_entry("new")]) == 1
        assert ask(index) == ("new",)

    @pytest.mark.slow
    def test_rebuild_under_load_loses_nothing(self, index: SearchIndex, address: str) -> None:
        truth = {f"r{i:03}": an_entry(f"r{i:03}") for i in range(300)}
        index.write(list(truth.values()))

        begun = threading.Event()

        def stream() -> Iterator[IndexEntry]:
            """As a slow reader of the truth: what is written meanwhile comes in its older state."""
            for entry in [*truth.values()]:
                begun.set()
                time.sleep(0.002)
                yield entry

        def write() -> None:
            assert begun.wait(30)
            writer = from_url(address)
            for number in range(15):
                changed = an_entry(f"r{number * 20:03}", change=2, text="改过的回访记录")
                added = an_entry(f"s{number}", change=2, text="改过的回访记录")
                writer.write([changed, added], [(f"r{number * 20 + 1:03}", 2)])

        with _threads(write, lambda: from_url(address).rebuild(stream())) as running:
            while running():
                assert index.search(Query(terms=(Phrase("回访记录"),))).total >= 285
        assert index.count() == 300 - 15 + 15
        assert index.search(Query(terms=(Phrase("改过的"),))).total == 30

    @pytest.mark.slow
    def test_a_killed_rebuild_changes_nothing(self, index: SearchIndex, address: str) -> None:
        script = (
            "import sys, time\n"
            "from archive.adapters.search import from_url\n"
            "from archive.ports.search import IndexEntry\n"
            "def slow():\n"
            "    for i in range(10**6):\n"
            "        yield IndexEntry(f'n{i}', 1, 't', '', '回访记录', 'internal')\n"
            "        if i == 2000: print('begun', flush=True)\n"
            "from_url(sys.argv[1]).rebuild(slow())\n"
        )
        index.write([an_entry("old")])
        rebuild = subprocess.Popen([sys.executable, "-c", script, address], stdout=subprocess.PIPE, text=True)
        assert rebuild.stdout is not None
        assert rebuild.stdout.readline() == "begun\n"
        index.write([an_entry("meanwhile")])
        rebuild.kill()
        rebuild.wait()
        rebuild.stdout.close()
        index.write([an_entry("after")])
        assert ask(index) == ("after", "meanwhile", "old")
        assert index.rebuild([an_entry("new")]) == 1
        assert ask(index) == ("new",)

    @pytest.mark.slow
    def test_kill_loses_nothing_acknowledged(self, index: SearchIndex, address: str) -> None:
        script = (
            "import sys, itertools\n"
            "from archive.adapters.search import from_url\n"
            "from archive.ports.search import IndexEntry\n"
            "index = from_url(sys.argv[1])\n"
            "for i in itertools.count(int(sys.argv[2])):\n"
            "    index.write([IndexEntry(f'k{i}', 1, 't', '', '回访记录', 'internal')])\n"
            "    print(i, flush=True)\n"
        )
        acknowledged = -1
        for round_ in range(4):
            writer = subprocess.Popen(
                [sys.executable, "-c", script, address, str(acknowledged + 1)],
                stdout=subprocess.PIPE,
                text=True,
            )
            assert writer.stdout is not None
            for _ in range(5 + round_):
                acknowledged = int(writer.stdout.readline())
            time.sleep(0.003 * round_)
            writer.kill()
            acknowledged = max([acknowledged, *map(int, writer.stdout.read().split())])
            writer.wait()
            writer.stdout.close()
            assert {f"k{i}" for i in range(acknowledged + 1)} <= set(ask(index, limit=1000))
        index.write([replace(an_entry("last"), change=9)])
        assert "last" in ask(index, limit=1000)


class _threads:  # noqa: N801
    """Runs functions beside the block, and raises what they raised."""

    def __init__(self, *functions: object) -> None:
        self._errors: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run, args=(f,), daemon=True) for f in functions]

    def _run(self, function: object) -> None:
        try:
            function()  # type: ignore[operator]
        except BaseException as error:
            self._errors.append(error)

    def __enter__(self) -> object:
        for thread in self._threads:
            thread.start()
        return lambda: any(thread.is_alive() for thread in self._threads)

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join(60)
        if self._errors:
            raise self._errors[0]
