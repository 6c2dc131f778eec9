"""The service files say what the domain tables say."""

import itertools
from importlib import resources

import numpy as np
import pytest
import yaml

from mining.materials import normalise_material_names
from sample_logs import load_planted, load_scenarios, load_service, sample_names
from sample_logs.truth import parallel_sets
from simulation.errors import ModelError
from simulation.service_model import (
    Block,
    Choice,
    Lognormal,
    ServiceModel,
    Step,
    children,
    dump_service_model,
    leaves,
    service_model_from,
)

# step: mean minutes, coefficient of variation, chance of a return on the first visit
COUNTERS = {
    "A": {
        "名称核准": (9, 0.4, 0.12),
        "设立登记": (20, 0.45, 0.22),
        "领照": (4, 0.3, 0),
        "公章刻制备案": (8, 0.4, 0.03),
        "税种核定+发票申领": (24, 0.5, 0.15),
        "社保登记": (11, 0.4, 0.08),
        "公积金开户": (10, 0.4, 0.05),
        "银行开户": (38, 0.4, 0.10),
    },
    "B": {
        "交易核验/网签": (15, 0.4, 0.10),
        "核税缴税": (40, 0.5, 0.15),
        "登记受理": (22, 0.4, 0.12),
        "缮证领证": (6, 0.3, 0),
    },
    "C": {
        "出生医学证明签发": (11, 0.4, 0.06),
        "预防接种证": (8, 0.4, 0.02),
        "户口登记": (18, 0.4, 0.14),
        "城乡居民医保参保": (10, 0.4, 0.06),
        "社会保障卡申领": (10, 0.4, 0.05),
        "生育医疗费用报销": (17, 0.45, 0.20),
    },
}
# work behind the counter: working days of 420 minutes
OFFICES = {
    "A": {
        "名称核准审核": 0.8,
        "设立登记审核": 2.2,
        "公章刻制": 0.7,
        "税种核定审核": 1.2,
        "银行开户审核": 2.0,
    },
    "B": {"交易核验审核": 0.5, "登记审核": 3.0},
    "C": {"出生医学证明制发": 0.5, "户口登记审核": 1.0, "医保参保审核": 0.5, "报销审核": 6.0},
}
STAFF = {
    "A": {"市监窗口": 4, "公安刻章": 1, "税务窗口": 3, "人社窗口": 2, "公积金窗口": 1, "银行柜台": 5},
    "B": {"住建窗口": 3, "税务窗口": 7, "登记窗口": 4, "发证窗口": 1},
    "C": {"医院出生证窗口": 1, "接种门诊": 1, "派出所户籍": 2, "医保窗口": 1, "人社社保卡": 1, "医保报销": 2},
}
PER_DAY = {"A": 36, "B": 55, "C": 30, "D": 4, "E": 25}
SUBMISSIONS = {"A": (27, 11), "B": (25, 10), "C": (20, 7), "D": (40, 14), "E": (6, 4)}
ALL = ["A", "B", "C", "D", "E", "N"]
# reviews of D: working days (mean, spread), chance of a return, working days of the second review
REVIEWS = {
    "施工图审查": (10, 0.4, "图审补正", 0.45, "施工图复审", 4),
    "消防设计审查": (9, None, "消防补正", 0.25, "消防设计复审", 3),
    "人防设计审核": (6, 0.45, "人防补正", 0.15, "人防设计复审", 2),
    "防雷装置设计审核": (5, 0.4, "防雷补正", 0.08, "防雷装置设计复审", 2),
    "绿化排水审查": (5, 0.5, "绿化排水补正", 0.12, "绿化排水复审", 2),
    "质安监督手续": (3, 0.4, "质安补正", 0.10, "质安监督复核", 1),
    "施工许可证核发": (4, 0.4, "施工许可补正", 0.12, "施工许可复审", 2),
}


def minutes_to_check(model: ServiceModel, step: Step) -> float:
    return sum(model.material(a.material).minutes_to_check for a in step.materials if not a.shared)


def handed_in(model: ServiceModel) -> list[str]:
    return [a.material for step in model.steps for a in step.materials if not a.shared]


