"""Addressed randomness: every draw is a pure function of where it is used.

A draw is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11) with

    key     = (seed, replication)
    counter = (stream of a name, arrivals stream of the case, day and index of the case, visit and block)

so no draw moves another: whatever a redesign removes, adds or reorders, the same applicants come with the
same luck. One block gives four 32-bit words; the purposes 0-3 of an address are the words of its first
block, 4-7 those of its second.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence

import numpy as np

WORD = 0xFFFFFFFF
MULTIPLIER_0, MULTIPLIER_1 = 0xD2511F53, 0xCD9E8D57
WEYL_0, WEYL_1 = 0x9E3779B9, 0xBB67AE85
ROUNDS = 10
UNIFORM_STEP = 2.0**-32
MAX_PER_DAY = 1 << 16  # index of a case within its day and arrivals stream
MAX_DAYS = 1 << 16
MAX_VISITS = 1 << 24

# purposes of the draws of a step
SERVICE, DELAY, RETURN_OR_NOT, REJECT_OR_NOT, COME_BACK, TIME_OF_DAY, CONTINUE, CORRECTION = range(8)
PATIENCE, COMES_BACK_OR_NOT, STUCK_OR_NOT, WALK = range(8, 12)
# purposes of the draws of a material asked by a step
DEFECT, AVAILABLE = range(2)
# purposes of the draws of arrivals, by day
DAY_COUNT, DAY_FACTOR = range(2)
# purposes of the draws of a person who comes
MOMENT, BOOKS, NO_SHOW, LATENESS, COMES_LATER, LATER_MOMENT = range(6)
# purposes of the draws of a machine, by count of its failures
RUNS_FOR, REPAIR = range(2)
# second word of addresses that are not of a case (there it is the stream of the arrivals)
OF_A_DAY, OF_A_PERSON, OF_A_MACHINE = range(3)

_LATER_BLOCKS_KEPT = 50_000

Words = tuple[int, int, int, int]
Uniforms = tuple[float, float, float, float]


def key_schedule(key_0: int, key_1: int) -> tuple[tuple[int, int], ...]:
    """The keys of the ten rounds."""
    return tuple(((key_0 + r * WEYL_0) & WORD, (key_1 + r * WEYL_1) & WORD) for r in range(ROUNDS))


def philox4x32(counter: Words, keys: Sequence[tuple[int, int]]) -> Words:
    """One block of four 32-bit words; `keys` from `key_schedule`."""
    c0, c1, c2, c3 = counter
    for k0, k1 in keys:
        low = MULTIPLIER_0 * c0
        high = MULTIPLIER_1 * c2
        c0 = (high >> 32) ^ c1 ^ k0
        c1 = high & WORD
        c2 = (low >> 32) ^ c3 ^ k1
        c3 = low & WORD
    return c0, c1, c2, c3


def philox4x32_array(
    c0: np.ndarray, c1: np.ndarray, c2: np.ndarray, c3: np.ndarray, keys: Sequence[tuple[int, int]]
) -> np.ndarray:
    """The same for many counters at once: uint64 of shape (n, 4), each below 2**32."""
    words = [np.asarray(c, "uint64") for c in (c0, c1, c2, c3)]
    shift, mask = np.uint64(32), np.uint64(WORD)
    multiplier_0, multiplier_1 = np.uint64(MULTIPLIER_0), np.uint64(MULTIPLIER_1)
    for k0, k1 in keys:
        low = multiplier_0 * words[0]
        high = multiplier_1 * words[2]
        words = [
            (high >> shift) ^ words[1] ^ np.uint64(k0),
            high & mask,
            (low >> shift) ^ words[3] ^ np.uint64(k1),
            low & mask,
        ]
    return np.stack(np.broadcast_arrays(*words), axis=-1)


def of_people(stream: int, words: np.ndarray, block: int, keys: Sequence[tuple[int, int]]) -> np.ndarray:
    """What chance says about people who come, four numbers in (0, 1) each: purposes 0 to 3 are those of block
    0, the next four those of block 1. `words` are their `case_word`s."""
    n = words.size
    found = philox4x32_array(np.full(n, stream), np.full(n, OF_A_PERSON), words, np.full(n, block), keys)
    return (found + 0.5) * UNIFORM_STEP


def stream_of(kind: str, *names: str) -> int:
    """The 32-bit stream of a name: the same on every machine, in every version."""
    text = "\x1f".join((kind, *names))
    return int.from_bytes(hashlib.blake2s(text.encode("utf-8"), digest_size=4).digest(), "little")


def to_uniform(word: int) -> float:
    """A word as a number in the open interval (0, 1)."""
    return (word + 0.5) * UNIFORM_STEP


def case_word(day: int, index: int) -> int:
    """Day of arrival and index within the day and arrivals stream as one word."""
    return day << 16 | index


class Draws:
    """The random numbers of one replication.

    `case_streams` and `case_words` say, for each case number of the run, who the case is: the stream of its
    arrivals and its `case_word`. First visits are computed for all cases at once, later ones when needed;
    what is kept and what is computed again changes no value.
    """

    def __init__(self, seed: int, replication: int, case_streams: np.ndarray, case_words: np.ndarray) -> None:
        self.keys = key_schedule(seed, replication)
        self._streams = case_streams
        self._words = case_words
        self._stream_list: list[int] = case_streams.tolist()
        self._word_list: list[int] = case_words.tolist()
        self._first: dict[int, array[float]] = {}
        self._later: dict[tuple[int, int, int], Uniforms] = {}

    def uniform(self, stream: int, case: int, visit: int, purpose: int) -> float:
        """The number in (0, 1) at this address; `purpose` 0 to 1023."""
        if visit == 0:
            address = stream << 8 | purpose >> 2
            block = self._first.get(address)
            if block is None:
                block = self._first[address] = self._first_blocks(stream, purpose >> 2)
            return block[case << 2 | purpose & 3]
        key = (stream, case, visit << 8 | purpose >> 2)
        found = self._later.get(key)
        if found is None:
            found = self._later_block(*key)
        return found[purpose & 3]

    def of_machine(self, stream: int, count: int, purpose: int) -> float:
        """The number in (0, 1) for the `count`-th failure of a machine, from 0."""
        return to_uniform(philox4x32((stream, OF_A_MACHINE, count, 0), self.keys)[purpose])

    def _first_blocks(self, stream: int, block: int) -> array[float]:
        words = philox4x32_array(
            np.full(self._words.size, stream, "uint64"),
            self._streams,
            self._words,
            np.full(self._words.size, block, "uint64"),
            self.keys,
        )
        return array("d", ((words + 0.5) * UNIFORM_STEP).tobytes())

    def _later_block(self, stream: int, case: int, visit_and_block: int) -> Uniforms:
        counter = (stream, self._stream_list[case], self._word_list[case], visit_and_block)
        w0, w1, w2, w3 = philox4x32(counter, self.keys)
        found = (to_uniform(w0), to_uniform(w1), to_uniform(w2), to_uniform(w3))
        if len(self._later) >= _LATER_BLOCKS_KEPT:
            self._later.clear()
        self._later[stream, case, visit_and_block] = found
        return found
