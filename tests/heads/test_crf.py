"""The CRF and constrained decoding against sums over every path."""

from __future__ import annotations

import itertools
import math
import random

import pytest
import torch
from torch.nn import functional

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.decoding.viterbi import best_paths
from seqtasks.errors import DataError, UsageError
from seqtasks.heads.chain import Chain, log_partition, path_nats
from seqtasks.heads.crf import CRFTagging
from seqtasks.heads.tagging import SoftmaxTagging
from seqtasks.kernels.lengths import mask
from seqtasks.schemes import tags as spell
from seqtasks.schemes import violation

LENGTHS = torch.tensor([4, 1, 0, 3])
SETS = {
    None: ["O", "B-X", "I-X"],
    "BIO": ["I-X", "O", "B-X", "I-Y"],  # I-Y can never be reached
    "IOB1": ["O", "I-X", "B-X"],
    "BIOES": ["O", "B-X", "E-X", "S-X", "B-Y"],  # from B-Y nothing leads on
    "BMES": ["S", "B", "M", "E"],
}
over_schemes = pytest.mark.parametrize("scheme", list(SETS), ids=str)


def head_of(scheme, seed=0, **options):
    """A head in float64 with random scores."""
    torch.manual_seed(seed)
    head = CRFTagging(6, Vocabulary(SETS[scheme]), scheme=scheme, **options).double()
    for parameter in (head.start, head.transitions, head.end):
        torch.nn.init.normal_(parameter)
    return head


def emissions_of(scheme, lengths=LENGTHS, seed=0, scale=1.0):
    torch.manual_seed(seed)
    shape = (len(lengths), int(lengths.max()), len(SETS[scheme]))
    return scale * torch.randn(shape, dtype=torch.float64)


def every_path(logits, chain, length):
    """Each path that is not forbidden with its score, best first, then by its labels."""
    start, transitions, end = (part.tolist() for part in chain)
    paths = {}
    for path in itertools.product(range(logits.size(1)), repeat=length):
        score = sum(logits[t, label].item() for t, label in enumerate(path))
        score += sum(transitions[i][j] for i, j in itertools.pairwise(path))
        score += start[path[0]] + end[path[-1]] if path else 0.0
        if score > -math.inf:
            paths[path] = score
    return dict(sorted(paths.items(), key=lambda item: (-item[1], item[0])))


def log_total(scores):
    return torch.tensor(list(scores), dtype=torch.float64).logsumexp(0).item()


def legal_tags(head, lengths, seed=0):
    """Random paths that the head allows."""
    draw = random.Random(seed)
    chain = head.scores(torch.zeros(1, 1, len(head.start)))[1]
    rows = []
    for length in lengths.tolist():
        found = every_path(torch.zeros(length, len(head.start)), chain, length)
        rows.append([*draw.choice(list(found)), *[0] * (int(lengths.max()) - length)])
    return torch.tensor(rows)


# Sums


