"""Trust policies: the format, the quorum, and who counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger.note import COSIGNATURE_ED25519, ED25519, VerifierKey
from bailment.ledger.policy import MAX_POLICY_BYTES, Policy, parse_policy, policy_of_keys
from bailment.ledger.tiles import Edge, extend
from bailment.model.errors import Malformed, Tampered
from tests.ledger.samples import (
    LOG_VKEY,
    NOW_S,
    POLICY,
    QUANTUM_VKEY,
    QUANTUM_WITNESS,
    WITNESS,
    signed,
)

EDGE = extend(Edge(), [b"entry"])[0]
NOTE = signed(EDGE)
KEYS = [VerifierKey(f"w{number}", COSIGNATURE_ED25519, bytes([number]) * 32) for number in range(6)]
DEFINITIONS = "".join(f"witness X{number} {key}\n" for number, key in enumerate(KEYS))


def policy(text: str) -> Policy:
    """Parse a policy."""
    return parse_policy(text.encode())


def test_a_checkpoint_is_endorsed() -> None:
    """The log's keys and the witnesses that signed are told."""
    endorsed = policy(POLICY).endorse(bytes(NOTE), every_key=True)
    assert endorsed.checkpoint.size == 1
    assert endorsed.log_keys == (LOG_VKEY, QUANTUM_VKEY)
    assert endorsed.witnesses == ("w1",)


def test_too_few_witnesses() -> None:
    """Without a cosignature that the quorum asks for, the checkpoint is not endorsed."""
    alone = type(NOTE)(NOTE.text, NOTE.signatures[:2])
    with pytest.raises(Tampered, match="quorum is w1"):
        policy(POLICY).endorse(bytes(alone))
    relaxed = POLICY.replace("quorum w1", "quorum none")
    assert policy(relaxed).endorse(bytes(alone)).witnesses == ()


def test_any_listed_key_suffices_unless_every_one_is_asked_for() -> None:
    """One of two keys of the log is enough by the specification, and too few by our stricter rule."""
    half = type(NOTE)(NOTE.text, (NOTE.signatures[0], NOTE.signatures[2]))
    assert policy(POLICY).endorse(bytes(half)).log_keys == (LOG_VKEY,)
    with pytest.raises(Tampered, match="has not signed"):
        policy(POLICY).endorse(bytes(half), every_key=True)


def test_a_witness_cannot_stand_for_the_log() -> None:
    """Cosignatures alone, or another log's signature, do not make a checkpoint of the log."""
    cosigned = type(NOTE)(NOTE.text, NOTE.signatures[2:])
    with pytest.raises(Tampered, match="has not signed"):
        policy(POLICY).endorse(bytes(cosigned))
    with pytest.raises(Tampered, match="does not list"):
        policy(POLICY).endorse(bytes(signed(EDGE, origin="ledger.example/other")))
    with pytest.raises(Tampered, match="does not list"):
        policy("quorum none\n").endorse(bytes(NOTE))


def test_a_bad_cosignature_spoils_the_checkpoint() -> None:
    """A known witness's signature under another checkpoint is not passed over."""
    other = QUANTUM_WITNESS.cosign(signed(extend(EDGE, [b"x"])[0]).text, NOW_S)
    both = policy(POLICY.replace("quorum", f"witness w2 {QUANTUM_WITNESS.key}\nquorum"))
    with pytest.raises(Tampered, match="does not verify"):
        both.endorse(bytes(NOTE.with_signatures([other])))


def test_keys_alone_make_a_policy() -> None:
    """A policy of keys asks for no witness."""
    assert policy_of_keys([LOG_VKEY]).endorse(bytes(NOTE)).log_keys == (LOG_VKEY,)


