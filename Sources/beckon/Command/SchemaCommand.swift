import BeckonModel

extension Command {
    private static let markdown = Flag.toggle("--markdown", "Prints the same as a reference to read, as Markdown.")

    static let schema = Command(
        name: "schema",
        summary: "Prints the JSON Schema of rule files, for editors and validators.",
        discussion:
            "Draft-07, for one document of a file. Editors with yaml-language-server complete, check and explain by it "
            + "where a document has the line `# yaml-language-server: $schema=PATH`, or by the editor's settings.",
        flags: [markdown],
        readsSettings: false,
        examples: [
            .init(line: "beckon schema > rules.schema.json", explanation: "Beside your rules"),
            .init(
                line: #""yaml.schemas": { "./rules.schema.json": "rules/**/*.yaml" }"#,
                explanation: "In the settings of VS Code"),
        ]
    ) { invocation in Terminal.show(invocation.has(markdown) ? RuleReference.markdown : RuleSchema.text) }
}
