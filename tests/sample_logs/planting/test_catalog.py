"""The catalogue lists what the model asks for; promises are checked and breached as planted."""

import pandas as pd
import pytest

from sample_logs.plan import Commitments
from sample_logs.planting.catalog import true_commitments, true_e_licences, write_catalog, write_commitments


def test_the_catalogue_has_one_row_a_document_with_its_issuer_and_limits(setting, many):
    catalog = write_catalog(many(1), setting(e_licences=("执照",))).catalog
    assert catalog[["item_name", "material_name", "issuer_dept", "e_licence"]].fillna(
        "-"
    ).to_numpy().tolist() == [
        ["开办", "执照", "市监局", "yes"],
        ["开办", "表", "-", "no"],
    ]
    assert (catalog["limit_statutory"] == 20).all()
    assert (catalog["limit_promised"] == 5).all()


def test_promises_of_finished_cases_are_checked_and_breached_as_planted(setting, many):
    plan = setting(commitments=Commitments(checked_share=0.5, breached_share=0.1))
    log = many(4000)
    open_cases = log.cases["case_id"].isin(log.cases["case_id"].head(100))
    log = log.__class__(
        events=log.events, cases=log.cases.assign(ts_finish=log.cases["ts_finish"].mask(open_cases))
    )
    written = write_commitments(log, plan)
    assert written.cases.loc[open_cases, "commitment_check"].isna().all()
    truth = true_commitments(written, plan)
    # standard errors .008 and .007
    assert truth["checked"] / 3900 == pytest.approx(0.5, abs=0.024)
    assert truth["breached"] / truth["checked"] == pytest.approx(0.1, abs=0.021)


def test_documents_with_an_electronic_licence_are_counted_as_handed_in(setting, many):
    materials = pd.DataFrame(
        {
            "material_name": ["执照", "执照", "执照", "表"],
            "source": ["申请人提交", "申请人提交", "数据共享", "申请人提交"],
        }
    )
    log = many(1)
    log = log.__class__(events=log.events, cases=log.cases, materials=materials)
    assert true_e_licences(log, setting(e_licences=("执照",))) == {"执照": 2}