@pytest.mark.parametrize(
    ("group", "reached", "missed"),
    [
        ("group G all X0 X1\nquorum G\n", ["X0 X1"], ["X0", "X1", ""]),
        ("group G any X0 X1\nquorum G\n", ["X0", "X1"], ["X2", ""]),
        ("group G 2 X0 X1 X2\nquorum G\n", ["X0 X2", "X0 X1 X2"], ["X1", "X1 X3"]),
        (
            "group A 2 X0 X1 X2\ngroup B any X3 X4\ngroup G all A B\nquorum G\n",
            ["X0 X1 X4"],
            ["X0 X1 X2", "X0 X3 X4"],
        ),
        ("quorum X3\n", ["X3"], ["X0 X1 X2 X4"]),
        ("quorum none\n", ["", "X0"], []),
    ],
)
def test_quorums(group: str, reached: list[str], missed: list[str]) -> None:
    """A group is reached from its threshold on, groups within groups too."""
    parsed = policy(DEFINITIONS + group)
    assert all(parsed.is_quorum(names.split()) for names in reached)
    assert not any(parsed.is_quorum(names.split()) for names in missed)


def test_layout_is_free() -> None:
    """Blanks, tabs, comments, empty lines, URLs and names outside ASCII are allowed."""
    log, witness = f"\tlog {LOG_VKEY}\t https://ledger.example \n", f"witness \xfc {WITNESS.key} u\n"
    parsed = parse_policy(f"  # comment\xff\n\n{log}{witness}quorum \xfc".encode("latin-1"))
    assert parsed.logs == (LOG_VKEY,)
    assert parsed.is_quorum(["\udcfc"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum\n",
        "quorum X9\n",
        "quorum none none\n",
        "quorum none\nquorum none\n",
        "quorums none\n",
        "QUORUM none\n",
        "log\nquorum none\n",
        f"log {LOG_VKEY} u v\nquorum none\n",
        f"log {LOG_VKEY}\nlog {LOG_VKEY}\nquorum none\n",
        f"log {VerifierKey('other', ED25519, LOG_VKEY.public)}\nlog {LOG_VKEY}\nquorum none\n",
        f"log {WITNESS.key}\nquorum none\n",
        f"witness w {LOG_VKEY}\nquorum none\n",
        f"witness none {WITNESS.key}\nquorum none\n",
        f"witness {WITNESS.key}\nquorum none\n",
        f"{DEFINITIONS}witness X0 {WITNESS.key}\nquorum none\n",
        f"{DEFINITIONS}witness again {KEYS[0]}\nquorum none\n",
        f"{DEFINITIONS}group G all\nquorum none\n",
        f"{DEFINITIONS}group G 0 X0\nquorum none\n",
        f"{DEFINITIONS}group G 2 X0\nquorum none\n",
        f"{DEFINITIONS}group G 01 X0\nquorum none\n",
        f"{DEFINITIONS}group G ٢ X0 X1\nquorum none\n",
        f"{DEFINITIONS}group G {'9' * 5000} X0\nquorum none\n",
        f"{DEFINITIONS}group G some X0\nquorum none\n",
        f"{DEFINITIONS}group G any X0 X0\nquorum none\n",
        f"{DEFINITIONS}group G any X0\ngroup H any X0\nquorum none\n",
        f"{DEFINITIONS}group G any none\nquorum none\n",
        f"{DEFINITIONS}group G any X9\nquorum none\n",
        f"{DEFINITIONS}group G any G\nquorum none\n",
        f"{DEFINITIONS}group X0 any X1\nquorum none\n",
        "quorum none\r\n",
        "quorum none\x7f\n",
        "#" * MAX_POLICY_BYTES + "\nquorum none\n",
    ],
)
def test_refuses(text: str) -> None:
    """Whatever is outside the format is malformed."""
    with pytest.raises(Malformed):
        policy(text)


def test_errors_name_the_line() -> None:
    """A malformed line is told by its number."""
    with pytest.raises(Malformed, match="line 2: unknown keyword"):
        policy("quorum none\nwitnes\n")


words = st.sampled_from(
    ["log", "witness", "group", "quorum", "none", "any", "all", "1", "X0", "\n", str(LOG_VKEY)]
)


@given(st.binary(max_size=60) | st.lists(words, max_size=12).map(lambda items: " ".join(items).encode()))
def test_no_bytes_make_the_parser_stumble(raw: bytes) -> None:
    """Random bytes and words are malformed or a policy."""
    try:
        assert isinstance(parse_policy(raw), Policy)
    except Malformed:
        return
