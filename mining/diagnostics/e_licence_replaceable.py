"""Paper asked for although an electronic licence exists (电子证照可替代).

A document the applicant handed in on paper (original, copy, scan: any form that does not name something
electronic) is replaceable if an electronic licence of it exists. That is told, in this order, by

1. the catalogue: `e_licence` of the item's document, else of that document at any item ("yes", "no");
2. the log itself: the same document came in as an electronic licence elsewhere;
3. the list of documents that are electronic anyhow (`mining/data/electronic_documents.yaml`).

A submission without form is neither: how many have none is in the evidence. Answers to a return and fetched
documents do not count (`handed_in`).

Example: the business licence is asked for as a copy by four departments and taken as an electronic licence by
a fifth: four submissions are replaceable.
"""

from __future__ import annotations

import pandas as pd
from pydantic import JsonValue

from mining.diagnostics.definition import Definition
from mining.diagnostics.document_flow import electronic_documents
from mining.diagnostics.fetchable import fetch
from mining.diagnostics.handed_in import find_handed_in
from mining.diagnostics.shared import (
    ASSUMED_CHECK_MINUTES,
    ASSUMED_PREPARE_MINUTES,
    Needs,
    examples,
    listed,
    lost_on_copies,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.diagnostics.word_lists import folded
from mining.event_log import E_LICENCE, EventLog, holds
from mining.findings import Finding
from mining.materials import document_names
from mining.text import Text
from mining.working_time import WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="查找可用电子证照替代的材料", en="finding paper an electronic licence could replace"),
    materials=("case_id", "material_name", "form"),
)
MIN_JOURNEYS = 5
MAX_DOCUMENTS = 10
ELECTRONIC_WORDS = ("电子", "数据", "承诺", "electronic", "e-licence", "digital")
"""A form that holds one of these words is no paper."""
CATALOGUE, SEEN, ALWAYS = "told_by_catalogue", "seen_in_the_log", "on_the_list_of_electronic_documents"

DEFINITION = Definition(
    ids=("D24",),
    name=Text(zh="电子证照可替代", en="Replaceable by an electronic licence"),
    kinds=("e_licence_replaceable",),
    definition=Text(
        zh="申请人以纸质（原件、复印件、扫描件）提交、而该材料已有电子证照的份次。",
        en="Documents handed in on paper (original, copy, scan) of which an electronic licence exists.",
    ),
    formula=Text(
        zh="可替代比例 = 已有电子证照的纸质份次 ÷ 材料形式已知的提交份次；是否有电子证照依次看：事项目录、"
        "日志他处、电子材料清单",
        en="share = paper submissions of documents with an electronic licence / submissions of known "
        "form; whether "
        "there is one is told by the catalogue, else by the log elsewhere, else by the list of electronic "
        "documents",
    ),
    needs=NEEDS.columns,
    better_with=("catalog.material_name", "catalog.e_licence", "catalog.item_code", "materials.source"),
    alarm=Text(
        zh=f"有可替代的材料即报告（涉及不少于 {MIN_JOURNEYS} 件事）",
        en=f"any replaceable document, in at least {MIN_JOURNEYS} journeys",
    ),
    hours=Text(
        zh=f"群众：每份 {ASSUMED_PREPARE_MINUTES:g} 分钟准备；人员：每份 {ASSUMED_CHECK_MINUTES:g} 分钟核对"
        "（均为假设）。",
        en=f"Citizens: {ASSUMED_PREPARE_MINUTES:g} minutes to prepare a copy; officials: "
        f"{ASSUMED_CHECK_MINUTES:g} "
        "minutes to check it (both assumed).",
    ),
    example=Text(
        zh="营业执照有四个部门收复印件，第五个部门收电子证照：4 份可替代。",
        en="Four departments take a copy of the business licence, a fifth the electronic one: 4 are "
        "replaceable.",
    ),
    proposes=("share_materials",),
)


