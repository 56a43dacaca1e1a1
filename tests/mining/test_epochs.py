from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mining.epochs import Epoch, dates_touched, embedded_retargets, merge_epochs
from mining.network import Retarget

START = datetime(2025, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def retarget(index, *, at=None, difficulty=None):
    """The index-th retarget: of block 2016 x index, two weeks after the one before."""
    return Retarget(
        height=2016 * index,
        starts_at=START + 14 * DAY * index if at is None else at,
        difficulty=Decimal(difficulty or 100 + index),
    )


def merge(stored, *retargets, asked_at=None):
    return merge_epochs(stored, retargets, asked_at=asked_at)


def test_an_epoch_ends_where_the_next_one_begins():
    first, second = merge([], retarget(0), retarget(1))
    assert (first.starts_at, first.known_until) == (START, second.starts_at)


def test_the_newest_epoch_is_known_until_the_node_was_asked():
    asked_at = START + 20 * DAY
    assert merge([], retarget(0), retarget(1), asked_at=asked_at)[-1].known_until == asked_at


def test_without_a_node_the_newest_epoch_holds_for_no_instant():
    newest = merge([], retarget(0), retarget(1))[-1]
    assert newest.known_until == newest.starts_at


def test_what_is_known_never_goes_backwards():
    stored = merge([], retarget(0), asked_at=START + 5 * DAY)
    assert merge(stored, retarget(0), asked_at=START + 4 * DAY) == stored
    assert merge(stored, asked_at=None) == stored


def test_a_successor_ends_an_epoch_that_was_thought_to_last_longer():
    # The node had not heard of block 2016 yet when it was asked a minute after that was mined.
    successor = retarget(1)
    stored = merge([], retarget(0), asked_at=successor.starts_at + timedelta(minutes=1))
    assert merge(stored, retarget(0), successor)[0].known_until == successor.starts_at


def test_a_missing_retarget_leaves_its_time_unknown():
    first, third = merge([], retarget(0), retarget(2), asked_at=START + 30 * DAY)
    assert first.known_until == first.starts_at
    assert third.known_until == START + 30 * DAY


def test_a_node_that_is_behind_says_nothing_of_the_newest_epoch():
    stored = merge([], retarget(0), retarget(1), asked_at=START + 15 * DAY)
    assert merge(stored, retarget(0), asked_at=START + 20 * DAY) == stored


def test_a_difficulty_printed_with_other_digits_is_the_same_figure():
    stored = merge([], retarget(0, difficulty="110451907374649.52"))
    assert merge(stored, retarget(0, difficulty="110451907374650")) == stored
    changed = merge(stored, retarget(0, difficulty="110452907374649.52"))
    assert changed[0].difficulty == Decimal("110452907374649.52")


def test_a_retarget_block_that_was_replaced_moves_both_epochs():
    stored = merge([], retarget(0), retarget(1), asked_at=START + 15 * DAY)
    moved = retarget(1, at=START + 14 * DAY + timedelta(minutes=9))
    first, second = merge(stored, retarget(0), moved, asked_at=START + 15 * DAY)
    assert first.known_until == second.starts_at == moved.starts_at


def test_the_embedded_retargets_are_whole():
    retargets = embedded_retargets()
    assert [r.height for r in retargets] == list(range(0, 878_976 + 1, 2016))
    by_height = {r.height: r for r in retargets}
    assert by_height[824_544] == Retarget(
        824_544, datetime.fromtimestamp(1704501692, UTC), Decimal("73197634206448.34")
    )
    assert by_height[830_592].difficulty == Decimal("81725299822043.22")
    assert retargets[0].starts_at == datetime(2009, 1, 3, 18, 15, 5, tzinfo=UTC)
    assert all(e.starts_at < e.known_until for e in merge([], *retargets)[:-1])


def epoch(start, end, difficulty=1):
    return Epoch(0, start, end, Decimal(difficulty))


def touched(old, new):
    return [day.day for day in dates_touched(old, new)]


def test_an_extended_epoch_touches_the_days_since_it_was_known():
    old, new = epoch(START, START + 2 * DAY), epoch(START, START + 4 * DAY)
    assert touched(old, new) == touched(new, old) == [3, 4, 5]
    assert touched(new, new) == []


def test_a_new_epoch_touches_its_own_days():
    assert touched(None, epoch(START, START + 2 * DAY)) == [1, 2, 3]
    assert touched(None, epoch(START, START)) == []


def test_a_changed_epoch_touches_the_days_of_before_and_after():
    old = epoch(START, START + 2 * DAY)
    assert touched(old, epoch(START, START + 2 * DAY, difficulty=2)) == [1, 2, 3]
    assert touched(old, epoch(START + DAY, START + 3 * DAY)) == [1, 2, 3, 4]


def test_an_epoch_that_ends_at_a_london_midnight_does_not_touch_the_day_after():
    # London's midnight is 23:00 in UTC in summer.
    midnight = datetime(2025, 6, 3, 23, tzinfo=UTC)
    assert list(dates_touched(None, epoch(START, midnight))) == [
        date(2025, 6, 1),
        date(2025, 6, 2),
        date(2025, 6, 3),
    ]


RETARGETS = st.lists(st.integers(0, 9), min_size=1, unique=True).map(
    lambda indexes: [retarget(index) for index in indexes]
)
ASKED = st.none() | st.integers(0, 200).map(lambda days: START + days * DAY)


@given(RETARGETS, ASKED, RETARGETS, ASKED)
def test_epochs_never_overlap_and_merging_twice_equals_once(first, first_asked, second, asked):
    stored = merge(merge([], *first, asked_at=first_asked), *second, asked_at=asked)
    assert merge(stored, *second, asked_at=asked) == stored
    assert all(e.starts_at <= e.known_until for e in stored)
    for one, following in zip(stored, stored[1:], strict=False):
        assert one.known_until <= following.starts_at