@pytest.mark.parametrize(
    ("name", "step", "expected"),
    [(name, step, numbers) for name, steps in COUNTERS.items() for step, numbers in steps.items()],
)
def test_counter_steps_have_the_mean_spread_and_returns_of_the_table(name, step, expected):
    model = load_service(name)
    counter = model.step(step)
    assert isinstance(counter.duration, Lognormal)
    # checking takes the same time for everyone, so that it moves the mean and not the spread
    mean = counter.duration.mean_minutes + minutes_to_check(model, counter)
    spread = counter.duration.mean_minutes * counter.duration.cv / mean
    passes = (1 - counter.return_chance) * np.prod([1 - a.defect_chance for a in counter.materials])
    assert (mean, spread, 1 - passes) == pytest.approx(expected, abs=2e-6)
    assert counter.place == "counter"


@pytest.mark.parametrize("name", OFFICES)
def test_work_behind_the_counter_takes_the_working_days_of_the_table(name):
    model = load_service(name)
    behind = {s.name: s for s in model.steps if s.place == "back_office"}
    assert {n: s.duration.mean_minutes / 420 for n, s in behind.items()} == pytest.approx(OFFICES[name])
    assert {s.duration.cv for s in behind.values()} == {0.5}
    assert all(s.pool is None and s.clock == "working" for s in behind.values())
    assert model.calendars["大厅"].minutes_per_day == 420


@pytest.mark.parametrize("name", STAFF)
def test_pools_have_the_members_of_the_table(name):
    model = load_service(name)
    members = list(itertools.chain.from_iterable(member.serves for member in model.members))
    assert {pool.name: members.count(pool.name) for pool in model.pools} == STAFF[name]


@pytest.mark.parametrize("name", PER_DAY)
def test_the_hall_has_the_arrivals_of_the_table(name):
    model = load_service(name)
    (arrivals,) = model.arrivals
    assert arrivals.per_day == PER_DAY[name]
    assert arrivals.weekday_factors == (1.18, 1.05, 0.98, 0.95, 0.84, 0, 0)
    assert sum(arrivals.half_hour_weights.values()) == pytest.approx(1)
    assert model.visits.ticket_cutoff_minutes_before_close == 15


def test_a_asks_for_27_documents_of_11_kinds_so_that_59_percent_are_duplicates():
    asked = handed_in(load_service("A"))
    counts = {name: asked.count(name) for name in set(asked)}
    assert {name: n for name, n in counts.items() if n > 1} == {
        "法人身份证": 7,
        "营业执照": 5,
        "章程": 3,
        "住所证明": 3,
        "公章": 3,
    }
    assert (len(asked), len(counts)) == (27, 11)
    assert 1 - len(counts) / len(asked) == pytest.approx(0.593, abs=5e-4)


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_documents_asked_for_are_as_many_as_the_domain_says(name):
    model = load_service(name)
    # corrections of D and what E asks for online are no part of what the service asks for once
    optional = choices(model.flow).values() if name in ("D", "E") else ()
    extra = {step for choice in optional for step in leaves(choice)}
    asked = handed_in(model.model_copy(update={"steps": [s for s in model.steps if s.name not in extra]}))
    assert (len(asked), len(set(asked))) == SUBMISSIONS[name]


def test_officers_of_a_differ_by_a_lognormal_of_012_around_their_pool_and_one_is_35_percent_slower():
    model = load_service("A")
    effects = {member.name: -np.log(member.speed) for member in model.members}
    (slow,) = load_planted("A").slow_officers
    assert np.exp(effects[slow.officer]) == pytest.approx(1.35, abs=1e-5)
    effects[slow.officer] -= np.log(slow.service_time_factor)
    assert np.std(list(effects.values()), ddof=1) == pytest.approx(0.12, abs=0.005)
    for pool in model.pools:
        assert sum(effects[m.name] for m in model.members if pool.name in m.serves) == pytest.approx(
            0, abs=1e-3
        )


@pytest.mark.parametrize("name", ALL)
def test_only_the_planted_steps_decide_without_ever_returning_or_making_a_document(name):
    model = load_service(name)
    stamps = {
        step.name
        for step in model.steps
        if step.decides
        and not step.issues
        and step.return_chance == step.reject_chance == 0
        and all(asked.defect_chance == 0 for asked in step.materials)
    }
    assert stamps == set(load_planted(name).redundant_steps)


