import pytest

from simulation.errors import RedesignError
from simulation.redesign import OneWindow
from simulation.redesign.one_window import in_turn
from simulation.service_model import ServiceModel

THREE = ("市监窗口", "刻章窗口", "税务窗口")


def speeds(model: ServiceModel, step: str) -> dict[str, float]:
    """Speed of each member of the step's pool at the step."""
    pool = model.step(step).pool
    return {m.name: m.step_speeds.get(step, m.speed) for m in model.members if pool in m.serves}


def test_one_queue_served_by_everyone(hall: ServiceModel) -> None:
    after = OneWindow(pools=THREE).apply(hall)
    assert [pool.name for pool in after.pools] == ["综合窗口", "自助机"]
    assert after.pools[0].dept is None
    assert [after.step(name).pool for name in ("设立", "刻章", "税务", "查询")] == ["综合窗口"] * 3 + [
        "自助机"
    ]
    assert [m.serves for m in after.members] == [("综合窗口",)] * 5 + [("自助机",)]


def test_the_penalty_multiplies_every_service_time_and_keeps_who_is_fast(hall: ServiceModel) -> None:
    after = OneWindow(pools=THREE, generalist_penalty=1.25).apply(hall)
    # 20 minutes of own time take 20 / speed: 税务-1 was twice as fast, 市监-2 half as fast
    assert speeds(after, "税务") == {
        "市监-1": 1 / 1.25,
        "市监-2": 0.5 / 1.25,
        "刻章-1": 1 / 1.25,
        "税务-1": 2 / 1.25,
        "机动": 1 / 1.25,
    }
    assert [m.speed for m in after.members] == [m.speed for m in hall.members]
    assert after.step("税务").duration == hall.step("税务").duration


def test_without_penalty_no_speed_is_touched(hall: ServiceModel) -> None:
    after = OneWindow(pools=THREE, generalist_penalty=1.0).apply(hall)
    assert [(m.speed, m.step_speeds) for m in after.members] == [
        (m.speed, m.step_speeds) for m in hall.members
    ]


def test_who_also_serves_another_pool_goes_on_with_that(hall: ServiceModel) -> None:
    after = OneWindow(pools=("市监窗口", "刻章窗口")).apply(hall)
    serves = {m.name: m.serves for m in after.members}
    assert serves["机动"] == ("税务窗口", "综合窗口")
    assert serves["税务-1"] == ("税务窗口",)
    roving = next(m for m in after.members if m.name == "机动")
    assert roving.step_speeds == {"设立": 1 / 1.12, "刻章": 1 / 1.12}


def test_members_are_taken_in_turn_from_each_pool(hall: ServiceModel) -> None:
    assert in_turn(hall, THREE) == ["市监-1", "刻章-1", "税务-1", "市监-2", "机动"]


def test_fewer_members_the_rest_leaves_or_keeps_other_pools(hall: ServiceModel) -> None:
    after = OneWindow(pools=("市监窗口", "刻章窗口"), n_members=2).apply(hall)
    # in turn: 市监-1, 刻章-1, 市监-2, 机动
    assert {m.name: m.serves for m in after.members} == {
        "市监-1": ("综合窗口",),
        "刻章-1": ("综合窗口",),
        "税务-1": ("税务窗口",),
        "机动": ("税务窗口",),
        "机-1": ("自助机",),
    }


def test_more_members_are_copies_in_the_same_turn(hall: ServiceModel) -> None:
    after = OneWindow(pools=THREE, n_members=7).apply(hall)
    new = after.members[-2:]
    assert [m.name for m in new] == ["市监-1#2", "刻章-1#2"]
    assert all(m.serves == ("综合窗口",) for m in new)
    assert sum("综合窗口" in m.serves for m in after.members) == 7


@pytest.mark.parametrize(
    ("redesign", "message"),
    [
        (
            OneWindow(pools=("市监窗口", "民政窗口")),
            "no pool '民政窗口'; known: 市监窗口, 刻章窗口, 税务窗口, 自助机",
        ),
        (OneWindow(pools=("市监窗口", "市监窗口")), "two different pools"),
        (OneWindow(pools=("市监窗口", "刻章窗口"), name="税务窗口"), "'税务窗口' exists already"),
        (OneWindow(pools=("市监窗口", "自助机")), r"Steps at kiosks \(查询\)"),
    ],
)
def test_what_does_not_fit_is_named(hall: ServiceModel, redesign: OneWindow, message: str) -> None:
    with pytest.raises(RedesignError, match=message):
        redesign.apply(hall)


def test_the_window_may_keep_the_name_of_one_of_the_old_ones(hall: ServiceModel) -> None:
    after = OneWindow(pools=("市监窗口", "刻章窗口"), name="市监窗口").apply(hall)
    assert [pool.name for pool in after.pools] == ["市监窗口", "税务窗口", "自助机"]


def test_it_describes_itself_in_both_languages() -> None:
    text = OneWindow(pools=("甲", "乙"), n_members=3).describe()
    assert text.zh == "将 2 个队列（甲、乙）合并为“综合窗口”，配 3 人，每次服务用时乘以 1.12。"
    assert text.en.startswith("Merge 2 pools (甲, 乙) into '综合窗口', with 3 members")