def find_e_licence_replaceable(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """At most one finding, if documents with an electronic licence are asked for on paper at all.

    Documents of fewer than five journeys are left out. `cases` = journeys that hand one in, `share` = of the
    journeys that hand anything in. Raises `MissingColumnsError` without forms of the documents.
    """
    NEEDS.check(log)
    rows = find_handed_in(log).rows
    rows = rows.assign(document=rows["document"].astype("object"), paper=_is_paper(rows["form"]))
    paper = rows[rows["paper"]]
    paper = paper.assign(told_by=licence_told_by(log, paper)).dropna(subset=["told_by"])
    journeys = paper.groupby("document")["journey"].nunique()
    chosen = paper[paper["document"].isin(journeys.index[journeys >= MIN_JOURNEYS])]
    return [_finding(log, calendar, rows, chosen)] if len(chosen) else []


def _is_paper(form: pd.Series) -> pd.Series:
    words = {word: not any(part in folded(str(word)) for part in ELECTRONIC_WORDS) for word in form.unique()}
    return form.astype("object").map(words).fillna(False).astype(bool) & form.notna()


def licence_told_by(log: EventLog, rows: pd.DataFrame) -> pd.Series:
    """What tells that each document has an electronic licence; missing where it has none."""
    by_name, by_item = _catalogue(log)
    known = by_name.reindex(rows["document"]).to_numpy(dtype=object)
    if by_item is not None:
        item = rows["case_id"].astype("object").map(_items(log))
        pairs = pd.MultiIndex.from_arrays([item, rows["document"]])
        of_item = by_item.reindex(pairs).to_numpy(dtype=object)
        known = pd.Series(of_item).where(pd.Series(of_item).notna(), pd.Series(known)).to_numpy(dtype=object)
    answer = pd.Series(known, index=rows.index, dtype=object)
    seen, always = _seen_electronic(log), electronic_documents()
    told = pd.Series(None, index=rows.index, dtype=object)
    told[rows["document"].isin(always)] = ALWAYS
    told[rows["document"].isin(seen)] = SEEN
    told[answer == "yes"] = CATALOGUE
    return told.mask(answer == "no")


def _catalogue(log: EventLog) -> tuple[pd.Series, pd.Series | None]:
    """ "yes" or "no" by document ("yes" if any item says so), and by (item, document)."""
    none = pd.Series([], index=pd.Index([], dtype=object), dtype=object)
    table = log.catalog
    if not (holds(table, "material_name") and holds(table, "e_licence")):
        return none, None
    table = table.dropna(subset=["material_name", "e_licence"])
    names = document_names([str(name) for name in table["material_name"].unique()], log.aliases)
    answers = pd.DataFrame(
        {
            "document": table["material_name"].astype("object").map(names),
            "answer": table["e_licence"].astype("object").map(lambda word: folded(str(word))),
            "item": table["item_code"].astype("object") if "item_code" in table.columns else None,
        }
    )
    by_item = answers.dropna(subset=["item"]).groupby(["item", "document"])["answer"].max()
    return answers.groupby("document")["answer"].max(), by_item if len(by_item) else None


def _items(log: EventLog) -> pd.Series:
    table = log.cases if holds(log.cases, "item_code") else log.events
    if "item_code" not in table.columns:
        return pd.Series([], index=pd.Index([], dtype=object), dtype=object)
    return table.dropna(subset=["item_code"]).drop_duplicates("case_id").set_index("case_id")["item_code"]


def _seen_electronic(log: EventLog) -> frozenset[str]:
    """Documents that came in as an electronic licence somewhere in the log."""
    table = log.materials
    is_one = pd.Series(False, index=table.index)
    for name in ("source", "form"):
        if name in table.columns:
            is_one |= table[name] == E_LICENCE
    names = find_handed_in(log).names.canonical
    return frozenset(names[str(name)] for name in table.loc[is_one, "material_name"].dropna().unique())


def _finding(log: EventLog, calendar: WorkingCalendar, rows: pd.DataFrame, chosen: pd.DataFrame) -> Finding:
    counts = chosen["document"].value_counts()
    documents = sorted(counts.index, key=lambda name: (-counts[name], name))[:MAX_DOCUMENTS]
    journeys = int(chosen["journey"].nunique())
    n, shown = int(rows["form"].notna().sum()), listed([str(name) for name in documents])
    return Finding(
        kind="e_licence_replaceable",
        title=Text(
            zh=f"已有电子证照仍收纸质材料：{shown.zh}",
            en=f"Asked for on paper although an electronic licence exists: {shown.en}",
        ),
        where={
            "materials": [*documents],
            "steps": [str(name) for name in chosen["activity"].dropna().unique()],
        },
        cases=journeys,
        share=rounded(journeys / rows["journey"].nunique()),
        **lost_on_copies(yearly_factor(log, calendar), len(chosen)),
        effect=share_effect("e_licence_replaceable_share", len(chosen), n),
        evidence=_evidence(rows, chosen, documents, n),
        example_cases=examples(chosen["case_id"].astype("object")),
        proposes=(fetch([str(name) for name in documents]),),
    )


def _evidence(rows: pd.DataFrame, chosen: pd.DataFrame, documents: list[str], n: int) -> dict[str, JsonValue]:
    effect = share_effect("e_licence_replaceable_share", len(chosen), n)
    return {
        "submissions_with_form": n,
        "form_unknown": int(rows["form"].isna().sum()),
        "e_licence_replaceable": len(chosen),
        "e_licence_replaceable_share": rounded(effect.value),
        "e_licence_replaceable_share_low": rounded(effect.low),
        "e_licence_replaceable_share_high": rounded(effect.high),
        "replaceable_by_document": {str(name): int((chosen["document"] == name).sum()) for name in documents},
        "replaceable_by_form": {
            str(form): int(k) for form, k in chosen["form"].astype("object").value_counts().items()
        },
        "e_licence_told_by": {str(told): int(k) for told, k in chosen["told_by"].value_counts().items()},
        "assumed_check_minutes_per_copy": ASSUMED_CHECK_MINUTES,
        "assumed_prepare_minutes_per_copy": ASSUMED_PREPARE_MINUTES,
    }
