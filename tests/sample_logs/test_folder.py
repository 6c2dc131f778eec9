"""A sample as it is written is a folder of tables that reads as one log."""

from __future__ import annotations

from mining.reading import read_event_log
from sample_logs import generate_sample

TABLES = ("tickets", "reviews", "complaints", "catalog", "devices")


def test_a_sample_folder_reads_like_its_files_given_singly(tmp_path):
    generate_sample("A", tmp_path / "sample", days=15, seed=3)
    log = read_event_log(tmp_path / "sample", salt="s")
    single = read_event_log(
        tmp_path / "sample" / "A_events.csv",
        materials=tmp_path / "sample" / "A_materials.csv",
        tables={name: tmp_path / "sample" / f"A_{name}.csv" for name in TABLES},
        salt="s",
    )
    assert log.n_events == single.n_events
    assert log.quality.rows_read == single.quality.rows_read
    for name in ("materials", *TABLES):
        assert len(getattr(log, name)) == len(getattr(single, name)) > 0, name
    assert log.cases["applicant_hash"].notna().all()


def test_people_who_complain_are_hashed_like_applicants(tmp_path):
    generate_sample("A", tmp_path / "sample", days=25, seed=3)
    log = read_event_log(tmp_path / "sample", salt="s")
    assert len(log.complaints) > 0
    assert log.complaints["limit_promised"].notna().all()
    of_case = log.complaints["case_id"].map(log.cases.set_index("case_id")["applicant_hash"])
    known = of_case.notna()
    assert known.any()
    assert (log.complaints["applicant_hash"][known] == of_case[known]).all()