def test_departments_of_a_that_need_nothing_from_each_other():
    model = load_service("A")
    assert parallel_sets(model) == [
        ["公章刻制备案", "公积金开户"],
        ["税种核定+发票申领", "社保登记", "公积金开户", "银行开户"],
    ]
    assert parallel_sets(model, load_planted("A").electronic_documents) == [
        ["公章刻制备案", "税种核定+发票申领", "社保登记", "公积金开户", "银行开户"]
    ]


def choices(block: Block) -> dict[str, Choice]:
    found = {block.name: block} if isinstance(block, Choice) else {}
    for child in children(block):
        found |= choices(child)
    return found


def chance_of_first(choice: Choice) -> float:
    (row,) = choice.table.rows
    return row.weights[0] / sum(row.weights)


@pytest.mark.parametrize("review", REVIEWS)
def test_reviews_of_d_take_the_working_days_and_return_as_often_as_the_table_says(review):
    model = load_service("D")
    days, cv, name, chance, second, redo = REVIEWS[review]
    duration = model.step(review).duration
    assert duration.mean_minutes / 420 == pytest.approx(days, abs=1e-3)
    if cv is not None:
        assert isinstance(duration, Lognormal)
        assert duration.cv == cv
    correction = choices(model.flow)[name]
    assert chance_of_first(correction) == pytest.approx(chance)
    # one to five working days to correct, a trip to hand in again, a shorter review
    wait, again = correction.choice[0].sequence[0], list(leaves(correction.choice[0]))
    assert (wait.wait.low_minutes, wait.wait.high_minutes) == (420, 5 * 420)
    assert again[1] == second
    assert model.step(again[0]).place == "counter"
    assert model.step(second).duration.mean_minutes == redo * 420


def test_four_in_ten_fire_safety_cases_of_d_are_done_on_the_last_day_of_the_limit():
    values = np.array(load_service("D").step("消防设计审查").duration.values_minutes)
    (limit,) = [c for c in load_planted("D").step_limits if c.step == "消防设计审查"]
    last = limit.promised_working_days * 420
    on_the_last_day = (values == last).mean()
    assert on_the_last_day == pytest.approx(load_planted("D").heaping[0].share, abs=0.001)
    # a quarter is returned, whenever it was done: .4 of the cases are done on the last day of the first clock
    assert on_the_last_day * 0.75 == pytest.approx(0.40, abs=0.002)
    assert values.max() == last
    assert ((values > 0.9 * last) & (values < last)).mean() < 0.05


def test_what_is_planted_in_the_flow_of_d_and_e_has_the_planted_chances():
    d, e = choices(load_service("D").flow), choices(load_service("E").flow)
    (late,) = load_planted("D").late_acceptance
    assert chance_of_first(d["人防体外循环"]) == pytest.approx(late.share)
    assert d["人防体外循环"].choice[0].wait.minutes == late.working_days * 420
    assert chance_of_first(d["退回质安"]) == pytest.approx(0.10)
    assert chance_of_first(e["信息不符"]) == pytest.approx(0.06)
    assert {chance_of_first(e[name]) for name in ("先网上申报", "先到新参保地咨询")} == {0.3}


def test_desks_of_e_hold_a_case_for_the_working_days_of_the_table_and_the_counter_returns_9_percent():
    model = load_service("E")
    held = {
        step.name: (step.delay_before.mean_minutes + step.duration.mean_minutes) / 420
        for step in model.steps
        if step.place == "back_office"
    }
    assert held == pytest.approx(
        {"审核发联系函": 9, "出具信息表并划转基金": 11, "转入接续": 7, "信息核对更正": 8, "更正后接续": 2},
        abs=1e-9,
    )
    counter = model.step("转移申请")
    assert 1 - np.prod([1 - a.defect_chance for a in counter.materials]) == pytest.approx(0.09, abs=2e-6)


def test_four_departments_of_d_need_nothing_from_each_other():
    assert parallel_sets(load_service("D")) == [["消防申报", "人防申报", "防雷申报", "绿化排水申报"]]
    assert parallel_sets(load_service("E")) == []


