"""Holds deploy/rules.schema.json against documents, by a validator that is not Beckon's.

All examples and all rules of the guides must satisfy it; none of Tests/Schema/broken.yaml may. The examples are held against the
schema that each of their documents names for editors, found as yaml-language-server finds it: from the file's own folder.
"""

import json
import pathlib
import re
import sys

import jsonschema
import yaml

root = pathlib.Path(__file__).resolve().parents[2]


class CoreLoader(yaml.SafeLoader):
    """The scalars of YAML 1.2, as Beckon and yaml-language-server read them: no dates, and `no` is a word."""


CoreLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for word in ["true", "false"]:
    CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), [word[0]])


def documents(text):
    return [document for document in yaml.load_all(text, Loader=CoreLoader) if document is not None]


def named_schemas(path):
    """The schema files that the documents of a file name, None for one that names none."""
    for document in re.split(r"(?m)^---$", path.read_text()):
        name = re.search(r"(?m)^# yaml-language-server: \$schema=(\S+)$", document)
        yield (path.parent / name[1]).resolve() if name else None


def main():
    schema = json.loads((root / "deploy/rules.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    good = {path: path.read_text() for path in sorted((root / "deploy/examples").rglob("*.yaml"))}
    problems = [f"{path}: not every document names {root / 'deploy/rules.schema.json'} for editors"
                for path in good if set(named_schemas(path)) != {root / "deploy/rules.schema.json"}]
    for page in ["rules.md", "first-rule.md"]:
        for number, block in enumerate((root / "Sources/Documentation" / page).read_text().split("```yaml\n")[1:]):
            good[f"{page}, example {number + 1}"] = block.split("\n```")[0]
    for name, text in good.items():
        for document in documents(text):
            error = jsonschema.exceptions.best_match(validator.iter_errors(document))
            if error:
                problems.append(f"{name}: {error.json_path}: {error.message}")
    broken = documents((root / "Tests/Schema/broken.yaml").read_text())
    for document in broken:
        if validator.is_valid(document):
            problems.append(f"broken.yaml: nothing is found wrong with {json.dumps(document)}")
    for problem in problems:
        print(problem)
    print(f"schema: {len(good)} texts that are right, {len(broken)} documents that are broken, {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
