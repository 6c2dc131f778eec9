"""A generated log is read back whole, its noise is where the truth says, and its waste is found."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from mining.diagnostics import find_all
from mining.diagnostics.duplicate_materials import duplicate_rate
from mining.event_log import BY_APPLICANT, EventLog
from mining.materials import material_aliases, normalise_material_names
from mining.options import FindingOptions
from mining.reading import read_event_log
from sample_logs import SampleFiles, generate_sample, load_service, sample_log
from sample_logs.headers import EVENT_HEADERS, MATERIAL_HEADERS, MORE_HEADERS
from sample_logs.truth import duplicate_materials
from simulation.errors import ModelError
from simulation.service_model import read_service_model

DAYS = 90  # fewer services than these leave the slow officer's interval below the alarm
# what a quality report calls each kind of noise
CODES = {
    "duplicate_rows": "duplicate_rows",
    "end_before_start": "end_before_start",
    "end_equals_start": "zero_duration_means_unknown",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> SampleFiles:
    return generate_sample("A", tmp_path_factory.mktemp("sample"), days=DAYS)


@pytest.fixture(scope="module")
def truth(files) -> dict:
    return json.loads(files.truth.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def log(files) -> EventLog:
    return read_event_log(files.events, materials=files.materials)


@pytest.fixture(scope="module")
def findings(log) -> list:
    # the truth calls officers by their names
    return find_all(replace(log, options=FindingOptions(show_officers=True)))


def test_every_header_is_known_and_no_row_is_lost(log, truth):
    quality = log.quality
    # A has no department with a clock of its own
    assert quality.mapping == {k: v for k, v in EVENT_HEADERS.items() if k not in ("ts_accept", "ts_promise")}
    assert quality.unmapped == ()
    assert quality.rejected == ()
    assert quality.rows_read == truth["rows_in_events_file"]
    assert log.n_events == truth["run"]["events"]
    assert log.n_cases <= truth["run"]["cases"]
    # who only just took a ticket when the run ended has no event yet
    assert truth["run"]["cases"] - log.n_cases < 60


def test_every_column_of_the_materials_table_arrives(log, files):
    written = pd.read_csv(files.materials)
    assert list(written.columns) == list(MATERIAL_HEADERS.values())
    for name in MATERIAL_HEADERS:
        assert log.materials[name].notna().sum() == written[MATERIAL_HEADERS[name]].notna().sum(), name
    assert set(log.materials["source"]) == {"申请人提交", "数据共享"}


def test_the_quality_report_counts_the_planted_noise_exactly(log, truth):
    noise = truth["noise_in_events_file"]
    assert {code: noise[kind]["rows"] for kind, code in CODES.items()} == {
        code: log.quality.issue(code).rows for code in CODES.values()
    }
    for kind, code in CODES.items():
        example = log.quality.issue(code).examples[0]
        assert example.startswith(f"row {noise[kind]['file_rows'][0]}"), example
    shares = {kind: found["rows"] / truth["rows_in_events_file"] for kind, found in noise.items()}
    # about 19,000 rows: three standard errors of a share of .02 are .003
    assert shares == pytest.approx(
        {"end_equals_start": 0.02, "duplicate_rows": 0.01, "end_before_start": 0.005}, abs=0.003
    )


def test_noise_stands_in_the_rows_the_truth_names(files, truth):
    table = pd.read_csv(files.events, dtype=str)
    table.index += 2
    noise = {kind: found["file_rows"] for kind, found in truth["noise_in_events_file"].items()}
    same = table[table["开始时间"] == table["结束时间"]]
    swapped = table[table["开始时间"] > table["结束时间"]]
    assert list(same.index) == noise["end_equals_start"]
    assert list(swapped.index) == noise["end_before_start"]
    for row in noise["duplicate_rows"]:
        assert table.loc[row].equals(table.loc[row - 1])


def test_the_duplicate_rate_is_that_of_the_domain_and_mining_finds_it(log, truth):
    planted = truth["duplicate_materials"]
    # everybody who got to the end handed in 27 documents of 11 kinds; who is still inside, fewer
    assert planted["rate_of_finished_journeys"] == pytest.approx(16 / 27, abs=5e-5)
    assert planted["rate"] < planted["rate_of_finished_journeys"]
    assert planted["rate"] == pytest.approx(planted["duplicates"] / planted["submissions"], abs=5e-5)
    assert duplicate_rate(log) == pytest.approx(planted["rate"], abs=1e-3)


def test_without_the_aliases_a_tenth_and_more_of_the_duplicates_stays_hidden(log, truth):
    table = log.materials[log.materials["source"] == BY_APPLICANT]

    def rate(aliases: dict) -> float:
        canonical = normalise_material_names(table["material_name"].unique(), aliases).canonical
        return duplicate_materials(table.assign(material_name=table["material_name"].map(canonical)))["rate"]

    assert rate(material_aliases()) == truth["duplicate_materials"]["rate"]
    assert rate({}) < truth["duplicate_materials"]["rate"] - 0.10


def test_mining_finds_the_planted_waste_and_invents_none(findings, truth):
    def steps(kind: str) -> list:
        return [finding.where["steps"] for finding in findings if finding.kind == kind]

    assert steps("rubber_stamp") == [list(truth["redundant_steps"])]
    assert steps("checked_twice") == steps("ping_pong") == []
    officers = [finding.where["officer"] for finding in findings if finding.kind == "slow_officer"]
    assert officers == list(truth["slow_officers"])
    duplicated = {f.where["material"] for f in findings if f.kind == "duplicate_material"}
    assert duplicated == set(truth["duplicate_materials"]["duplicates_by_material"])
    # mining sees that an electronic seal would free all five; what it calls parallel must be in that set
    parallel = {step for found in steps("parallel_candidates") for step in found}
    (with_e_seal,) = truth["parallel_steps_with_e_seal"]
    model = load_service("A")
    departments = {model.step(step).dept for step in with_e_seal}
    assert set(with_e_seal) <= parallel
    assert {model.step(step).dept for step in parallel} == departments


def test_the_truth_describes_the_planted_steps_and_officers(truth):
    stamp = truth["redundant_steps"]["名称核准审核"]
    assert stamp["not_passed"] == 0
    assert stamp["decisions"] > 1000
    slow = truth["slow_officers"]["税务-3"]
    # own time and checking are both 35 % longer; about 400 services with cv .5: standard error 4 %
    assert slow["service_minutes_mean"] / slow["service_minutes_mean_of_colleagues"] == pytest.approx(
        1.35, abs=0.12
    )
    assert 0 < truth["waits_in_the_hall"]["lunch_share_of_wait"] < 0.5
    assert truth["measures"]["wait_minutes_mean"] == truth["waits_in_the_hall"]["wait_minutes_mean"]


def test_the_model_beside_the_log_is_the_service(files):
    assert read_service_model(files.model) == load_service("A")


def test_equal_arguments_give_equal_bytes_and_other_seeds_other_logs(tmp_path):
    def written(folder: str, **arguments: object) -> dict[str, bytes]:
        generate_sample("A", tmp_path / folder, days=8, **arguments)
        return {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}

    first = written("first", seed=3)
    # no special procedures in A, and nobody complained in these eight days
    tables = {f"A_{name}.csv" for name in MORE_HEADERS if name not in ("clock_stops", "complaints")}
    assert set(first) == {"A_events.csv", "A_materials.csv", "A_model.yaml", "truth.json"} | tables
    assert written("again", seed=3) == first
    other = written("other", seed=4)
    assert other["A_model.yaml"] == first["A_model.yaml"]
    assert {name for name in first if other[name] == first[name]} <= {"A_model.yaml", "A_catalog.csv"}
    for content in first.values():
        assert b"\r" not in content
    assert first["A_cases.csv"].startswith("\ufeff办件编号,申请人名称,事项名称".encode())
    assert first["A_events.csv"].startswith("\ufeff办件编号,事项名称,环节名称".encode())


@pytest.mark.parametrize("name", ["A", "D"])
def test_a_sample_log_is_what_reading_its_files_gives(tmp_path, name):
    days = {"A": 20, "D": 120}[name]
    files = generate_sample(name, tmp_path, days=days, seed=2)
    read = read_event_log(files.events, materials=files.materials)
    sample = sample_log(name, 2, days=days)
    log, truth = sample.log, sample.truth
    columns = [column for column in read.events.columns if column not in ("ts_accept", "ts_promise")]
    pd.testing.assert_frame_equal(log.events[columns], read.events[columns], check_like=True)
    known = [column for column in log.materials.columns if column in read.materials.columns]
    assert {"case_id", "activity", "material_name", "source", "attempt_no", "ts_received"} <= set(known)
    pd.testing.assert_frame_equal(log.materials[known], read.materials[known], check_dtype=False)
    assert truth == json.loads(files.truth.read_text(encoding="utf-8"))
    assert not log.simulated
    assert set(log.cases["case_id"]) == set(log.events["case_id"])


def test_a_sample_log_by_item_is_the_same_log_cut():
    sample = sample_log("C", days=20)
    log, items = sample.log, sample.items
    assert set(items.cases["case_id"]) == set(sample.matter_of_item)
    assert set(sample.matter_of_item.values()) == set(log.cases["case_id"])
    same = ["activity", "ts_end", "result", "officer"]
    whole = items.events.assign(case_id=items.events["case_id"].map(sample.matter_of_item))

    def ordered(events: pd.DataFrame) -> pd.DataFrame:
        return events[["case_id", *same]].sort_values(["case_id", *same], ignore_index=True)

    assert len(whole) == len(log.events)
    pd.testing.assert_frame_equal(
        ordered(whole).drop(columns="ts_end"), ordered(log.events).drop(columns="ts_end")
    )
    people = log.cases.set_index("case_id")["applicant_hash"]
    own = items.cases["case_id"].map(sample.matter_of_item).map(people)
    assert (own.to_numpy() == items.cases["applicant_hash"].to_numpy()).all()


def test_tables_beside_the_events_are_written_with_their_headers(tmp_path):
    files = generate_sample("A", tmp_path, days=20)
    log = sample_log("A", days=20).log
    assert set(files.tables) == {"cases", "tickets", "reviews", "complaints", "catalog", "devices"}
    for name, path in files.tables.items():
        written = pd.read_csv(path, dtype=str)
        held = getattr(log, name)
        expected = [header for column, header in MORE_HEADERS[name].items() if column in held.columns]
        assert list(written.columns) == expected, name
        if name != "cases":  # who only just took a ticket has a case and no event yet
            assert len(written) == len(held), name
    assert set(pd.read_csv(files.tables["reviews"])["满意度"]) <= {
        "非常满意",
        "满意",
        "基本满意",
        "不满意",
        "非常不满意",
    }


@pytest.mark.parametrize("name", ["B", "C", "D"])
def test_the_tables_beside_the_events_are_read_back_whole(tmp_path, name):
    files = generate_sample(name, tmp_path, days=30)
    made = sample_log(name, days=30).log
    read = read_event_log(files.events, materials=files.materials, tables=files.tables)
    for table in MORE_HEADERS:
        ours, theirs = getattr(made, table), getattr(read, table)
        assert len(theirs) == len(ours), table
        for column in set(ours.columns) - {"file_row"}:
            # who complained is not read: a name beside a complaint tells too much
            if (table, column) != ("complaints", "applicant_hash"):
                known = theirs[column].notna().sum() if column in theirs.columns else 0
                assert known == ours[column].notna().sum(), (table, column)


def test_without_noise_names_are_canonical_and_rows_are_sound(tmp_path):
    files = generate_sample("A", tmp_path, days=8, noise=False)
    truth = json.loads(files.truth.read_text(encoding="utf-8"))
    assert truth["noise_in_events_file"] == {}
    log = read_event_log(files.events, materials=files.materials)
    assert all(log.quality.issue(code) is None for code in CODES.values())
    assert log.n_events == truth["rows_in_events_file"] == truth["run"]["events"]
    assert set(log.materials["material_name"]) <= {material.name for material in load_service("A").materials}


def test_an_unknown_service_names_the_known_ones_and_writes_nothing(tmp_path):
    with pytest.raises(ModelError, match="available: A, B, C, D, E, N"):
        generate_sample("企业开办", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_duplicates_by_hand():
    # P-1 hands in the identity card at three steps: 2 duplicates. The second charter answers a return and
    # does not count. The licence of P-1 that was fetched does not count, one of two others is a duplicate.
    rows = [
        ("P-1", "身份证", 1, BY_APPLICANT),
        ("P-1", "身份证", 1, BY_APPLICANT),
        ("P-1", "身份证", 1, BY_APPLICANT),
        ("P-1", "章程", 1, BY_APPLICANT),
        ("P-1", "章程", 2, BY_APPLICANT),
        ("P-1", "营业执照", 1, "数据共享"),
        ("P-1", "营业执照", 1, BY_APPLICANT),
        ("P-1", "营业执照", 1, BY_APPLICANT),
        ("P-2", "身份证", 1, BY_APPLICANT),
    ]
    table = pd.DataFrame(rows, columns=["case_id", "material_name", "attempt_no", "source"])
    assert duplicate_materials(table) == {
        "submissions": 7,
        "duplicates": 3,
        "rate": 0.4286,
        "resubmissions_after_return": 1,
        "duplicates_by_material": {"营业执照": 1, "身份证": 2},
    }
