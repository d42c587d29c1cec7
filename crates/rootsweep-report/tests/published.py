"""Reads the reports of a folder with what their formats' own makers publish, and says what those have against them."""

import csv
import json
import pathlib
import sys
import xml.etree.ElementTree

import duckdb
import jsonschema
from botocore.session import get_session
from botocore.validate import ParamValidator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema


def asff(path):
    """The request of securityhub:BatchImportFindings, as AWS's SDK describes it."""
    shape = get_session().get_service_model("securityhub").operation_model("BatchImportFindings").input_shape
    findings = json.loads(path.read_text())
    report = ParamValidator().validate({"Findings": findings}, shape)
    if report.has_errors():
        yield report.generate_report()


OCSF = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.8.0"))
CLASSES = {
    uid: jsonschema.Draft202012Validator(OCSF.get_class_schema(class_name=name, profiles=["cloud"]))
    for uid, name in ((2003, "compliance_finding"), (2004, "detection_finding"))
}


def ocsf(path):
    """The classes of the Open Cybersecurity Schema Framework, as it publishes them."""
    for event in json.loads(path.read_text()):
        for error in CLASSES[event["class_uid"]].iter_errors(event):
            yield f"{list(error.absolute_path)}: {error.message[:200]}"


def table(path):
    """Two readers of CSV that agree with each other on rows and columns."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    if len({len(row) for row in rows}) != 1:
        yield "csv: rows of different lengths"
    read = duckdb.sql(f"select * from read_csv('{path}', header=true, all_varchar=true, sample_size=-1)")
    if (len(read.columns), len(read.fetchall())) != (len(rows[0]), len(rows) - 1):
        yield f"duckdb: {len(read.columns)} columns; csv: {len(rows[0])} in {len(rows) - 1} rows"


def junit(path):
    """The counts of the root are those of its cases."""
    root = xml.etree.ElementTree.parse(path).getroot()
    cases = list(root.iter("testcase"))
    if int(root.get("tests")) != len(cases):
        yield f"{root.get('tests')} tests are said, {len(cases)} are there"
    if int(root.get("failures")) != len(list(root.iter("failure"))):
        yield "the count of failures is another one"


READERS = {"asff.json": asff, "ocsf.json": ocsf, "csv": table, "junit.xml": junit}
seen, wrong = 0, []
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    reader = READERS[path.name.split(".", 1)[1]]
    seen += 1
    wrong += [f"{path.name}: {said}" for said in reader(path)]
print("\n".join(wrong[:20]))
print(f"{seen} files, {len(wrong)} complaints")
sys.exit(bool(wrong))
