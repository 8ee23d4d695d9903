"""A back end that fails too often is left alone, and tried again by one call."""

from miniapps.gateway.rules import LEAST, REST_S, WINDOW_S, Breaker


def called(breaker: Breaker, times: int, *, failed: bool | None, at: float = 0.0) -> list[bool]:
    """So many calls, one after the other; whether each opened it."""
    opened = []
    for _ in range(times):
        assert breaker.lets(at)
        opened.append(breaker.end(at, failed=failed))
    return opened


def test_it_opens_when_half_of_enough_calls_failed():
    breaker = Breaker()
    called(breaker, LEAST // 2, failed=False, at=1)

    opened = called(breaker, LEAST // 2, failed=True, at=1)

    assert opened == [False] * (LEAST // 2 - 1) + [True]
    assert not breaker.lets(1 + REST_S - 0.1)


def test_few_failures_and_those_of_long_ago_open_nothing():
    breaker = Breaker()
    called(breaker, LEAST - 1, failed=True)
    called(breaker, LEAST - 1, failed=True, at=WINDOW_S + 1)
    called(breaker, 30, failed=None, at=WINDOW_S + 1)

    assert breaker.lets(WINDOW_S + 1)


def test_one_call_tries_and_closes_it_when_it_goes_well():
    breaker = Breaker()
    called(breaker, LEAST, failed=True)

    assert breaker.lets(REST_S)
    assert not breaker.lets(REST_S), "one at a time"
    assert not breaker.end(REST_S, failed=False)
    assert all(breaker.lets(REST_S) for _ in range(5))


def test_a_try_that_fails_lets_it_rest_again_and_one_of_which_nobody_knows_lets_another_try():
    breaker = Breaker()
    called(breaker, LEAST, failed=True)
    assert breaker.lets(REST_S)
    breaker.end(REST_S, failed=None)
    assert breaker.lets(REST_S)
    breaker.end(REST_S, failed=True)

    assert not breaker.lets(2 * REST_S - 0.1)
    assert breaker.lets(2 * REST_S)


def test_calls_from_before_say_nothing_to_one_that_rests():
    breaker = Breaker()
    assert breaker.lets(0)
    called(breaker, LEAST - 1, failed=True)

    assert not breaker.end(0, failed=False)
    assert not breaker.lets(REST_S / 2)