@over_schemes
def test_the_partition_is_the_sum_over_all_paths(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    found = log_partition(*head.scores(logits), LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        scores = every_path(logits[row], head.scores(logits)[1], length).values()
        assert found[row].item() == pytest.approx(log_total(scores), abs=1e-12)


@over_schemes
def test_nats_are_those_of_each_label_given_the_labels_before_it(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    _, chain = head.scores(logits)
    tags = legal_tags(head, LENGTHS)
    nats = path_nats(logits, chain, tags, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        paths = every_path(logits[row], chain, length)
        chosen = tuple(tags[row, :length].tolist())
        by_prefix = [
            log_total(score for path, score in paths.items() if path[:n] == chosen[:n])
            for n in range(length + 1)
        ]
        for t in range(length):
            assert nats[row, t].item() == pytest.approx(by_prefix[t] - by_prefix[t + 1], abs=1e-12)
        assert not nats[row, length:].any()
    total = log_partition(logits, chain, LENGTHS).sum() - sum(
        every_path(logits[row], chain, n)[tuple(tags[row, :n].tolist())]
        for row, n in enumerate(LENGTHS.tolist())
    )
    loss = head.loss(logits, tags, LENGTHS)
    torch.testing.assert_close(loss.total, total)
    assert loss.count == 8
    assert loss.objective is None


@over_schemes
def test_marginals_are_shares_of_all_paths(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    found = head.marginals(logits, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        paths = every_path(logits[row], head.scores(logits)[1], length)
        total = log_total(paths.values())
        expected = torch.zeros_like(found[row])
        for path, score in paths.items():
            for t, label in enumerate(path):
                expected[t, label] += math.exp(score - total)
        torch.testing.assert_close(found[row], expected)
    with torch.inference_mode():
        torch.testing.assert_close(head.marginals(logits, LENGTHS), found)


@over_schemes
def test_gradients_are_those_of_finite_differences(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    tags = legal_tags(head, LENGTHS)
    weights = torch.rand(4, 4, dtype=torch.float64)

    def sums(logits, start, transitions, end):
        chain = head.constraint(start, transitions, end)
        nats = path_nats(logits, chain, tags, LENGTHS)
        return log_partition(logits, chain, LENGTHS), nats, (weights * nats).sum(1)

    leaves = [head.start, head.transitions, head.end]
    inputs = [logits, *(leaf.detach() for leaf in leaves)]
    assert torch.autograd.gradcheck(sums, [leaf.requires_grad_() for leaf in inputs])


@over_schemes
def test_the_gradient_of_the_partition_is_the_marginals(scheme):
    head, logits = head_of(scheme), emissions_of(scheme).requires_grad_()
    log_partition(*head.scores(logits), LENGTHS).sum().backward()
    torch.testing.assert_close(logits.grad, head.marginals(logits, LENGTHS))


def test_time_in_several_pieces_gives_the_same_gradients(monkeypatch):
    def gradients():
        head, logits = head_of("BIOES"), emissions_of("BIOES").requires_grad_()
        head.loss(logits, legal_tags(head, LENGTHS), LENGTHS).total.backward()
        return [logits.grad, head.start.grad, head.transitions.grad, head.end.grad]

    whole = gradients()
    monkeypatch.setattr("seqtasks.heads.chain.CHUNK", 200)  # two steps of 4 × 5 × 5
    for one, other in zip(whole, gradients(), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("scheme", ["BIO", "BIOES", "BMES"])
def test_what_is_forbidden_has_no_share_and_is_never_learnt(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    tags = legal_tags(head, LENGTHS)
    before = head.transitions.detach().clone()
    optimizer = torch.optim.Adam(head.parameters(), lr=0.5)
    for _ in range(20):
        optimizer.zero_grad()
        loss = head.loss(logits, tags, LENGTHS)
        loss.mean.backward()
        optimizer.step()
        assert all(p.grad.isfinite().all() for p in (head.start, head.transitions, head.end))
    forbidden = ~head.constraint.transitions
    assert forbidden.any()
    assert torch.equal(head.transitions[forbidden], before[forbidden])
    assert not torch.equal(head.transitions[~forbidden], before[~forbidden])
    assert not head.start.grad[~head.constraint.start].any()
    assert not head.end.grad[~head.constraint.end].any()
    first = head.marginals(logits, LENGTHS)[0, 0]
    assert not first[~head.constraint.start].any()


def test_free_transitions_of_zero_are_a_softmax():
    vocabulary = Vocabulary(["a", "b", "c"])
    torch.manual_seed(0)
    crf, softmax = CRFTagging(5, vocabulary), SoftmaxTagging(5, vocabulary)
    softmax.linear.load_state_dict(crf.linear.state_dict())
    features, tags = torch.randn(4, 4, 5), torch.randint(3, (4, 4))
    losses = [head.loss(head(features), tags, LENGTHS) for head in (crf, softmax)]
    torch.testing.assert_close(losses[0].total, losses[1].total)
    assert losses[0].count == losses[1].count
    torch.testing.assert_close(losses[0].mean, losses[1].mean)
    decoded = [head.decode(head(features), LENGTHS) for head in (crf, softmax)]
    assert decoded[0] == decoded[1]
    assert [len(row) for row in decoded[0]] == LENGTHS.tolist()


# Paths


@over_schemes
@pytest.mark.parametrize("integers", [False, True], ids=["real", "ties"])
@pytest.mark.parametrize("count", [1, 2, 7, 400])
def test_the_best_paths_are_the_first_of_all(scheme, integers, count):
    for seed in range(4):
        head, logits = head_of(scheme, seed), emissions_of(scheme, seed=seed)
        logits, chain = head.scores(logits)
        if integers:  # whose sums are exact, so that equal scores are equal
            logits, chain = logits.round(), Chain(*(part.round() for part in chain))
        paths, scores = best_paths(logits, *chain, LENGTHS, count)
        assert paths.shape == (4, count, 4)
        for row, length in enumerate(LENGTHS.tolist()):
            wanted = list(every_path(logits[row], chain, length).items())[:count]
            found = [tuple(path[:length]) for path in paths[row].tolist()]
            assert found[: len(wanted)] == [path for path, _ in wanted]
            assert scores[row].tolist() == pytest.approx(
                [score for _, score in wanted] + [-math.inf] * (count - len(wanted)), abs=1e-9
            )
            assert not paths[row, :, length:].any()


@over_schemes
def test_hypotheses_have_their_probabilities(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    found = head.best(logits, LENGTHS, 3)
    whole = head.best(logits, LENGTHS, 700)
    decoded = head.decode(logits, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        paths = every_path(logits[row], head.scores(logits)[1], length)
        total = log_total(paths.values())
        assert found[row] == whole[row][:3]
        assert found[row][0].tokens == decoded[row]
        assert len(whole[row]) == len(paths)
        for hypothesis, (path, score) in zip(whole[row], paths.items(), strict=True):
            assert hypothesis.tokens == list(path)
            assert hypothesis.log_prob == pytest.approx(score - total, abs=1e-9)
            assert hypothesis.score == hypothesis.log_prob
    with pytest.raises(UsageError, match="count: 0 is given"):
        head.best(logits, LENGTHS, 0)


@pytest.mark.parametrize("scheme", ["BIO", "IOB1", "BIOES", "BMES"])
def test_a_softmax_under_a_scheme_decodes_its_best_legal_sequence(scheme):
    torch.manual_seed(1)
    head = SoftmaxTagging(6, Vocabulary(SETS[scheme]), scheme=scheme)
    free = SoftmaxTagging(6, Vocabulary(SETS[scheme]))
    logits = emissions_of(scheme, scale=3.0)
    decoded = head.decode(logits, LENGTHS)
    crf = CRFTagging(6, Vocabulary(SETS[scheme]), scheme=scheme)
    chain = crf.constraint(*(torch.zeros_like(p) for p in (crf.start, crf.transitions, crf.end)))
    log_probs = logits.log_softmax(2)
    for row, length in enumerate(LENGTHS.tolist()):
        assert decoded[row] == list(next(iter(every_path(log_probs[row], chain, length))))
        assert violation([SETS[scheme][n] for n in decoded[row]], scheme) is None
    greedy = free.decode(logits, LENGTHS)
    assert greedy == [row[:n] for row, n in zip(logits.argmax(2).tolist(), LENGTHS, strict=True)]
    assert greedy != decoded


# Padding, length and precision


@over_schemes
def test_padding_and_batch_mates_change_nothing(scheme):
    lengths = LENGTHS[[1, 3, 2, 0]]
    head, logits = head_of(scheme), emissions_of(scheme)
    tags = legal_tags(head, LENGTHS)
    padded = functional.pad(logits, (0, 0, 0, 3)).masked_fill(
        ~mask(LENGTHS, 7)[..., None], math.nan
    )
    moved = padded[[1, 3, 2, 0]].requires_grad_()
    logits.requires_grad_()
    junk = functional.pad(tags, (0, 3)).masked_fill(~mask(LENGTHS, 7), -100)[[1, 3, 2, 0]]
    losses = [head.loss(logits, tags, LENGTHS), head.loss(moved, junk, lengths)]
    torch.testing.assert_close(losses[0].total, losses[1].total)
    assert losses[0].count == losses[1].count
    gradients = []
    for loss, leaf in zip(losses, (logits, moved), strict=True):
        parameters = (leaf, head.start, head.transitions, head.end)
        gradients.append(torch.autograd.grad(loss.total, parameters))
    [mine, *shared], [other, *others] = gradients
    torch.testing.assert_close(other[:, :4], mine[[1, 3, 2, 0]])
    assert not other[:, 4:].any()
    torch.testing.assert_close(shared, others)
    one, two = head.marginals(logits, LENGTHS), head.marginals(moved, lengths)
    torch.testing.assert_close(two[:, :4], one[[1, 3, 2, 0]])
    assert not two[:, 4:].any()
    rows = head.best(logits, LENGTHS, 4)
    for row, index in zip(head.best(moved, lengths, 4), (1, 3, 2, 0), strict=True):
        assert [found.tokens for found in row] == [found.tokens for found in rows[index]]
    alone = [
        head.decode(logits[i : i + 1, : max(n, 1)], LENGTHS[i : i + 1])
        for i, n in enumerate(LENGTHS)
    ]
    assert [row for [row] in alone] == head.decode(logits, LENGTHS)


@over_schemes
def test_nothing_to_tag(scheme):
    head = head_of(scheme)
    for batch, time in ((3, 0), (0, 4), (2, 4)):
        features = torch.randn(batch, time, 6, dtype=torch.float64)
        lengths, tags = torch.zeros(batch).long(), torch.zeros(batch, time).long()
        logits = head(features)
        loss = head.loss(logits, tags, lengths)
        assert loss.mean == 0
        loss.mean.backward()
        assert head.decode(logits, lengths) == [[]] * batch
        assert [len(found) for found in head.best(logits, lengths, 2)] == [1] * batch
        assert not head.marginals(logits, lengths).any()
        assert log_partition(*head.scores(logits), lengths).tolist() == [0.0] * batch


@pytest.mark.parametrize("scheme", [None, "BIOES"])
def test_thousands_of_steps_stay_exact_in_float32(scheme):
    length = 4000
    lengths = torch.tensor([length, length - 1])
    head = head_of(scheme)
    logits = emissions_of(scheme, lengths, scale=8.0)
    draw = random.Random(0)
    if scheme:
        names = [
            spell(
                [("X", n, n + draw.randint(0, 1)) for n in range(0, length - 2, 3)], length, scheme
            )
            for _ in range(2)
        ]
        tags = torch.tensor([[SETS[scheme].index(name) for name in row] for row in names])
    else:
        tags = torch.randint(3, (2, length))
    exact, leaf = head.loss(logits, tags, lengths), logits.float().requires_grad_()
    exact_marginals = head.marginals(logits, lengths)
    head.float()
    loss = head.loss(leaf, tags, lengths)
    assert loss.total.dtype == torch.float32
    torch.testing.assert_close(loss.total.double(), exact.total, rtol=1e-6, atol=0.0)
    loss.total.backward()
    one_hot = functional.one_hot(tags, logits.size(2)) * mask(lengths, length).unsqueeze(2)
    expected = (exact_marginals - one_hot).float()
    torch.testing.assert_close(leaf.grad, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        head.marginals(leaf, lengths), exact_marginals.float(), rtol=1e-4, atol=1e-5
    )
    [found, _], [wanted, _] = head.best(leaf, lengths, 1), head.double().best(leaf, lengths, 1)
    assert found[0].tokens == wanted[0].tokens == head.float().decode(leaf, lengths)[0]
    assert found[0].log_prob == pytest.approx(wanted[0].log_prob, abs=1e-9)


def test_scores_of_any_size_give_finite_gradients():
    head = head_of("BIOES").float()
    tags = torch.tensor([[1, 2, 0, 3]])
    for size in (1e3, 1e6, 1e30):
        leaf = (emissions_of("BIOES", torch.tensor([4])).float() * size).requires_grad_()
        loss = head.loss(leaf, tags, torch.tensor([4]))
        loss.total.backward()
        assert loss.total.isfinite()
        assert leaf.grad.isfinite().all()
        assert head.transitions.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_mixed_precision_sums_in_float32(dtype):
    head = head_of("BIOES").float()
    features, tags = torch.randn(4, 4, 6), legal_tags(head, LENGTHS)
    with torch.autocast("cpu", dtype=dtype):
        logits = head(features)
        assert logits.dtype == dtype
        mixed = head.loss(logits, tags, LENGTHS)
        gradients = torch.autograd.grad(mixed.total, (head.transitions, logits))
        probabilities, decoded = head.marginals(logits, LENGTHS), head.decode(logits, LENGTHS)
    plain = head.loss(logits.float(), tags, LENGTHS)
    assert mixed.total.dtype == torch.float32
    assert torch.equal(mixed.total, plain.total)
    [expected] = torch.autograd.grad(plain.total, [head.transitions])
    torch.testing.assert_close(gradients[0], expected)
    assert gradients[1].dtype == dtype
    assert torch.equal(probabilities, head.marginals(logits.float(), LENGTHS))
    assert decoded == head.decode(logits.float(), LENGTHS)


# Options and refusals


def test_class_weights_multiply_the_nats_of_their_labels():
    weights = {"O": 0.25, "S-X": 3}
    head, plain = head_of("BIOES", class_weights=weights), head_of("BIOES")
    logits = emissions_of("BIOES")
    tags = legal_tags(head, LENGTHS)
    loss = head.loss(logits, tags, LENGTHS)
    nats = path_nats(*plain.scores(logits), tags, LENGTHS)
    expected = sum(
        weights.get(SETS["BIOES"][tags[row, t]], 1.0) * nats[row, t]
        for row, length in enumerate(LENGTHS.tolist())
        for t in range(length)
    )
    torch.testing.assert_close(loss.objective, expected)
    torch.testing.assert_close(loss.mean, expected / 8)
    torch.testing.assert_close(loss.total, plain.loss(logits, tags, LENGTHS).total)
    assert "weights" not in head.state_dict()
    same = head_of("BIOES", class_weights=dict.fromkeys(SETS["BIOES"], 2.0))
    torch.testing.assert_close(same.loss(logits, tags, LENGTHS).objective, 2 * loss.total)


def test_unfit_options_are_refused():
    labels = Vocabulary(SETS["BIOES"])
    with pytest.raises(UsageError, match="there is no label 'S-Z'; Did you mean 'S-X'"):
        CRFTagging(3, labels, class_weights={"S-Z": 1.0})
    for weight in (-1.0, math.nan, math.inf):
        with pytest.raises(UsageError, match=f"class_weights: O: {weight} is given"):
            CRFTagging(3, labels, class_weights={"O": weight})
    for kind in (CRFTagging, SoftmaxTagging):
        with pytest.raises(UsageError, match="there is no 'IOBS'"):
            kind(3, labels, scheme="IOBS")
        with pytest.raises(DataError, match="'E-X' is no label of BIO"):
            kind(3, labels, scheme="BIO")
        assert kind(3, labels, scheme="auto").constraint.scheme == "BIOES"
        assert kind(3, Vocabulary(["NN", "DT"]), scheme="auto").constraint.scheme is None


def test_tags_that_the_scheme_forbids_are_named():
    head = head_of("BIO")
    logits = emissions_of("BIO")
    names = [["O", "B-X", "I-X", "O"], ["O"], [], ["O", "O", "I-X"]]
    rows = [[SETS["BIO"].index(n) for n in row] + [0] * (4 - len(row)) for row in names]
    with pytest.raises(DataError) as error:
        head.loss(logits, torch.tensor(rows), LENGTHS)
    assert str(error.value).startswith(
        "the tags 'O O I-X' are not BIO: tag 3: 'I-X' cannot follow 'O' in BIO; correct the data"
    )
    for scheme, row, word in (("BIO", [0], "begin"), ("BIOES", [1], "end")):
        with pytest.raises(DataError, match=f"tag 1: '.*' cannot {word}"):
            head_of(scheme).loss(emissions_of(scheme)[1:2], torch.tensor([row]), torch.tensor([1]))