def test_insurance_and_social_security_card_of_c_need_nothing_from_each_other():
    sets = parallel_sets(load_service("C"))
    assert any({"城乡居民医保参保", "社会保障卡申领"} <= set(found) for found in sets)
    assert not any({"户口登记", "社会保障卡申领"} <= set(found) for found in sets)


@pytest.mark.parametrize("name", ALL)
def test_every_spelling_leads_back_to_its_document_and_to_no_other(name):
    materials = load_service(name).materials
    spellings = {form: m.name for m in materials for form in (m.name, *m.spellings)}
    canonical = normalise_material_names(spellings).canonical
    documents = {m.name: canonical[m.name] for m in materials}
    assert len(set(documents.values())) == len(materials)
    assert {form: canonical[form] for form in spellings} == {f: documents[n] for f, n in spellings.items()}


@pytest.mark.parametrize("name", ALL)
def test_every_assumption_is_recorded_in_both_languages(name):
    model = load_service(name)
    assert all(e.source == "assumed" and e.note and e.note.zh and e.note.en for e in model.evidence.values())
    for step in model.steps:
        assert step.label is not None
        assert step.label.en.isascii()
        if step.place != "applicant":
            assert f"steps.{step.name}.duration" in model.evidence
        if any(not asked.shared for asked in step.materials) and step.place in ("counter", "online"):
            assert f"steps.{step.name}.materials" in model.evidence
    assert {"visits.come_back_after", "visits.correction_takes"} <= set(model.evidence)
    assert ("members" in model.evidence) == bool(model.members)


@pytest.mark.parametrize("name", ALL)
def test_a_model_written_and_read_again_is_the_same(name):
    model = load_service(name)
    assert service_model_from(yaml.safe_load(dump_service_model(model))) == model


def test_names_of_the_services():
    assert sample_names() == ALL
    with pytest.raises(ModelError) as caught:
        load_service("Z")
    assert "A、B、C、D、E、N" in caught.value.text.zh
    assert "A, B, C, D, E, N" in caught.value.text.en
    for ask in (load_planted, load_scenarios):
        with pytest.raises(ModelError, match="no sample service 'Z'"):
            ask("Z")


def test_each_service_has_its_planted_truth_and_only_those():
    planted = resources.files("sample_logs").joinpath("planted")
    assert sorted(entry.name for entry in planted.iterdir()) == [f"{name}.yaml" for name in ALL]


@pytest.mark.parametrize("name", ALL)
def test_what_is_planted_names_steps_documents_and_people_of_the_service(name):
    model, planted = load_service(name), load_planted(name)
    steps = {step.name for step in model.steps}
    written = (steps - set(planted.written_as)) | set(planted.written_as.values())
    in_items = [step for item in planted.items.values() for step in item.steps]
    assert len(in_items) == len(set(in_items))
    assert set(in_items) <= written
    named = [
        *planted.redundant_steps,
        *planted.written_as,
        *(change.step for change in planted.policy_changes),
        *(name for rule in planted.sent_back for name in (rule.step, rule.followed_by)),
        *(name for late in planted.late_acceptance for name in (late.received, late.step)),
        *(name for clock in planted.step_limits for name in (clock.received, clock.step)),
        *(heap.step for heap in planted.heaping),
        *(name for stop in planted.clock_stops for name in stop.steps),
    ]
    assert set(named) <= steps
    documents = {material.name for material in model.materials}
    assert {*planted.e_licences, *planted.electronic_documents} <= documents
    members = {member.name for member in model.members}
    assert {slow.officer for slow in planted.slow_officers} <= members
    assert set(planted.reviews.worse_with_volume) <= members


def test_scenarios_of_a_apply_to_it():
    model = load_service("A")
    scenarios = load_scenarios("A")
    assert set(scenarios) == {"A_one_window", "A_parallel", "A_one_window_parallel_shared"}
    after = {name: scenario.apply(model) for name, scenario in scenarios.items()}
    assert [pool.name for pool in after["A_one_window"].pools] == ["综合窗口", "银行柜台"]
    assert "公章刻制备案" in str(after["A_one_window_parallel_shared"].flow)
    assert "名称核准审核" not in [step.name for step in after["A_one_window_parallel_shared"].steps]
    # licence 5, identity card 7 and seal 3 are no longer handed in
    assert len(handed_in(after["A_one_window_parallel_shared"])) == 27 - 15
